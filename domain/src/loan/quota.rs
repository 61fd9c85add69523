use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::schedule::instant_of;
use crate::span::Span;

/// How much a borrower may use in each week or month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    limit: u32,
    unit: Unit,
    per: Period,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Buffers included.
    Minutes,
    Uses,
}

/// For how long it is counted, on the clocks of the room's site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// From Monday to Sunday (ISO 8601).
    Week,
    Month,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a quota is 1 to 44,640: the minutes of a month of 31 days")]
pub struct QuotaError;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a quota counts one of minutes, uses")]
pub struct UnknownUnit;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a quota is for one of week, month")]
pub struct UnknownPeriod;

/// The minutes of the longest month.
const MOST: u32 = 31 * 24 * 60;

impl Quota {
    pub fn new(limit: i64, unit: Unit, per: Period) -> Result<Self, QuotaError> {
        match u32::try_from(limit) {
            Ok(limit) if (1..=MOST).contains(&limit) => Ok(Self { limit, unit, per }),
            _ => Err(QuotaError),
        }
    }

    #[must_use]
    pub const fn limit(self) -> u32 {
        self.limit
    }

    #[must_use]
    pub const fn unit(self) -> Unit {
        self.unit
    }

    #[must_use]
    pub const fn per(self) -> Period {
        self.per
    }

    /// Whether one more use of that length, beginning then, is within the quota of its period.
    pub(super) fn suffices(
        self,
        from: DateTime<Utc>,
        length: TimeDelta,
        used: &[Span],
        zone: Tz,
    ) -> bool {
        let period = self.per.around(from, zone);
        period.is_some_and(|(_, period)| self.has_room(period, length, used))
    }

    /// The periods that the window touches and in which no more use of that length is left.
    pub(super) fn exhausted(
        self,
        window: Span,
        length: TimeDelta,
        used: &[Span],
        zone: Tz,
    ) -> impl Iterator<Item = Span> {
        let first = self.per.around(window.from(), zone);
        let next =
            move |(first, _): &(NaiveDate, Span)| self.per.starting(self.per.after(*first)?, zone);
        let periods = std::iter::successors(first, next).map(|(_, period)| period);
        periods
            .take_while(move |period| period.from() < window.before())
            .filter(move |period| !self.has_room(*period, length, used))
    }

    /// A use counts for the period in which it begins.
    fn has_room(self, period: Span, length: TimeDelta, used: &[Span]) -> bool {
        let amount = |length: TimeDelta| match self.unit {
            Unit::Minutes => length.num_minutes(),
            Unit::Uses => 1,
        };
        let used = used.iter().filter(|used| period.contains(used.from()));
        let used: i64 = used.map(|used| amount(used.length())).sum();
        used + amount(length) <= i64::from(self.limit)
    }
}

impl Period {
    /// The period of an instant, with its first day; none at the ends of the calendar.
    fn around(self, instant: DateTime<Utc>, zone: Tz) -> Option<(NaiveDate, Span)> {
        let day = instant.with_timezone(&zone).date_naive();
        let first = match self {
            Self::Week => {
                day.checked_sub_days(Days::new(day.weekday().num_days_from_monday().into()))?
            }
            Self::Month => day.with_day(1)?,
        };
        self.starting(first, zone)
    }

    fn after(self, first: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Week => first.checked_add_days(Days::new(7)),
            Self::Month => first.checked_add_months(Months::new(1)),
        }
    }

    fn starting(self, first: NaiveDate, zone: Tz) -> Option<(NaiveDate, Span)> {
        let midnight = |day: NaiveDate| instant_of(day.and_time(NaiveTime::MIN), zone);
        let span = Span::new(midnight(first)?, midnight(self.after(first)?)?).ok()?;
        Some((first, span))
    }
}

impl Unit {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Minutes => "minutes",
            Self::Uses => "uses",
        }
    }
}

impl Period {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Week => "week",
            Self::Month => "month",
        }
    }
}

impl FromStr for Unit {
    type Err = UnknownUnit;

    fn from_str(text: &str) -> Result<Self, UnknownUnit> {
        match text {
            "minutes" => Ok(Self::Minutes),
            "uses" => Ok(Self::Uses),
            _ => Err(UnknownUnit),
        }
    }
}

impl FromStr for Period {
    type Err = UnknownPeriod;

    fn from_str(text: &str) -> Result<Self, UnknownPeriod> {
        match text {
            "week" => Ok(Self::Week),
            "month" => Ok(Self::Month),
            _ => Err(UnknownPeriod),
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
