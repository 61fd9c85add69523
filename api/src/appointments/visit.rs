//! Where a visit is wanted: told by the visitor, sealed with what else they give, and shown to those
//! who may read that.

use domain::line::Line;
use domain::visits::{Doorstep, Home};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::checks::Checks;

/// The address of a visit. Only the visitor, those who come and those who keep the calendar of the
/// organisation can read it; it is deleted with the rest of what the visitor gave.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"street": "Taubestraße 2", "postal_code": "04347", "city": "Leipzig",
    "latitude": 51.361, "longitude": 12.412, "hint": "Hinterhaus, zweimal klingeln"}))]
pub struct VisitBody {
    #[schema(min_length = 1, max_length = 200)]
    pub street: String,
    #[schema(min_length = 1, max_length = 200)]
    pub postal_code: String,
    #[schema(min_length = 1, max_length = 200)]
    pub city: String,
    /// WGS 84, in degrees: the place by which the slot was found (`visit_near`). Kept to a thousandth.
    #[schema(minimum = -90, maximum = 90)]
    pub latitude: f64,
    #[schema(minimum = -180, maximum = 180)]
    pub longitude: f64,
    /// What helps to find the door.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub hint: Option<String>,
}

/// The address of a visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct VisitView {
    pub street: String,
    pub postal_code: String,
    pub city: String,
    /// To a thousandth of a degree.
    pub latitude: f64,
    pub longitude: f64,
    #[schema(required)]
    pub hint: Option<String>,
}

/// Reads where a visit is wanted, noting what is wrong with it. `None` when something is.
pub(crate) fn read(visit: Option<VisitBody>, checks: &mut Checks) -> Option<Option<Home>> {
    let Some(visit) = visit else {
        return Some(None);
    };
    let street = checks.field("/visit/street", Line::new(&visit.street));
    let postal_code = checks.field("/visit/postal_code", Line::new(&visit.postal_code));
    let city = checks.field("/visit/city", Line::new(&visit.city));
    let hint = visit.hint.as_deref().map(Line::new);
    let hint = checks.optional("/visit/hint", hint);
    let doorstep = Doorstep::new(visit.latitude, visit.longitude);
    let doorstep = checks.field("/visit/latitude", doorstep);
    Some(Some(Home {
        street: street?,
        postal_code: postal_code?,
        city: city?,
        doorstep: doorstep?,
        hint: hint?,
    }))
}

impl From<&Home> for VisitView {
    fn from(home: &Home) -> Self {
        let at = home.doorstep.coordinates();
        Self {
            street: home.street.to_string(),
            postal_code: home.postal_code.to_string(),
            city: home.city.to_string(),
            latitude: at.latitude(),
            longitude: at.longitude(),
            hint: home.hint.as_ref().map(ToString::to_string),
        }
    }
}
