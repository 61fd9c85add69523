use chrono::{
    DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Timelike, Utc,
};
use chrono_tz::{GapInfo, Tz};

/// From when to when on the clock of the site, in whole minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LocalHours {
    starts: NaiveTime,
    ends: NaiveTime,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LocalHoursError {
    #[error("hours start and end on a whole minute")]
    Seconds,
    #[error("hours must not end at the minute at which they start; 24 hours need two schedules")]
    Equal,
}

impl LocalHours {
    /// Where `ends` is the earlier time, it is one of the next day; so is midnight.
    pub fn new(starts: NaiveTime, ends: NaiveTime) -> Result<Self, LocalHoursError> {
        // A leap second is second 59 with more than a thousand milliseconds.
        if [starts, ends]
            .iter()
            .any(|time| time.second() != 0 || time.nanosecond() != 0)
        {
            return Err(LocalHoursError::Seconds);
        }
        if starts == ends {
            return Err(LocalHoursError::Equal);
        }
        Ok(Self { starts, ends })
    }

    #[must_use]
    pub const fn starts(self) -> NaiveTime {
        self.starts
    }

    #[must_use]
    pub const fn ends(self) -> NaiveTime {
        self.ends
    }

    /// Start and end of the hours that begin on a day; none at the end of the calendar.
    pub(super) fn on(self, date: NaiveDate) -> Option<(NaiveDateTime, NaiveDateTime)> {
        let last_day = if self.ends < self.starts {
            date.checked_add_days(Days::new(1))?
        } else {
            date
        };
        Some((date.and_time(self.starts), last_day.and_time(self.ends)))
    }
}

/// When the clocks of a zone show a local time. What they show twice is the first; what they leave
/// out is read with the offset from before the gap (RFC 5545, section 3.3.5).
///
/// None only within a day of the ends of the calendar.
#[must_use]
pub fn instant_of(local: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    if let Some(instant) = zone.from_local_datetime(&local).earliest() {
        return Some(instant.to_utc());
    }
    let (_, offset) = GapInfo::new(&local, &zone)?.begin?;
    Some(local.checked_sub_offset(offset.fix())?.and_utc())
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Berlin;

    use super::*;

    fn time(text: &str) -> NaiveTime {
        text.parse().expect(text)
    }

    fn instant(local: &str, zone: Tz) -> String {
        let local = local.parse().expect(local);
        instant_of(local, zone)
            .expect("an instant")
            .format("%FT%RZ")
            .to_string()
    }

    #[test]
    fn hours_are_whole_minutes_and_not_empty() {
        let nine = time("09:00:00");
        assert!(LocalHours::new(nine, time("12:00:00")).is_ok());
        assert_eq!(LocalHours::new(nine, nine), Err(LocalHoursError::Equal));
        assert_eq!(
            LocalHours::new(nine, time("12:00:30")),
            Err(LocalHoursError::Seconds)
        );
        assert_eq!(
            LocalHours::new(nine, time("12:00:00.5")),
            Err(LocalHoursError::Seconds)
        );
        assert_eq!(
            LocalHours::new(nine, time("11:59:60")),
            Err(LocalHoursError::Seconds)
        );
    }

    #[test]
    fn hours_that_end_before_they_start_end_on_the_next_day() {
        let day: NaiveDate = "2026-12-31".parse().expect("a date");
        let ends = |starts, ends| {
            let hours = LocalHours::new(time(starts), time(ends)).expect("hours");
            hours.on(day).expect("a day").1.to_string()
        };
        assert_eq!(ends("09:00:00", "12:00:00"), "2026-12-31 12:00:00");
        assert_eq!(ends("22:00:00", "02:00:00"), "2027-01-01 02:00:00");
        assert_eq!(ends("22:00:00", "00:00:00"), "2027-01-01 00:00:00");
        assert_eq!(ends("00:00:00", "23:59:00"), "2026-12-31 23:59:00");
    }

    #[test]
    fn a_time_that_the_clocks_leave_out_has_the_offset_from_before() {
        assert_eq!(instant("2026-03-29T01:59:00", Berlin), "2026-03-29T00:59Z");
        assert_eq!(instant("2026-03-29T02:00:00", Berlin), "2026-03-29T01:00Z");
        assert_eq!(instant("2026-03-29T02:30:00", Berlin), "2026-03-29T01:30Z");
        assert_eq!(instant("2026-03-29T03:00:00", Berlin), "2026-03-29T01:00Z");
        // A zone can leave out a whole day.
        assert_eq!(
            instant("2011-12-30T12:00:00", chrono_tz::Pacific::Apia),
            "2011-12-30T22:00Z"
        );
    }

    #[test]
    fn a_time_that_the_clocks_show_twice_is_the_first() {
        assert_eq!(instant("2026-10-25T01:59:00", Berlin), "2026-10-24T23:59Z");
        assert_eq!(instant("2026-10-25T02:30:00", Berlin), "2026-10-25T00:30Z");
        assert_eq!(instant("2026-10-25T03:00:00", Berlin), "2026-10-25T02:00Z");
    }

    #[test]
    fn the_ends_of_the_calendar_do_not_panic() {
        for zone in [
            Berlin,
            chrono_tz::Pacific::Apia,
            chrono_tz::America::New_York,
        ] {
            let _ = instant_of(NaiveDateTime::MIN, zone);
            let _ = instant_of(NaiveDateTime::MAX, zone);
        }
    }
}
