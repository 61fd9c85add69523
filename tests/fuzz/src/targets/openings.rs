use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use chrono_tz::Tz;
use domain::holidays::FederalState;
use domain::schedule::{LocalHours, Schedule, Validity};
use uuid::Uuid;

/// The longest that clocks were ever set by at once, and a day of hours: Samoa left out a day.
const LONGEST: TimeDelta = TimeDelta::hours(24 + 25);

/// Lines: a rule, when it starts and ends on the clock, its zone, its first day, its last, and the
/// day asked from.
pub fn run(bytes: &[u8]) {
    let lines = super::lines(bytes);
    let Some((schedule, zone)) = read(&lines) else {
        return;
    };
    let asked = line(&lines, 6).and_then(|text| text.parse().ok());
    let from: NaiveDate = asked.unwrap_or(schedule.validity.from());
    let before = from
        .checked_add_signed(TimeDelta::days(800))
        .unwrap_or(NaiveDate::MAX);
    let openings = schedule.occurrences(zone, Some(FederalState::Saxony), from, before);
    assert!(openings.is_sorted_by(|one, next| one.original_start < next.original_start));
    for opening in openings {
        let day = opening.original_start.date();
        assert!(from <= day && day < before && schedule.validity.from() <= day);
        assert_eq!(opening.original_start.time(), schedule.hours.starts());
        assert!(opening.span.length() <= LONGEST, "{opening:?}");
        let alone = schedule.occurrences(
            zone,
            Some(FederalState::Saxony),
            day,
            day.succ_opt().unwrap_or(day),
        );
        assert_eq!(alone, [opening], "{day} by itself");
    }
}

fn read(lines: &[String]) -> Option<(Schedule, Tz)> {
    let time = |at| line(lines, at)?.parse::<NaiveTime>().ok();
    let zone = line(lines, 3)?.parse().ok()?;
    let first = line(lines, 4)?.parse().ok()?;
    let last = line(lines, 5).and_then(|text| text.parse().ok());
    let schedule = Schedule {
        id: Uuid::nil().into(),
        organisation_id: Uuid::nil().into(),
        counsellor_id: Uuid::nil().into(),
        site_id: Uuid::nil().into(),
        room_id: None,
        service_ids: BTreeSet::new(),
        modalities: BTreeSet::new(),
        hours: LocalHours::new(time(1)?, time(2)?).ok()?,
        recurrence: line(lines, 0)?.parse().ok()?,
        validity: Validity::new(first, last).ok()?,
        exceptions: BTreeSet::new(),
        opens_on_holidays: false,
        kept: domain::kept::Kept::default(),
    };
    Some((schedule, zone))
}

fn line(lines: &[String], at: usize) -> Option<&str> {
    lines.get(at).map(String::as_str)
}
