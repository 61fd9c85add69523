//! Rooms: bookable rooms of a site.

mod archive;
mod create;
mod list;
mod update;

use domain::ids::RoomId;
use domain::line::Line;
use domain::site::{OnLoan, Room, Seats};
use persistence::references::References;
use persistence::stored::Stored;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub use archive::archive_room;
pub use create::create_room;
pub use list::{get_room, list_rooms};
pub use update::update_room;

use crate::checks::Checks;
use crate::pages::page;
use crate::problems::Problem;
use crate::views::{etag, texts_of};

/// A room as staff write it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "organisation_id": "01990000-0000-7000-8000-000000000001",
    "site_id": "01990000-0000-7000-8000-000000000002", "name": "Beratungsraum 1", "seats": 3}))]
pub struct RoomBody {
    /// The organisation to which it belongs; cannot be changed.
    pub organisation_id: Uuid,
    /// A site of the same organisation.
    pub site_id: Uuid,
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    #[serde(default)]
    #[schema(minimum = 1, maximum = 10000)]
    pub seats: Option<i64>,
    /// What services may ask of it: an open list of words such as `wheelchair` or `treatment_couch`.
    #[serde(default)]
    #[schema(max_items = 50, example = json!(["wheelchair"]))]
    pub features: Vec<String>,
    /// The loan for which it is entered, of a room that another organisation lends to this one; cannot
    /// be changed. The site is one of your own: visitors are told its address.
    #[serde(default)]
    pub loan_id: Option<Uuid>,
}

/// A room.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoomView {
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub site_id: Uuid,
    pub name: String,
    #[schema(required)]
    pub seats: Option<i64>,
    pub features: Vec<String>,
    /// The loan, of a room that another organisation lends.
    #[schema(required)]
    pub loan_id: Option<Uuid>,
    /// What `If-Match` wants.
    #[schema(example = "\"1\"")]
    pub etag: String,
}

page!(
    /// Rooms, in the order in which they were entered.
    RoomPage of RoomView
);

impl RoomBody {
    pub(super) fn read(self, id: RoomId, on_loan: Option<OnLoan>) -> Result<Room, Problem> {
        let mut checks = Checks::new();
        let name = checks.field("/name", Line::new(&self.name));
        let seats = checks.optional("/seats", self.seats.map(Seats::new));
        checks.count("/features", self.features.len(), 0..=50);
        let features = checks.each("/features", &self.features, |text| text.parse());
        checks.finish(|| {
            Some(Room {
                id,
                organisation_id: self.organisation_id.into(),
                site_id: self.site_id.into(),
                name: name?,
                seats: seats?,
                features: features?,
                on_loan,
            })
        })
    }
}

fn references_of(room: &Room) -> References {
    References {
        site_id: Some(room.site_id),
        ..References::of(room.organisation_id)
    }
}

impl From<&Room> for RoomBody {
    fn from(room: &Room) -> Self {
        Self {
            organisation_id: room.organisation_id.uuid(),
            site_id: room.site_id.uuid(),
            name: room.name.to_string(),
            seats: room.seats.map(|seats| seats.count().into()),
            features: texts_of(&room.features),
            loan_id: room.on_loan.map(|loan| loan.loan_id.uuid()),
        }
    }
}

impl From<&Stored<Room>> for RoomView {
    fn from(stored: &Stored<Room>) -> Self {
        let body = RoomBody::from(&stored.value);
        Self {
            id: stored.value.id.uuid(),
            organisation_id: body.organisation_id,
            site_id: body.site_id,
            name: body.name,
            seats: body.seats,
            features: body.features,
            loan_id: body.loan_id,
            etag: etag(stored.version),
        }
    }
}
