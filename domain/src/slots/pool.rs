//! What is needed where any of several will do: a room with a feature, an interpreter, pieces of
//! equipment.

use super::busy::{BusySpans, Stretch, blocking};
use super::capped::Capped;
use super::timing::Timing;
use crate::ids::ResourceId;
use crate::loan::Ration;
use crate::minutes::WholeMinute;
use crate::span::Span;

/// What a talk may need beside its counsellor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    Room,
    Interpreter,
    Equipment,
    /// Somebody who comes along to a visit.
    Companion,
}

impl Need {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Room => "room",
            Self::Interpreter => "interpreter",
            Self::Equipment => "equipment",
            Self::Companion => "companion",
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
    /// Where each use leaves less of it for others, whenever they come: a room on loan with a quota.
    pub ration: Option<Ration>,
    /// Where it is claimed for another time than the counsellor: whoever comes along to a visit has
    /// a way of their own.
    pub timing: Option<Timing>,
    /// How much they give at most, where there is a cap.
    pub capped: Option<Capped>,
}

/// What was chosen of a pool, and what is claimed of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    pub need: Need,
    pub resource_id: ResourceId,
    pub span: Span,
}

impl Pool {
    /// The first members that are free, as many as are wanted; `None` when there are not so many.
    pub(super) fn choose(&self, starts_at: WholeMinute, timing: Timing) -> Option<Vec<Chosen>> {
        let start = i64::from(starts_at.epoch_minutes());
        let free = self
            .members
            .iter()
            .filter(|member| member.is_free(start, timing));
        let chosen: Vec<_> = free
            .take(self.wanted)
            .map(|member| {
                let timing = member.timing.unwrap_or(timing);
                Chosen {
                    need: self.need,
                    resource_id: member.resource_id,
                    span: timing.claim(timing.slot(starts_at)),
                }
            })
            .collect();
        (chosen.len() == self.wanted).then_some(chosen)
    }

    /// Whether so many are free as are wanted, and within their caps.
    pub(super) fn has_enough(&self, start: i64, timing: Timing) -> bool {
        let free = self
            .members
            .iter()
            .filter(|member| member.is_free(start, timing));
        free.take(self.wanted).count() == self.wanted
    }

    /// Whether more decides about its members than when they are busy.
    pub(super) fn is_capped(&self) -> bool {
        self.members.iter().any(|member| member.capped.is_some())
    }
}

impl Member {
    /// One more claim, for its caps and its ration.
    pub(crate) fn count(&mut self, claim: Span) {
        if let Some(capped) = &mut self.capped {
            capped.count(claim);
        }
        if let Some(ration) = &mut self.ration {
            ration.count(claim);
        }
    }

    fn is_free(&self, start: i64, timing: Timing) -> bool {
        let timing = self.timing.unwrap_or(timing);
        let reach = timing.claim_reach();
        let claim = Stretch {
            from: start - reach.before,
            before: start + reach.after,
        };
        blocking(self.claims.stretches(), start, reach).is_none()
            && blocking(self.unavailable.stretches(), start, timing.slot_reach()).is_none()
            && self
                .capped
                .as_ref()
                .is_none_or(|capped| capped.allows(claim))
            && self.is_left(start, timing)
    }

    /// Whether its ration suffices.
    fn is_left(&self, start: i64, timing: Timing) -> bool {
        let Some(ration) = &self.ration else {
            return true;
        };
        let start = u32::try_from(start).map(WholeMinute::since_epoch);
        start.is_ok_and(|start| ration.allows(timing.claim(timing.slot(start))))
    }
}
