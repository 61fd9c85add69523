use std::fmt;
use std::str::FromStr;

use chrono::{Weekday, WeekdaySet};

use super::{Recurrence, RecurrenceError, Rule};

/// The text is no recurrence that a schedule can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MalformedRecurrence {
    #[error(
        "a recurrence is text like `FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE` or \
         `FREQ=MONTHLY;BYDAY=2WE`: parts NAME=VALUE, each once, with a semicolon between"
    )]
    Form,
    #[error("a recurrence does not end by UNTIL or COUNT: say the last day in `valid_until`")]
    Ends,
    #[error(
        "a recurrence knows the parts FREQ, INTERVAL, BYDAY and WKST only: \
         say the days it applies to in `valid_from` and `valid_until`, and days off in `exceptions`"
    )]
    UnknownPart,
    #[error("FREQ is WEEKLY or MONTHLY")]
    Frequency,
    #[error("INTERVAL is a whole number: of 1 to 52 weeks, or of 1 to 12 months")]
    Interval,
    #[error("a weekly recurrence names its weekdays once each in BYDAY, such as `MO,WE`")]
    Weekdays,
    #[error("a monthly recurrence names one weekday with its number in BYDAY: `2WE`, or `-1FR`")]
    NthWeekday,
    #[error("WKST is MO: a week begins on Monday")]
    WeekStart,
    #[error(transparent)]
    Rule(#[from] RecurrenceError),
}

#[derive(Default)]
struct Parts<'a> {
    frequency: Option<&'a str>,
    interval: Option<&'a str>,
    days: Option<&'a str>,
    week_start: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn read(text: &'a str) -> Result<Self, MalformedRecurrence> {
        let mut parts = Self::default();
        for part in text.split(';') {
            let (name, value) = part.split_once('=').ok_or(MalformedRecurrence::Form)?;
            let place = match name {
                "FREQ" => &mut parts.frequency,
                "INTERVAL" => &mut parts.interval,
                "BYDAY" => &mut parts.days,
                "WKST" => &mut parts.week_start,
                "UNTIL" | "COUNT" => return Err(MalformedRecurrence::Ends),
                _ => return Err(MalformedRecurrence::UnknownPart),
            };
            if place.replace(value).is_some() {
                return Err(MalformedRecurrence::Form);
            }
        }
        Ok(parts)
    }
}

impl FromStr for Recurrence {
    type Err = MalformedRecurrence;

    /// Reads upper and lower case alike (RFC 5545, section 2).
    fn from_str(text: &str) -> Result<Self, MalformedRecurrence> {
        let text = text.to_ascii_uppercase();
        let parts = Parts::read(&text)?;
        if parts.week_start.is_some_and(|day| day != "MO") {
            return Err(MalformedRecurrence::WeekStart);
        }
        let every = parts.interval.map_or(Ok(1), interval)?;
        match parts.frequency {
            Some("WEEKLY") => {
                let days = parts.days.ok_or(MalformedRecurrence::Weekdays)?;
                Ok(Self::weekly(every, weekdays(days)?)?)
            }
            Some("MONTHLY") => {
                let day = parts.days.ok_or(MalformedRecurrence::NthWeekday)?;
                let (nth, weekday) = nth_weekday(day)?;
                Ok(Self::monthly(every, nth, weekday)?)
            }
            Some(_) => Err(MalformedRecurrence::Frequency),
            None => Err(MalformedRecurrence::Form),
        }
    }
}

fn interval(text: &str) -> Result<u8, MalformedRecurrence> {
    // `parse` would take a sign too.
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(MalformedRecurrence::Interval);
    }
    text.parse().map_err(|_| MalformedRecurrence::Interval)
}

fn weekdays(text: &str) -> Result<WeekdaySet, MalformedRecurrence> {
    let mut weekdays = WeekdaySet::EMPTY;
    for code in text.split(',') {
        let weekday = weekday(code).ok_or(MalformedRecurrence::Weekdays)?;
        if !weekdays.insert(weekday) {
            return Err(MalformedRecurrence::Weekdays);
        }
    }
    Ok(weekdays)
}

fn nth_weekday(text: &str) -> Result<(i8, Weekday), MalformedRecurrence> {
    let at = text.find(|char: char| char.is_ascii_alphabetic());
    let (nth, code) = text.split_at(at.ok_or(MalformedRecurrence::NthWeekday)?);
    let nth = nth.parse().map_err(|_| MalformedRecurrence::NthWeekday)?;
    Ok((nth, weekday(code).ok_or(MalformedRecurrence::NthWeekday)?))
}

fn weekday(text: &str) -> Option<Weekday> {
    WeekdaySet::ALL
        .iter(Weekday::Mon)
        .find(|weekday| code(*weekday) == text)
}

const fn code(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Mon => "MO",
        Weekday::Tue => "TU",
        Weekday::Wed => "WE",
        Weekday::Thu => "TH",
        Weekday::Fri => "FR",
        Weekday::Sat => "SA",
        Weekday::Sun => "SU",
    }
}

