use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate, NaiveTime, Weekday};
use chrono_tz::Tz;

use crate::schedule::{LocalHours, LocalHoursError, instant_of};
use crate::span::Span;

/// More than anybody needs.
pub const MOST_HOURS: usize = 50;

/// The hours of one weekday, on the clocks of the room's site. They end on their day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LentHours {
    weekday: Weekday,
    hours: LocalHours,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    #[error(transparent)]
    Malformed(#[from] LocalHoursError),
    #[error("hours of a loan end on the day on which they start, at 23:59 at the latest")]
    Midnight,
    #[error("a loan has 1 to {MOST_HOURS} hours of a week")]
    Number,
    #[error("hours of one weekday must not overlap or touch: make them one")]
    Overlap,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a weekday is one of MO, TU, WE, TH, FR, SA, SU")]
pub struct MalformedWeekday;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the hours of a loan are a weekday and two times")]
pub struct MalformedLentHours;

/// As RFC 5545 writes them.
const WEEKDAYS: [(&str, Weekday); 7] = [
    ("MO", Weekday::Mon),
    ("TU", Weekday::Tue),
    ("WE", Weekday::Wed),
    ("TH", Weekday::Thu),
    ("FR", Weekday::Fri),
    ("SA", Weekday::Sat),
    ("SU", Weekday::Sun),
];

impl LentHours {
    pub fn new(weekday: Weekday, starts: NaiveTime, ends: NaiveTime) -> Result<Self, HoursError> {
        let hours = LocalHours::new(starts, ends)?;
        if ends < starts {
            return Err(HoursError::Midnight);
        }
        Ok(Self { weekday, hours })
    }

    pub fn weekday_of(text: &str) -> Result<Weekday, MalformedWeekday> {
        let known = WEEKDAYS.iter().find(|(name, _)| *name == text);
        known.map(|(_, weekday)| *weekday).ok_or(MalformedWeekday)
    }

    #[must_use]
    pub fn weekday(self) -> &'static str {
        let named = WEEKDAYS.iter().find(|(_, day)| *day == self.weekday);
        named.map_or("", |(name, _)| name)
    }

    #[must_use]
    pub const fn starts(self) -> NaiveTime {
        self.hours.starts()
    }

    #[must_use]
    pub const fn ends(self) -> NaiveTime {
        self.hours.ends()
    }

    fn key(self) -> (u32, NaiveTime) {
        (self.weekday.num_days_from_monday(), self.starts())
    }

    fn on(self, day: NaiveDate, zone: Tz) -> Option<Span> {
        let edge = |time| instant_of(day.and_time(time), zone);
        Span::new(edge(self.starts())?, edge(self.ends())?).ok()
    }
}

/// `WE 17:00 20:00`
impl fmt::Display for LentHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clock = |time: NaiveTime| time.format("%H:%M");
        let (starts, ends) = (clock(self.starts()), clock(self.ends()));
        write!(f, "{} {starts} {ends}", self.weekday())
    }
}

impl FromStr for LentHours {
    type Err = MalformedLentHours;

    fn from_str(text: &str) -> Result<Self, MalformedLentHours> {
        let mut words = text.split(' ');
        let weekday = words.next().map(Self::weekday_of);
        let mut time = || {
            let word = words.next().ok_or(MalformedLentHours)?;
            NaiveTime::parse_from_str(word, "%H:%M").map_err(|_| MalformedLentHours)
        };
        let (starts, ends) = (time()?, time()?);
        let Some(Ok(weekday)) = weekday else {
            return Err(MalformedLentHours);
        };
        Self::new(weekday, starts, ends).map_err(|_| MalformedLentHours)
    }
}

/// The hours of a week, in order; no two of a day touch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeeklyHours(Vec<LentHours>);

impl WeeklyHours {
    pub fn new(mut hours: Vec<LentHours>) -> Result<Self, HoursError> {
        if !(1..=MOST_HOURS).contains(&hours.len()) {
            return Err(HoursError::Number);
        }
        hours.sort_by_key(|hours| hours.key());
        let touch = |pair: &[LentHours]| {
            pair[0].weekday == pair[1].weekday && pair[1].starts() <= pair[0].ends()
        };
        if hours.windows(2).any(touch) {
            return Err(HoursError::Overlap);
        }
        Ok(Self(hours))
    }

    #[must_use]
    pub fn each(&self) -> &[LentHours] {
        &self.0
    }

    /// Of a day; hours of which a change of the clocks leaves nothing are passed over.
    pub(super) fn on(&self, day: NaiveDate, zone: Tz) -> impl Iterator<Item = Span> {
        let of_day = move |hours: &&LentHours| hours.weekday == day.weekday();
        let of_day = self.0.iter().filter(of_day);
        of_day.filter_map(move |hours| hours.on(day, zone))
    }
}
