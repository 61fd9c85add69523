//! Holds: a slot kept for a few minutes while somebody fills in a form.

mod create;
mod release;
mod token;

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub use create::create_hold;
pub use release::release_hold;
pub(crate) use token::HoldToken;

use crate::extract::optional_object;
use crate::slots::SlotView;

/// Which slot is to be held.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"slot_id": "040sj0000007004000000000000g368000000w00g00000000000a0cs0000003g0200000000000101rk800"}))]
pub struct HoldBody {
    /// The `id` of a slot of the list, unchanged.
    #[schema(min_length = 85, max_length = 85)]
    pub slot_id: String,
    /// Holds an interpreter for this language too, where the service books any.
    #[serde(default)]
    #[schema(example = "ar")]
    pub interpreter_language: Option<String>,
    /// Of a slot of any counsellor, one who speaks it is chosen before others.
    #[serde(default)]
    #[schema(example = "ar")]
    pub language: Option<String>,
    /// With a slot of any counsellor, at services that allow this wish: `female`, `male` or `diverse`.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub counsellor_gender: Option<String>,
    /// Where a visit is wanted; needed for a visit, and only there. The booking tells it again.
    #[serde(default, deserialize_with = "optional_object")]
    pub visit: Option<DoorstepBody>,
}

/// A place to which a way can be reckoned.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"latitude": 51.361, "longitude": 12.412}))]
pub struct DoorstepBody {
    /// WGS 84, in degrees.
    #[schema(minimum = -90, maximum = 90)]
    pub latitude: f64,
    #[schema(minimum = -180, maximum = 180)]
    pub longitude: f64,
}

/// A slot that is kept until the hold expires.
#[derive(Debug, Serialize, ToSchema)]
pub struct HoldView {
    pub id: Uuid,
    /// Redeems the hold; nobody else can.
    pub token: String,
    pub expires_at: DateTime<FixedOffset>,
    pub slot: SlotView,
}
