//! What is needed where any of several will do: a room with a feature, an interpreter, pieces of
//! equipment.

use super::busy::{BusySpans, blocking};
use super::timing::Timing;
use crate::ids::ResourceId;

/// What a talk may need beside its counsellor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    Room,
    Interpreter,
    Equipment,
}

impl Need {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Room => "room",
            Self::Interpreter => "interpreter",
            Self::Equipment => "equipment",
        }
    }
}

/// So many of these resources are needed, for the whole of the claim: no two may take turns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    pub need: Need,
    pub wanted: usize,
    /// In the order in which they are taken.
    pub members: Vec<Member>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub resource_id: ResourceId,
    pub claims: BusySpans,
    /// Absences of an interpreter, closures of a room.
    pub unavailable: BusySpans,
    /// Whether each use leaves less of it for others, whenever they come: a room on loan with a quota.
    pub is_rationed: bool,
}

impl Pool {
    /// The first members that are free, as many as are wanted; `None` when there are not so many.
    pub(super) fn choose(&self, start: i64, timing: Timing) -> Option<Vec<ResourceId>> {
        let is_free = |member: &&Member| {
            blocking(member.claims.stretches(), start, timing.claim_reach()).is_none()
                && blocking(member.unavailable.stretches(), start, timing.slot_reach()).is_none()
        };
        let free = self.members.iter().filter(is_free);
        let chosen: Vec<_> = free
            .take(self.wanted)
            .map(|member| member.resource_id)
            .collect();
        (chosen.len() == self.wanted).then_some(chosen)
    }
}
