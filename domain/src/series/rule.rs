//! Which dates a series has: a recurrence that ends.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;

use crate::minutes::WholeMinute;
use crate::recurrence::{MalformedRecurrence, Recurrence};
use crate::schedule::instant_of;

/// No series has more dates than that.
pub const MOST_DATES: usize = 52;

/// How many days after the first date the last one may lie.
const LONGEST: u64 = 731;

/// A recurrence with its end. As text a part of RFC 5545, section 3.3.10, as of a schedule and with
/// one of COUNT and UNTIL: `FREQ=WEEKLY;BYDAY=TU;COUNT=6`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeriesRule {
    recurrence: Recurrence,
    end: End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Count(usize),
    /// The last day on the clocks of the site.
    Day(NaiveDate),
    /// The last instant at which one may start.
    Instant(DateTime<Utc>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MalformedSeriesRule {
    #[error(
        "the rule of a series ends: say how many dates it has in COUNT, or its last day in UNTIL, and not both"
    )]
    End,
    #[error("COUNT is a whole number of 2 to {MOST_DATES} dates")]
    Count,
    #[error("UNTIL is a day or an instant in UTC, as in `20270131` or `20270131T225959Z`")]
    Until,
    #[error(
        "the rule of a series knows the parts FREQ, INTERVAL, BYDAY, WKST, COUNT and UNTIL only"
    )]
    UnknownPart,
    #[error(transparent)]
    Recurrence(MalformedRecurrence),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SeriesRuleError {
    #[error("the first date is {0}, which is none of the rule's days")]
    FirstIsNoDate(NaiveDate),
    #[error("a series has at least two dates, and this rule gives only the first one")]
    OneDate,
    #[error("a series has at most {MOST_DATES} dates")]
    TooMany,
    #[error("a series ends within two years of its first date")]
    TooLong,
}

impl SeriesRule {
    /// When its appointments start, the given first one in front: always at the same time on the
    /// clocks of the site.
    pub fn starts(
        &self,
        first: WholeMinute,
        zone: Tz,
    ) -> Result<Vec<WholeMinute>, SeriesRuleError> {
        let local = first.instant().with_timezone(&zone).naive_local();
        let day = local.date();
        let last_day = day
            .checked_add_days(Days::new(LONGEST))
            .ok_or(SeriesRuleError::TooLong)?;
        let mut days = self.recurrence.dates(day, day, last_day);
        if days.next() != Some(day) {
            return Err(SeriesRuleError::FirstIsNoDate(day));
        }
        let start = |day: NaiveDate| start_on(day.and_time(local.time()), zone);
        let later: Vec<_> = days
            .take(MOST_DATES)
            .filter_map(start)
            .take_while(|start| self.end.allows(*start, zone))
            .collect();
        self.end.cut(first, later, last_day)
    }
}

/// Nothing at the ends of the calendar.
fn start_on(local: NaiveDateTime, zone: Tz) -> Option<WholeMinute> {
    WholeMinute::new(instant_of(local, zone)?).ok()
}

impl End {
    fn allows(self, start: WholeMinute, zone: Tz) -> bool {
        let start = start.instant();
        match self {
            Self::Count(_) => true,
            Self::Day(last) => start.with_timezone(&zone).date_naive() <= last,
            Self::Instant(last) => start <= last,
        }
    }

    fn cut(
        self,
        first: WholeMinute,
        later: Vec<WholeMinute>,
        last_day: NaiveDate,
    ) -> Result<Vec<WholeMinute>, SeriesRuleError> {
        let mut starts = vec![first];
        starts.extend(later);
        match self {
            Self::Count(count) if starts.len() < count => return Err(SeriesRuleError::TooLong),
            Self::Count(count) => starts.truncate(count),
            _ if starts.len() > MOST_DATES => return Err(SeriesRuleError::TooMany),
            Self::Day(day) if day > last_day => return Err(SeriesRuleError::TooLong),
            Self::Instant(last) if last.date_naive() > last_day => {
                return Err(SeriesRuleError::TooLong);
            }
            _ if starts.len() < 2 => return Err(SeriesRuleError::OneDate),
            _ => {}
        }
        Ok(starts)
    }
}

impl FromStr for SeriesRule {
    type Err = MalformedSeriesRule;

    fn from_str(text: &str) -> Result<Self, MalformedSeriesRule> {
        let upper = text.to_ascii_uppercase();
        let is_end = |part: &&str| part.starts_with("COUNT=") || part.starts_with("UNTIL=");
        let (ends, rest): (Vec<&str>, Vec<&str>) = upper.split(';').partition(is_end);
        let recurrence = rest.join(";").parse().map_err(|error| match error {
            MalformedRecurrence::UnknownPart => MalformedSeriesRule::UnknownPart,
            MalformedRecurrence::Ends => MalformedSeriesRule::End,
            error => MalformedSeriesRule::Recurrence(error),
        })?;
        let [end] = ends[..] else {
            return Err(MalformedSeriesRule::End);
        };
        let end = match end.split_once('=') {
            Some(("COUNT", count)) => count_of(count)?,
            Some((_, until)) => until_of(until)?,
            None => return Err(MalformedSeriesRule::End),
        };
        Ok(Self { recurrence, end })
    }
}

fn count_of(text: &str) -> Result<End, MalformedSeriesRule> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let count = text
        .parse()
        .ok()
        .filter(|count| digits && (2..=MOST_DATES).contains(count));
    count.map(End::Count).ok_or(MalformedSeriesRule::Count)
}

fn until_of(text: &str) -> Result<End, MalformedSeriesRule> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if text.len() == 8 && digits == 8 {
        let day = NaiveDate::parse_from_str(text, "%Y%m%d");
        return day.map(End::Day).map_err(|_| MalformedSeriesRule::Until);
    }
    if text.len() == 16 && digits == 14 {
        let instant = NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%SZ");
        return instant
            .map(|instant| End::Instant(instant.and_utc()))
            .map_err(|_| MalformedSeriesRule::Until);
    }
    Err(MalformedSeriesRule::Until)
}

impl fmt::Display for SeriesRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{};", self.recurrence)?;
        match self.end {
            End::Count(count) => write!(f, "COUNT={count}"),
            End::Day(day) => write!(f, "UNTIL={}", day.format("%Y%m%d")),
            End::Instant(instant) => write!(f, "UNTIL={}", instant.format("%Y%m%dT%H%M%SZ")),
        }
    }
}
