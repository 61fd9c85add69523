//! Sites: places with an address, a time zone and a federal state.

mod archive;
mod create;
mod list;
mod update;

use domain::ids::{AppointmentId, SiteId};
use domain::line::Line;
use domain::site::{Address, Coordinates, Site};
use persistence::stored::Stored;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub use archive::archive_site;
pub use create::create_site;
pub use list::{get_site, list_sites};
pub use update::update_site;

use crate::checks::Checks;
use crate::pages::page;
use crate::problems::Problem;
use crate::views::{TextMap, etag};

/// A site as staff write it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "organisation_id": "01990000-0000-7000-8000-000000000001", "name": {"de": "Stadtteilladen"},
    "street": "Taubestraße 2", "postal_code": "04347", "city": "Leipzig",
    "federal_state": "DE-SN", "time_zone": "Europe/Berlin", "published": true}))]
pub struct SiteBody {
    /// The organisation to which it belongs; cannot be changed.
    pub organisation_id: Uuid,
    pub name: TextMap,
    #[schema(max_length = 200)]
    pub street: String,
    #[schema(max_length = 200)]
    pub postal_code: String,
    #[schema(max_length = 200)]
    pub city: String,
    /// WGS 84, in degrees; given together with `longitude` or not at all.
    #[serde(default)]
    #[schema(minimum = -90, maximum = 90)]
    pub latitude: Option<f64>,
    #[serde(default)]
    #[schema(minimum = -180, maximum = 180)]
    pub longitude: Option<f64>,
    /// The official regional key (ARS) of twelve digits.
    #[serde(default)]
    #[schema(pattern = "^[0-9]{12}$", example = "147130000000")]
    pub regional_key: Option<String>,
    /// ISO 3166-2; decides which public holidays hold.
    #[schema(example = "DE-SN")]
    pub federal_state: String,
    /// A name of the IANA time zone data base.
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
    /// Whether the public sees it.
    #[serde(default)]
    pub published: bool,
}

/// A site.
#[derive(Debug, Serialize, ToSchema)]
pub struct SiteView {
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub name: TextMap,
    pub street: String,
    pub postal_code: String,
    pub city: String,
    #[schema(required)]
    pub latitude: Option<f64>,
    #[schema(required)]
    pub longitude: Option<f64>,
    #[schema(required)]
    pub regional_key: Option<String>,
    pub federal_state: String,
    pub time_zone: String,
    pub published: bool,
    /// Open appointments that this change leaves without what was booked; null where nothing was
    /// changed. They stay valid and need attention.
    #[schema(required)]
    pub affected_appointments: Option<Vec<Uuid>>,
    /// What `If-Match` wants.
    #[schema(example = "\"1\"")]
    pub etag: String,
}

page!(
    /// Sites, in the order in which they were entered.
    SitePage of SiteView
);

impl SiteBody {
    pub(super) fn read(self, id: SiteId) -> Result<Site, Problem> {
        let mut checks = Checks::new();
        let name = self.name.read("/name", &mut checks);
        let street = checks.field("/street", Line::new(&self.street));
        let postal_code = checks.field("/postal_code", Line::new(&self.postal_code));
        let city = checks.field("/city", Line::new(&self.city));
        let coordinates = match (self.latitude, self.longitude) {
            (None, None) => Ok(None),
            (Some(latitude), Some(longitude)) => Coordinates::new(latitude, longitude)
                .map(Some)
                .map_err(|error| error.to_string()),
            _ => Err("latitude and longitude are given together or not at all".to_owned()),
        };
        let coordinates = checks.field("/latitude", coordinates);
        let regional_key = self.regional_key.map(|key| key.parse());
        let regional_key = checks.optional("/regional_key", regional_key);
        let federal_state = checks.field("/federal_state", self.federal_state.parse());
        let unknown_zone = |_| "is not in the IANA time zone data base";
        let time_zone = checks.field("/time_zone", self.time_zone.parse().map_err(unknown_zone));
        checks.finish(|| {
            Some(Site {
                id,
                organisation_id: self.organisation_id.into(),
                name: name?,
                address: Address {
                    street: street?,
                    postal_code: postal_code?,
                    city: city?,
                },
                coordinates: coordinates?,
                regional_key: regional_key?,
                federal_state: federal_state?,
                time_zone: time_zone?,
                published: self.published,
            })
        })
    }
}

impl From<&Site> for SiteBody {
    fn from(site: &Site) -> Self {
        Self {
            organisation_id: site.organisation_id.uuid(),
            name: (&site.name).into(),
            street: site.address.street.to_string(),
            postal_code: site.address.postal_code.to_string(),
            city: site.address.city.to_string(),
            latitude: site.coordinates.map(Coordinates::latitude),
            longitude: site.coordinates.map(Coordinates::longitude),
            regional_key: site.regional_key.as_ref().map(ToString::to_string),
            federal_state: site.federal_state.to_string(),
            time_zone: site.time_zone.name().to_owned(),
            published: site.published,
        }
    }
}

impl From<&Stored<Site>> for SiteView {
    fn from(stored: &Stored<Site>) -> Self {
        let body = SiteBody::from(&stored.value);
        Self {
            id: stored.value.id.uuid(),
            organisation_id: body.organisation_id,
            name: body.name,
            street: body.street,
            postal_code: body.postal_code,
            city: body.city,
            latitude: body.latitude,
            longitude: body.longitude,
            regional_key: body.regional_key,
            federal_state: body.federal_state,
            time_zone: body.time_zone,
            published: body.published,
            affected_appointments: None,
            etag: etag(stored.version),
        }
    }
}

impl SiteView {
    /// As the answer to a change.
    fn affecting(self, affected: &[AppointmentId]) -> Self {
        Self {
            affected_appointments: Some(affected.iter().map(|id| id.uuid()).collect()),
            ..self
        }
    }
}
