//! Time in whole minutes: lengths, and instants that fall on a minute.

use chrono::{DateTime, TimeDelta, Utc};

/// A length of time in whole minutes, from none to a leap year.
///
/// No rule of a service reaches further than a year, and an instant of this era plus that much is
/// far from the end of the calendar: adding never overflows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Minutes(u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a length of time is at most 527,040 minutes (366 days)")]
pub struct TooManyMinutes;

impl Minutes {
    pub const NONE: Self = Self(0);
    pub const TWO_DAYS: Self = Self(2 * 24 * 60);
    pub const DAY: Self = Self(24 * 60);
    pub const MAX: Self = Self(366 * 24 * 60);

    pub const fn new(minutes: u32) -> Result<Self, TooManyMinutes> {
        if minutes <= Self::MAX.0 {
            Ok(Self(minutes))
        } else {
            Err(TooManyMinutes)
        }
    }

    #[must_use]
    pub const fn count(self) -> u32 {
        self.0
    }

    #[must_use]
    pub fn time_delta(self) -> TimeDelta {
        TimeDelta::minutes(i64::from(self.0))
    }
}

/// An instant without seconds, between the years 1970 and 10136.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WholeMinute(u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the time must fall on a whole minute, not before 1970 and not after 10135")]
pub struct NotAWholeMinute;

impl WholeMinute {
    pub fn new(instant: DateTime<Utc>) -> Result<Self, NotAWholeMinute> {
        let minute = minute_at_or_after(instant);
        if minute != minute_at_or_before(instant) {
            return Err(NotAWholeMinute);
        }
        u32::try_from(minute).map(Self).map_err(|_| NotAWholeMinute)
    }

    /// `minutes` since 1970-01-01T00:00Z.
    #[must_use]
    pub const fn since_epoch(minutes: u32) -> Self {
        Self(minutes)
    }

    /// Minutes since 1970-01-01T00:00Z.
    #[must_use]
    pub const fn epoch_minutes(self) -> u32 {
        self.0
    }

    #[must_use]
    pub fn instant(self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(i64::from(self.0))
    }
}

/// The last whole minute not after the instant, counted since 1970.
pub(crate) fn minute_at_or_before(instant: DateTime<Utc>) -> i64 {
    instant.timestamp().div_euclid(60)
}

/// The first whole minute not before the instant, counted since 1970.
pub(crate) fn minute_at_or_after(instant: DateTime<Utc>) -> i64 {
    let on_the_minute =
        instant.timestamp().rem_euclid(60) == 0 && instant.timestamp_subsec_nanos() == 0;
    minute_at_or_before(instant) + i64::from(!on_the_minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    #[test]
    fn a_length_ends_at_a_leap_year() {
        assert_eq!(Minutes::new(527_040), Ok(Minutes::MAX));
        assert_eq!(Minutes::new(527_041), Err(TooManyMinutes));
        assert_eq!(Minutes::DAY.time_delta(), TimeDelta::days(1));
        assert_eq!(Minutes::new(50).map(Minutes::count), Ok(50));
    }

    #[test]
    fn only_whole_minutes_are_whole_minutes() {
        let nine = WholeMinute::new(instant("2026-11-23T09:00:00Z")).expect("a whole minute");
        assert_eq!(nine.instant(), instant("2026-11-23T09:00:00Z"));
        assert_eq!(WholeMinute::since_epoch(nine.epoch_minutes()), nine);
        for text in ["2026-11-23T09:00:30Z", "2026-11-23T09:00:00.000000001Z"] {
            assert_eq!(
                WholeMinute::new(instant(text)),
                Err(NotAWholeMinute),
                "{text}"
            );
        }
    }

    #[test]
    fn whole_minutes_reach_from_1970_to_10136() {
        let last = WholeMinute::since_epoch(u32::MAX);
        assert_eq!(WholeMinute::new(last.instant()), Ok(last));
        assert!(WholeMinute::new(last.instant() + TimeDelta::minutes(1)).is_err());
        assert!(WholeMinute::new(DateTime::UNIX_EPOCH).is_ok());
        assert!(WholeMinute::new(DateTime::UNIX_EPOCH - TimeDelta::minutes(1)).is_err());
        assert!(WholeMinute::new(DateTime::<Utc>::MAX_UTC).is_err());
    }

    #[test]
    fn instants_round_to_both_sides_also_before_1970() {
        let before_1970 = instant("1969-12-31T23:59:30.5Z");
        assert_eq!(minute_at_or_before(before_1970), -1);
        assert_eq!(minute_at_or_after(before_1970), 0);
        assert_eq!(minute_at_or_after(instant("1970-01-01T00:00:00.1Z")), 1);
    }
}
