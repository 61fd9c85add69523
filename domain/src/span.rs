//! A half-open span of time: its start belongs to it, its end does not.

use chrono::{DateTime, TimeDelta, Utc};

/// `from` lies before `before`; two spans that only touch do not overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    from: DateTime<Utc>,
    before: DateTime<Utc>,
}

/// The span ends before it starts, or is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a span must end after it starts")]
pub struct EmptySpan;

impl Span {
    pub fn new(from: DateTime<Utc>, before: DateTime<Utc>) -> Result<Self, EmptySpan> {
        if from < before {
            Ok(Self { from, before })
        } else {
            Err(EmptySpan)
        }
    }

    #[must_use]
    pub const fn from(self) -> DateTime<Utc> {
        self.from
    }

    #[must_use]
    pub const fn before(self) -> DateTime<Utc> {
        self.before
    }

    #[must_use]
    pub fn length(self) -> TimeDelta {
        self.before - self.from
    }

    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.from < other.before && other.from < self.before
    }

    #[must_use]
    pub fn contains(self, instant: DateTime<Utc>) -> bool {
        self.from <= instant && instant < self.before
    }

    #[must_use]
    pub fn encloses(self, other: Self) -> bool {
        self.from <= other.from && other.before <= self.before
    }

    /// The span with buffers laid around it.
    #[must_use]
    pub fn widened(self, before: TimeDelta, after: TimeDelta) -> Self {
        Self {
            from: self.from - before.abs(),
            before: self.before + after.abs(),
        }
    }
}
