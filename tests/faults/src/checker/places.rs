use chrono::{DateTime, TimeDelta, Utc};
use domain::slot_id::SlotId;
use uuid::Uuid;

use super::stored::{Service, Session, Stored};

/// What a slot id means in the data base.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    pub(crate) session_id: Uuid,
    pub(crate) service_id: Uuid,
    pub(crate) starts_at: DateTime<Utc>,
    pub(crate) session: &'a Session,
    pub(crate) service: &'a Service,
    pub(crate) claim: Claim,
}

/// Resources for a span, buffers included.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    pub(crate) resources: Vec<Uuid>,
    pub(crate) starts_at: DateTime<Utc>,
    pub(crate) ends_at: DateTime<Utc>,
}

impl Claim {
    pub(crate) fn contends_with(&self, other: &Self) -> bool {
        let shared = |one: &Uuid| other.resources.contains(one);
        self.starts_at < other.ends_at
            && other.starts_at < self.ends_at
            && self.resources.iter().any(shared)
    }
}

impl Stored {
    pub(crate) fn place(&self, slot: Option<&str>) -> Option<Place<'_>> {
        let slot: SlotId = slot?.parse().ok()?;
        let (session_id, service_id) = (slot.session_id.uuid(), slot.service_id.uuid());
        let session = self.sessions.get(&session_id)?;
        let service = self.services.get(&service_id)?;
        let starts_at = slot.starts_at.instant();
        let resources = std::iter::once(session.counsellor_id).chain(session.room_id);
        Some(Place {
            session_id,
            service_id,
            starts_at,
            session,
            service,
            claim: Claim {
                resources: resources.collect(),
                starts_at: starts_at - TimeDelta::minutes(service.before),
                ends_at: starts_at + TimeDelta::minutes(service.length + service.after),
            },
        })
    }
}
