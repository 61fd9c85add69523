use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::caps::Talks;
use crate::minutes::WholeMinute;
use crate::span::Span;

/// How many talks of a service are given in a week, and which of its places are taken.
///
/// A week is an ISO week on the clocks of the site: it begins on Monday at midnight. Each talk that
/// starts in it takes one of its places, which are numbered from 0. A place is written down as a
/// minute, so that no two talks can have the same one: the first place as the first minute of that
/// Monday in UTC, wherever the site is, and so on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeekCap {
    most: Talks,
    time_zone: Tz,
    taken: BTreeSet<DateTime<Utc>>,
}

impl WeekCap {
    /// With the minutes of the places that are taken; the same one may be told more than once.
    #[must_use]
    pub fn new(most: Talks, time_zone: Tz, taken: &[DateTime<Utc>]) -> Self {
        let taken = taken.iter().copied().collect();
        Self {
            most,
            time_zone,
            taken,
        }
    }

    #[must_use]
    pub(super) const fn most(&self) -> Talks {
        self.most
    }

    /// The place that a talk would take which starts then; `None` when the week is full.
    #[must_use]
    pub fn next_place(&self, starts_at: WholeMinute) -> Option<Span> {
        let local = starts_at
            .instant()
            .with_timezone(&self.time_zone)
            .date_naive();
        let since_monday = Days::new(local.weekday().num_days_from_monday().into());
        let monday = local.checked_sub_days(since_monday)?;
        let first = monday.and_time(NaiveTime::MIN).and_utc();
        let next_week = first + TimeDelta::weeks(1);
        if self.taken.range(first..next_week).count() >= self.most.count() as usize {
            return None;
        }
        let mut places =
            (0..self.most.count()).map(|number| first + TimeDelta::minutes(number.into()));
        let free = places.find(|place| !self.taken.contains(place))?;
        Span::new(free, free + TimeDelta::minutes(1)).ok()
    }
}
