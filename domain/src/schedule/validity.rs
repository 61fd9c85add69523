use chrono::{Datelike, NaiveDate};

/// The local dates on which a schedule applies, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Validity {
    from: NaiveDate,
    until: Option<NaiveDate>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ValidityError {
    #[error("a schedule's last day must not lie before its first")]
    EndsBeforeItStarts,
    #[error("a schedule's days lie in the years 1970 to 9998")]
    Year,
}

/// A day on which a schedule can open, or be told not to.
pub fn schedule_day(date: NaiveDate) -> Result<NaiveDate, ValidityError> {
    if in_years(date) {
        Ok(date)
    } else {
        Err(ValidityError::Year)
    }
}

impl Validity {
    /// Without `until` the schedule has no end.
    pub fn new(from: NaiveDate, until: Option<NaiveDate>) -> Result<Self, ValidityError> {
        if !in_years(from) || !until.is_none_or(in_years) {
            return Err(ValidityError::Year);
        }
        if until.is_some_and(|until| until < from) {
            return Err(ValidityError::EndsBeforeItStarts);
        }
        Ok(Self { from, until })
    }

    #[must_use]
    pub const fn from(self) -> NaiveDate {
        self.from
    }

    /// The last day.
    #[must_use]
    pub const fn until(self) -> Option<NaiveDate> {
        self.until
    }

    #[must_use]
    pub fn has(self, day: NaiveDate) -> bool {
        self.from <= day && day < self.before()
    }

    /// The day after the last one, or after the end of the year 9998.
    pub(super) fn before(self) -> NaiveDate {
        self.until.and_then(|until| until.succ_opt()).unwrap_or(END)
    }
}

/// In the years before, each day and the one after it is an instant in every zone, and a text of
/// RFC 3339.
const END: NaiveDate = NaiveDate::from_ymd_opt(9999, 1, 1).expect("a date");

fn in_years(date: NaiveDate) -> bool {
    date.year() >= 1970 && date < END
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().expect(text)
    }

    #[test]
    fn the_last_day_is_included_and_must_not_lie_before_the_first() {
        let (first, second) = (date("2026-01-01"), date("2026-01-02"));
        let day = Validity::new(first, Some(first)).expect("a validity");
        assert_eq!(day.before(), second);
        assert_eq!((day.from(), day.until()), (first, Some(first)));
        assert!(day.has(first) && !day.has(second));
        assert!(!day.has(date("2025-12-31")));
        assert_eq!(
            Validity::new(second, Some(first)),
            Err(ValidityError::EndsBeforeItStarts)
        );
    }

    #[test]
    fn the_years_are_bounded() {
        for (day, lies_within) in [
            ("1969-12-31", false),
            ("1970-01-01", true),
            ("9998-12-31", true),
            ("9999-01-01", false),
        ] {
            let read = schedule_day(date(day));
            assert_eq!(read.is_ok(), lies_within, "{day}");
        }
        let (early, late) = (date("1970-01-01"), date("9998-12-31"));
        assert!(Validity::new(early, Some(late)).is_ok());
        assert_eq!(
            Validity::new(date("1969-12-31"), None),
            Err(ValidityError::Year)
        );
        assert_eq!(
            Validity::new(early, Some(date("9999-01-01"))),
            Err(ValidityError::Year)
        );
        let endless = Validity::new(early, None).expect("a validity");
        assert_eq!(endless.before(), date("9999-01-01"));
    }
}
