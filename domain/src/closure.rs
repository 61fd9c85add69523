//! When an organisation, a site or a room is closed. Public holidays need no closure.

use crate::ids::{ClosureId, OrganisationId, RoomId, SiteId};
use crate::span::Span;
use crate::texts::Texts;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closure {
    pub id: ClosureId,
    pub organisation_id: OrganisationId,
    pub closed: Closed,
    pub span: Span,
    pub reason: Option<Texts>,
}

/// What is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    Organisation,
    Site(SiteId),
    Room(RoomId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a closure is of a site or of a room, not of both; of neither it is of the organisation")]
pub struct SiteAndRoom;

impl Closed {
    pub fn new(site: Option<SiteId>, room: Option<RoomId>) -> Result<Self, SiteAndRoom> {
        match (site, room) {
            (None, None) => Ok(Self::Organisation),
            (Some(site), None) => Ok(Self::Site(site)),
            (None, Some(room)) => Ok(Self::Room(room)),
            (Some(_), Some(_)) => Err(SiteAndRoom),
        }
    }

    #[must_use]
    pub const fn site_id(self) -> Option<SiteId> {
        match self {
            Self::Site(site) => Some(site),
            Self::Organisation | Self::Room(_) => None,
        }
    }

    #[must_use]
    pub const fn room_id(self) -> Option<RoomId> {
        match self {
            Self::Room(room) => Some(room),
            Self::Organisation | Self::Site(_) => None,
        }
    }
}
