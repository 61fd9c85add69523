//! Places that are kept for people whom a partner sends.

use crate::ids::{CourseId, KeptPlacesId, OrganisationId, ServiceId, SessionId};
use crate::minutes::Minutes;
use crate::places::Capacity;

/// So many places of a service, for the visitors of another organisation. They are missing from the
/// number that everybody else sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptPlaces {
    pub id: KeptPlacesId,
    pub organisation_id: OrganisationId,
    pub service_id: ServiceId,
    pub of: KeptOf,
    pub partner_id: OrganisationId,
    pub places: Capacity,
    /// How long before the start they are open to everybody; never, without it.
    pub release: Option<Minutes>,
}

/// Where they are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeptOf {
    Session(SessionId),
    /// On each of its dates.
    Course(CourseId),
    /// In every session of the service that says nothing of its own.
    Service,
}

impl KeptOf {
    #[must_use]
    pub const fn session(self) -> Option<SessionId> {
        match self {
            Self::Session(session) => Some(session),
            Self::Course(_) | Self::Service => None,
        }
    }

    #[must_use]
    pub const fn course(self) -> Option<CourseId> {
        match self {
            Self::Course(course) => Some(course),
            Self::Session(_) | Self::Service => None,
        }
    }
}
