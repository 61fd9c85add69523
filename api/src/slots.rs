//! Free slots: computed when somebody asks, never stored.

mod any;
mod explain;
mod list;
pub(crate) mod search;
mod sentences;

use chrono::{DateTime, FixedOffset};
use domain::any_counsellor::AnySlot;
use domain::calendar::OfferedSlot;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub(crate) use any::{WantedSlot, wanted_slot};
pub use explain::explain_slot;
pub use list::list_slots;

use crate::views::local;

/// A free appointment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SlotView {
    /// Names the slot; grants nothing and promises nothing.
    pub id: String,
    pub service_id: Uuid,
    /// Null where any counsellor gives it.
    #[schema(required)]
    pub session_id: Option<Uuid>,
    pub organisation_id: Uuid,
    pub site_id: Uuid,
    /// Null where any counsellor gives it: the answer to the booking names who does.
    #[schema(required)]
    pub counsellor_id: Option<Uuid>,
    /// With the offset of the site.
    pub starts_at: DateTime<FixedOffset>,
    pub ends_at: DateTime<FixedOffset>,
    #[schema(example = "Europe/Berlin")]
    pub time_zone: &'static str,
    /// The ways on which it can take place: `in_person`, `phone`, `video`, `at_home`.
    pub modalities: Vec<&'static str>,
    /// The languages that service and counsellor share.
    pub languages: Vec<String>,
    /// How many can still book it: places of a group, or free counsellors where any gives it.
    #[schema(minimum = 0)]
    pub places_left: u32,
}

impl From<&OfferedSlot> for SlotView {
    fn from(offered: &OfferedSlot) -> Self {
        let slot = &offered.slot;
        Self {
            id: slot.id.to_string(),
            service_id: slot.id.service_id.uuid(),
            session_id: Some(slot.id.session_id.uuid()),
            organisation_id: slot.id.organisation_id.uuid(),
            site_id: slot.site_id.uuid(),
            counsellor_id: Some(slot.counsellor_id.uuid()),
            starts_at: local(slot.span.from(), offered.time_zone),
            ends_at: local(slot.span.before(), offered.time_zone),
            time_zone: offered.time_zone.name(),
            modalities: offered.modalities.iter().map(|it| it.as_str()).collect(),
            languages: offered.languages.iter().map(ToString::to_string).collect(),
            places_left: slot.places_left,
        }
    }
}

impl From<&AnySlot> for SlotView {
    fn from(any: &AnySlot) -> Self {
        Self {
            id: any.id.to_string(),
            service_id: any.id.service_id.uuid(),
            session_id: None,
            organisation_id: any.id.organisation_id.uuid(),
            site_id: any.id.site_id.uuid(),
            counsellor_id: None,
            starts_at: local(any.span.from(), any.time_zone),
            ends_at: local(any.span.before(), any.time_zone),
            time_zone: any.time_zone.name(),
            modalities: any.modalities.iter().map(|it| it.as_str()).collect(),
            languages: any.languages.iter().map(ToString::to_string).collect(),
            places_left: any.counsellors,
        }
    }
}
