//! The same shift for all that follow.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::minutes::WholeMinute;
use crate::schedule::instant_of;

/// How much later, on the clocks of the site: from Tuesday 10:00 to Thursday 14:00 is the same in
/// every week, whatever the clocks do in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    by: TimeDelta,
    zone: Tz,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a series cannot be moved beyond the calendar")]
pub struct ShiftError;

impl Shift {
    /// That which takes one start to another.
    #[must_use]
    pub fn between(before: DateTime<Utc>, after: WholeMinute, zone: Tz) -> Self {
        let local = |instant: DateTime<Utc>| instant.with_timezone(&zone).naive_local();
        Self {
            by: local(after.instant()) - local(before),
            zone,
        }
    }

    pub fn apply(self, start: DateTime<Utc>) -> Result<WholeMinute, ShiftError> {
        let local = start.with_timezone(&self.zone).naive_local();
        let moved = local.checked_add_signed(self.by).ok_or(ShiftError)?;
        let instant = instant_of(moved, self.zone).ok_or(ShiftError)?;
        WholeMinute::new(instant).map_err(|_| ShiftError)
    }
}
