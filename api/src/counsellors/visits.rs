//! How far a volunteer goes.

use domain::site::Coordinates;
use domain::visits::VisitingArea as Area;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::checks::Checks;

/// Where a volunteer sets out to visits, and how far they go from there, as the crow flies. It is kept
/// to a hundredth of a degree, about a kilometre, and nobody but staff learns it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"latitude": 51.34, "longitude": 12.39, "within_km": 5}))]
pub struct VisitingArea {
    /// WGS 84, in degrees.
    #[schema(minimum = -90, maximum = 90)]
    pub latitude: f64,
    #[schema(minimum = -180, maximum = 180)]
    pub longitude: f64,
    #[schema(exclusive_minimum = 0, maximum = 100)]
    pub within_km: f64,
}

/// What is broken is told at its field.
pub(super) fn read(visits: Option<VisitingArea>, checks: &mut Checks) -> Option<Option<Area>> {
    let Some(visits) = visits else {
        return Some(None);
    };
    let base = Coordinates::new(visits.latitude, visits.longitude);
    let base = checks.field("/visits/latitude", base)?;
    let area = Area::new(base, visits.within_km);
    checks.field("/visits/within_km", area).map(Some)
}

impl From<Area> for VisitingArea {
    fn from(area: Area) -> Self {
        let base = area.base();
        Self {
            latitude: base.latitude(),
            longitude: base.longitude(),
            within_km: area.radius_km(),
        }
    }
}
