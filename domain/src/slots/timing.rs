use super::offer::Opening;
use crate::minutes::{Minutes, WholeMinute};
use crate::span::Span;

/// The rules of a service about time, unchecked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimingRules {
    /// Of the slot itself, as the visitor sees it.
    pub length: Minutes,
    /// The distance of two starts on the grid, which begins with the session.
    pub start_every: Minutes,
    /// Claimed before the slot, for the counsellor and the room.
    pub buffer_before: Minutes,
    /// Claimed after the slot, for the counsellor and the room.
    pub buffer_after: Minutes,
    /// A slot can be booked until this long before its start.
    pub minimum_notice: Minutes,
    /// A slot can be booked from less than this long before its start.
    pub horizon: Minutes,
}

/// Rules of a service about time that can be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing(TimingRules);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimingError {
    #[error("a service takes at least one minute")]
    NoLength,
    #[error("the starts of a service are at least one minute apart")]
    NoGrid,
    #[error("a service takes at most 24 hours, buffers included")]
    ClaimTooLong,
}

impl Timing {
    pub fn new(rules: TimingRules) -> Result<Self, TimingError> {
        if rules.length == Minutes::NONE {
            return Err(TimingError::NoLength);
        }
        if rules.start_every == Minutes::NONE {
            return Err(TimingError::NoGrid);
        }
        let claim = rules.buffer_before.count() + rules.length.count() + rules.buffer_after.count();
        if claim > Minutes::DAY.count() {
            return Err(TimingError::ClaimTooLong);
        }
        Ok(Self(rules))
    }

    #[must_use]
    pub const fn rules(self) -> TimingRules {
        self.0
    }

    /// As it is where the whole session is one slot; `None` when that is too long with its buffers.
    pub(crate) fn whole(self, opening: Opening) -> Option<Self> {
        let length = opening.before().epoch_minutes() - opening.from().epoch_minutes();
        let rules = TimingRules {
            length: Minutes::new(length).ok()?,
            start_every: Minutes::DAY,
            ..self.0
        };
        Self::new(rules).ok()
    }

    /// As it is for those who book from less than so long before the start.
    pub(crate) fn not_before(self, horizon: Minutes) -> Self {
        Self(TimingRules {
            horizon: horizon.min(self.0.horizon),
            ..self.0
        })
    }

    /// As it is where something else decides when it can be booked.
    pub(crate) const fn at_any_time(self) -> Self {
        Self(TimingRules {
            minimum_notice: Minutes::NONE,
            horizon: Minutes::MAX,
            ..self.0
        })
    }

    /// As it is where the way to the visitor and back takes so long; `None` when that is too long.
    #[must_use]
    pub fn with_way(self, way: Minutes) -> Option<Self> {
        let and_way = |buffer: Minutes| Minutes::new(buffer.count() + way.count()).ok();
        let rules = TimingRules {
            buffer_before: and_way(self.0.buffer_before)?,
            buffer_after: and_way(self.0.buffer_after)?,
            ..self.0
        };
        Self::new(rules).ok()
    }

    /// The slot that starts then, without buffers.
    pub(super) fn slot(self, starts_at: WholeMinute) -> Span {
        let from = starts_at.instant();
        Span::new(from, from + self.0.length.time_delta()).expect("a length is never zero")
    }

    /// What a slot claims of its counsellor and room.
    pub(super) fn claim(self, slot: Span) -> Span {
        slot.widened(
            self.0.buffer_before.time_delta(),
            self.0.buffer_after.time_delta(),
        )
    }

    /// How far the slot itself reaches around its start.
    pub(super) fn slot_reach(self) -> Reach {
        Reach {
            before: 0,
            after: i64::from(self.0.length.count()),
        }
    }

    /// How far the claim of a slot reaches around its start.
    pub(super) fn claim_reach(self) -> Reach {
        Reach {
            before: i64::from(self.0.buffer_before.count()),
            after: i64::from(self.0.length.count()) + i64::from(self.0.buffer_after.count()),
        }
    }
}

/// Minutes around a start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reach {
    pub(super) before: i64,
    pub(super) after: i64,
}
