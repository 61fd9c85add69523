//! Appointments that lose what they rest on, as whoever deals with them needs to see them.

use chrono::{DateTime, FixedOffset};
use persistence::appointments::Found;
use persistence::vault::Vault;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::appointments::contact::can_be_told;
use crate::problems::Problem;
use crate::views::local;

/// An open appointment that needs attention. What the visitor left stands in the appointment.
#[derive(Debug, Serialize, ToSchema)]
pub struct StrandedView {
    pub id: Uuid,
    /// What a person can say on the telephone.
    #[schema(example = "K7QF-2MXP")]
    pub code: String,
    /// One of `requested`, `booked`, `checked_in`, `cancelled`.
    #[schema(example = "booked")]
    pub status: String,
    pub service_id: Uuid,
    pub counsellor_id: Uuid,
    pub site_id: Uuid,
    /// With the offset of the site.
    pub starts_at: DateTime<FixedOffset>,
    pub ends_at: DateTime<FixedOffset>,
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
    /// One of `in_person`, `phone`, `video`, `at_home`.
    #[schema(example = "in_person")]
    pub modality: String,
    /// Whether the visitor left an e-mail address or a telephone number. Who did not must be told
    /// otherwise: when they look at the appointment, or at the door.
    pub can_be_told: bool,
}

impl StrandedView {
    pub fn of(found: &Found, vault: &Vault) -> Result<Self, Problem> {
        let appointment = &found.appointment;
        let place = appointment.place;
        let zone = found.terms.time_zone;
        Ok(Self {
            id: appointment.id.uuid(),
            code: appointment.code.to_string(),
            status: appointment.status.as_str().to_owned(),
            service_id: place.service_id.uuid(),
            counsellor_id: place.counsellor_id.uuid(),
            site_id: place.site_id.uuid(),
            starts_at: local(place.span.from(), zone),
            ends_at: local(place.span.before(), zone),
            time_zone: zone.name().to_owned(),
            modality: place.modality.to_string(),
            can_be_told: can_be_told(vault, found)?,
        })
    }
}
