//! Equipment: things that a talk may need, and of which there are some pieces.

mod archive;
mod create;
mod list;
mod update;

use domain::ids::{EquipmentId, SiteId};
use domain::line::Line;
use domain::needs::{Equipment, Pieces};
use persistence::references::References;
use persistence::stored::Stored;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub use archive::archive_equipment;
pub use create::create_equipment;
pub use list::{get_equipment, list_equipment};
pub use update::update_equipment;

use crate::checks::Checks;
use crate::pages::page;
use crate::problems::Problem;
use crate::views::etag;

/// Equipment as staff write it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "organisation_id": "01990000-0000-7000-8000-000000000001", "name": "Höranlage", "pieces": 2}))]
pub struct EquipmentBody {
    /// The organisation to which it belongs; cannot be changed.
    pub organisation_id: Uuid,
    /// Where it stands; without a site it is carried wherever it is needed.
    #[serde(default)]
    pub site_id: Option<Uuid>,
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    #[schema(minimum = 1, maximum = 100)]
    pub pieces: i64,
}

/// Equipment.
#[derive(Debug, Serialize, ToSchema)]
pub struct EquipmentView {
    pub id: Uuid,
    pub organisation_id: Uuid,
    /// Where it stands; null when it is carried wherever it is needed.
    #[schema(required)]
    pub site_id: Option<Uuid>,
    pub name: String,
    pub pieces: i64,
    /// What `If-Match` wants.
    #[schema(example = "\"1\"")]
    pub etag: String,
}

page!(
    /// Equipment, in the order in which it was entered.
    EquipmentPage of EquipmentView
);

impl EquipmentBody {
    pub(super) fn read(self, id: EquipmentId) -> Result<Equipment, Problem> {
        let mut checks = Checks::new();
        let name = checks.field("/name", Line::new(&self.name));
        let pieces = checks.field("/pieces", Pieces::new(self.pieces));
        checks.finish(|| {
            Some(Equipment {
                id,
                organisation_id: self.organisation_id.into(),
                site_id: self.site_id.map(SiteId::new),
                name: name?,
                pieces: pieces?,
            })
        })
    }
}

fn references_of(equipment: &Equipment) -> References {
    References {
        site_id: equipment.site_id,
        ..References::of(equipment.organisation_id)
    }
}

impl From<&Equipment> for EquipmentBody {
    fn from(equipment: &Equipment) -> Self {
        Self {
            organisation_id: equipment.organisation_id.uuid(),
            site_id: equipment.site_id.map(SiteId::uuid),
            name: equipment.name.to_string(),
            pieces: equipment.pieces.count().into(),
        }
    }
}

impl From<&Stored<Equipment>> for EquipmentView {
    fn from(stored: &Stored<Equipment>) -> Self {
        let body = EquipmentBody::from(&stored.value);
        Self {
            id: stored.value.id.uuid(),
            organisation_id: body.organisation_id,
            site_id: body.site_id,
            name: body.name,
            pieces: body.pieces,
            etag: etag(stored.version),
        }
    }
}
