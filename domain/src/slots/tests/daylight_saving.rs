//! In Berlin the clocks go from 02:00 to 03:00 on 2026-03-29 and from 03:00 to 02:00 on
//! 2026-10-25.

use chrono::{NaiveDateTime, TimeZone};
use chrono_tz::Europe::Berlin;

use super::*;

fn berlin(text: &str) -> DateTime<Utc> {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a local time");
    Berlin
        .from_local_datetime(&local)
        .single()
        .expect("one instant")
        .to_utc()
}

/// The local starts, with offsets, of an hourly service between two local times.
fn local_starts(from: &str, before: &str) -> Vec<String> {
    let opening = Span::new(berlin(from), berlin(before)).expect("an opening");
    let offer = offer(1, opening, rules(60, 60, (0, 0)));
    let now = opening.from() - TimeDelta::hours(1);
    free_slots(&[offer], &occupied(&[]), opening, now)
        .iter()
        .map(|slot| {
            slot.span
                .from()
                .with_timezone(&Berlin)
                .format("%H:%M%:z")
                .to_string()
        })
        .collect()
}

#[test]
fn the_morning_keeps_its_local_hours_on_both_days() {
    let spring = local_starts("2026-03-29 09:00", "2026-03-29 12:00");
    assert_eq!(spring, ["09:00+02:00", "10:00+02:00", "11:00+02:00"]);
    let autumn = local_starts("2026-10-25 09:00", "2026-10-25 12:00");
    assert_eq!(autumn, ["09:00+01:00", "10:00+01:00", "11:00+01:00"]);
}

#[test]
fn the_night_in_spring_lacks_an_hour() {
    let night = local_starts("2026-03-29 01:00", "2026-03-29 05:00");
    assert_eq!(night, ["01:00+01:00", "03:00+02:00", "04:00+02:00"]);
}

#[test]
fn the_night_in_autumn_has_an_hour_twice() {
    let night = local_starts("2026-10-25 01:00", "2026-10-25 05:00");
    assert_eq!(
        night,
        [
            "01:00+02:00",
            "02:00+02:00",
            "02:00+01:00",
            "03:00+01:00",
            "04:00+01:00"
        ]
    );
}
