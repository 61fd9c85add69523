use std::collections::BTreeMap;

use super::{Change, SessionContent};
use crate::ids::{AppointmentId, CounsellorId, RoomId, ServiceId, SessionId, SiteId};
use crate::modality::Modality;
use crate::span::Span;

/// An open appointment, as far as it depends on its session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attended {
    pub id: AppointmentId,
    pub session_id: SessionId,
    pub service_id: ServiceId,
    pub counsellor_id: CounsellorId,
    pub site_id: SiteId,
    pub room_id: Option<RoomId>,
    /// Whether its service takes any free room where the session has none.
    pub takes_any_room: bool,
    pub modality: Modality,
    pub span: Span,
}

/// The appointments whose session, by the changes, no longer offers what was booked. They stay
/// valid and need attention.
#[must_use]
pub fn stranded(changes: &[Change], appointments: &[Attended]) -> Vec<AppointmentId> {
    let changed: BTreeMap<SessionId, Option<&SessionContent>> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Insert { .. } => None,
            Change::Update { id, content } => Some((*id, Some(content))),
            Change::Withdraw { id } => Some((*id, None)),
        })
        .collect();
    let is_stranded = |appointment: &&Attended| {
        changed
            .get(&appointment.session_id)
            .is_some_and(|content| !content.is_some_and(|content| content.offers(appointment)))
    };
    let stranded = appointments.iter().filter(is_stranded);
    stranded.map(|appointment| appointment.id).collect()
}

impl SessionContent {
    fn offers(&self, appointment: &Attended) -> bool {
        self.span.encloses(appointment.span)
            && self.counsellor_id == appointment.counsellor_id
            && self.site_id == appointment.site_id
            && self.keeps_room(appointment)
            && self.service_ids.contains(&appointment.service_id)
            && self.modalities.contains(&appointment.modality)
    }

    /// A room that was chosen for the appointment rests on no session.
    fn keeps_room(&self, appointment: &Attended) -> bool {
        self.room_id == appointment.room_id
            || (self.room_id.is_none() && appointment.takes_any_room)
    }
}
