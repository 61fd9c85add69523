//! On which dates a schedule repeats.
//!
//! As text it is a part of the recurrence rules of RFC 5545, section 3.3.10:
//! `FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE`, `FREQ=MONTHLY;BYDAY=2WE`, `FREQ=MONTHLY;BYDAY=-1FR`.

use chrono::{Datelike, NaiveDate, Weekday, WeekdaySet};

mod text;

pub use text::MalformedRecurrence;

/// Every n weeks on some weekdays, or every n months on the nth of a weekday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Recurrence(Rule);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Rule {
    Weekly {
        every: u8,
        weekdays: WeekdaySet,
    },
    Monthly {
        every: u8,
        nth: i8,
        weekday: Weekday,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecurrenceError {
    #[error("a weekly recurrence repeats every 1 to 52 weeks")]
    Weeks,
    #[error("a monthly recurrence repeats every 1 to 12 months")]
    Months,
    #[error("a weekly recurrence needs at least one weekday")]
    NoWeekday,
    #[error("a monthly recurrence takes the 1st to 5th of a weekday, or -1 for the last")]
    Nth,
}

impl Recurrence {
    /// Every 1 to 52 weeks; a week begins on Monday.
    pub fn weekly(every: u8, weekdays: WeekdaySet) -> Result<Self, RecurrenceError> {
        if !(1..=52).contains(&every) {
            return Err(RecurrenceError::Weeks);
        }
        if weekdays.is_empty() {
            return Err(RecurrenceError::NoWeekday);
        }
        Ok(Self(Rule::Weekly { every, weekdays }))
    }

    /// Every 1 to 12 months on the `nth` of a weekday: 1 to 5, or -1 for the last. A month without
    /// a fifth one is passed over.
    pub fn monthly(every: u8, nth: i8, weekday: Weekday) -> Result<Self, RecurrenceError> {
        if !(1..=12).contains(&every) {
            return Err(RecurrenceError::Months);
        }
        if !matches!(nth, 1..=5 | -1) {
            return Err(RecurrenceError::Nth);
        }
        Ok(Self(Rule::Monthly {
            every,
            nth,
            weekday,
        }))
    }

    /// The dates `from` ≤ date < `before` in order, none before `anchor`. Weeks and months are
    /// counted from the anchor's own, whether or not it is itself one of the dates.
    pub fn dates(
        &self,
        anchor: NaiveDate,
        from: NaiveDate,
        before: NaiveDate,
    ) -> impl Iterator<Item = NaiveDate> + use<> {
        let rule = self.0;
        let from = from.max(anchor);
        let every = i64::from(rule.every());
        let too_late = (rule.period_of(from) - rule.period_of(anchor)).rem_euclid(every);
        let wait = (every - too_late).rem_euclid(every);
        (rule.period_of(from) + wait..=rule.period_of(before))
            .step_by(rule.every().into())
            .flat_map(move |period| rule.dates_in(period))
            .filter(move |date| from <= *date && *date < before)
    }
}

impl Rule {
    fn every(self) -> u8 {
        match self {
            Self::Weekly { every, .. } | Self::Monthly { every, .. } => every,
        }
    }

    /// The number of a date's week or month. Day 1, the first of the year 1, is a Monday.
    fn period_of(self, date: NaiveDate) -> i64 {
        match self {
            Self::Weekly { .. } => (i64::from(date.num_days_from_ce()) - 1).div_euclid(7),
            Self::Monthly { .. } => i64::from(date.year()) * 12 + i64::from(date.month0()),
        }
    }

    fn dates_in(self, period: i64) -> impl Iterator<Item = NaiveDate> {
        let weekdays = match self {
            Self::Weekly { weekdays, .. } => weekdays,
            Self::Monthly { weekday, .. } => WeekdaySet::single(weekday),
        };
        weekdays
            .iter(Weekday::Mon)
            .filter_map(move |weekday| match self {
                Self::Weekly { .. } => weekday_of_week(period, weekday),
                Self::Monthly { nth, .. } => nth_of_month(period, nth, weekday),
            })
    }
}

fn weekday_of_week(week: i64, weekday: Weekday) -> Option<NaiveDate> {
    let day = week * 7 + 1 + i64::from(weekday.num_days_from_monday());
    NaiveDate::from_num_days_from_ce_opt(i32::try_from(day).ok()?)
}

fn nth_of_month(month: i64, nth: i8, weekday: Weekday) -> Option<NaiveDate> {
    let year = i32::try_from(month.div_euclid(12)).ok()?;
    let month = u32::try_from(month.rem_euclid(12)).ok()? + 1;
    let nth_weekday = |nth| NaiveDate::from_weekday_of_month_opt(year, month, weekday, nth);
    match u8::try_from(nth) {
        Ok(nth) => nth_weekday(nth),
        Err(_) => nth_weekday(5).or_else(|| nth_weekday(4)),
    }
}

#[cfg(test)]
mod tests;