impl fmt::Display for Recurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Rule::Weekly { .. } => "FREQ=WEEKLY",
            Rule::Monthly { .. } => "FREQ=MONTHLY",
        })?;
        if self.0.every() > 1 {
            write!(f, ";INTERVAL={}", self.0.every())?;
        }
        match self.0 {
            Rule::Weekly { weekdays, .. } => {
                let codes: Vec<_> = weekdays.iter(Weekday::Mon).map(code).collect();
                write!(f, ";BYDAY={}", codes.join(","))
            }
            Rule::Monthly { nth, weekday, .. } => write!(f, ";BYDAY={nth}{}", code(weekday)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> MalformedRecurrence {
        text.parse::<Recurrence>().expect_err(text)
    }

    #[test]
    fn the_usual_form_is_read_and_written_alike() {
        for text in [
            "FREQ=WEEKLY;BYDAY=WE",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE",
            "FREQ=WEEKLY;INTERVAL=52;BYDAY=MO,TU,WE,TH,FR,SA,SU",
            "FREQ=MONTHLY;BYDAY=2WE",
            "FREQ=MONTHLY;INTERVAL=12;BYDAY=5SU",
            "FREQ=MONTHLY;BYDAY=-1FR",
        ] {
            let recurrence: Recurrence = text.parse().expect(text);
            assert_eq!(recurrence.to_string(), text);
        }
    }

    #[test]
    fn other_ways_to_say_the_same_are_understood() {
        for (text, usual) in [
            ("freq=weekly;byday=we", "FREQ=WEEKLY;BYDAY=WE"),
            (
                "BYDAY=SU,MO;INTERVAL=01;FREQ=WEEKLY;WKST=MO",
                "FREQ=WEEKLY;BYDAY=MO,SU",
            ),
            ("FREQ=MONTHLY;BYDAY=+2WE", "FREQ=MONTHLY;BYDAY=2WE"),
        ] {
            assert_eq!(text.parse::<Recurrence>().expect(text).to_string(), usual);
        }
    }

    #[test]
    fn an_end_belongs_into_valid_until() {
        assert_eq!(
            refusal("FREQ=WEEKLY;COUNT=10;BYDAY=MO"),
            MalformedRecurrence::Ends
        );
        let until = refusal("FREQ=WEEKLY;BYDAY=MO;UNTIL=20261231T000000Z");
        assert!(until.to_string().contains("`valid_until`"));
    }

    #[test]
    fn what_a_schedule_cannot_do_is_refused_with_its_reason() {
        use MalformedRecurrence as Malformed;
        for (text, expected) in [
            ("", Malformed::Form),
            ("FREQ", Malformed::Form),
            ("BYDAY=MO", Malformed::Form),
            ("FREQ=WEEKLY;BYDAY=MO;", Malformed::Form),
            ("FREQ=WEEKLY;FREQ=WEEKLY;BYDAY=MO", Malformed::Form),
            ("RRULE:FREQ=WEEKLY;BYDAY=MO", Malformed::UnknownPart),
            ("FREQ=MONTHLY;BYMONTHDAY=1", Malformed::UnknownPart),
            ("FREQ=MONTHLY;BYDAY=WE;BYSETPOS=2", Malformed::UnknownPart),
            (
                "FREQ=WEEKLY;BYDAY=MO;EXDATE=20260101",
                Malformed::UnknownPart,
            ),
            ("FREQ=DAILY", Malformed::Frequency),
            ("FREQ=YEARLY;BYDAY=MO", Malformed::Frequency),
            ("FREQ=WEEKLY;INTERVAL=;BYDAY=MO", Malformed::Interval),
            ("FREQ=WEEKLY;INTERVAL=+1;BYDAY=MO", Malformed::Interval),
            (
                "FREQ=WEEKLY;INTERVAL=999999999999;BYDAY=MO",
                Malformed::Interval,
            ),
            (
                "FREQ=WEEKLY;INTERVAL=0;BYDAY=MO",
                Malformed::Rule(RecurrenceError::Weeks),
            ),
            (
                "FREQ=WEEKLY;INTERVAL=53;BYDAY=MO",
                Malformed::Rule(RecurrenceError::Weeks),
            ),
            (
                "FREQ=MONTHLY;INTERVAL=13;BYDAY=1MO",
                Malformed::Rule(RecurrenceError::Months),
            ),
            ("FREQ=WEEKLY", Malformed::Weekdays),
            ("FREQ=WEEKLY;BYDAY=", Malformed::Weekdays),
            ("FREQ=WEEKLY;BYDAY=2MO", Malformed::Weekdays),
            ("FREQ=WEEKLY;BYDAY=MO,MO", Malformed::Weekdays),
            ("FREQ=WEEKLY;BYDAY=ÄÖ", Malformed::Weekdays),
            ("FREQ=MONTHLY", Malformed::NthWeekday),
            ("FREQ=MONTHLY;BYDAY=WE", Malformed::NthWeekday),
            ("FREQ=MONTHLY;BYDAY=1MO,2MO", Malformed::NthWeekday),
            ("FREQ=MONTHLY;BYDAY=٢WE", Malformed::NthWeekday),
            (
                "FREQ=MONTHLY;BYDAY=0MO",
                Malformed::Rule(RecurrenceError::Nth),
            ),
            (
                "FREQ=MONTHLY;BYDAY=6MO",
                Malformed::Rule(RecurrenceError::Nth),
            ),
            (
                "FREQ=MONTHLY;BYDAY=-2MO",
                Malformed::Rule(RecurrenceError::Nth),
            ),
            ("FREQ=WEEKLY;BYDAY=MO;WKST=SU", Malformed::WeekStart),
        ] {
            assert_eq!(refusal(text), expected, "{text}");
        }
    }
}
