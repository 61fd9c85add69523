use chrono_tz::Europe::Berlin;
use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

use super::*;

fn id<Id: std::str::FromStr>(last: u32) -> Id {
    let text = format!("0190d3c4-7b1e-7000-8000-{last:012}");
    text.parse().ok().expect("an id")
}

fn date(text: &str) -> NaiveDate {
    text.parse().expect(text)
}

fn hours(starts: &str, ends: &str) -> LocalHours {
    LocalHours::new(starts.parse().expect(starts), ends.parse().expect(ends)).expect("hours")
}

fn schedule(rule: &str, starts: &str, ends: &str) -> Schedule {
    Schedule {
        id: id(1),
        organisation_id: id(2),
        counsellor_id: id(3),
        site_id: id(4),
        room_id: None,
        service_ids: BTreeSet::from([id(5)]),
        modalities: BTreeSet::from([Modality::InPerson]),
        hours: hours(starts, ends),
        recurrence: rule.parse().expect(rule),
        validity: Validity::new(date("2026-01-01"), None).expect("a validity"),
        exceptions: BTreeSet::new(),
        opens_on_holidays: false,
        kept: crate::kept::Kept::default(),
    }
}

/// The openings in Berlin's zone as `local start | start in UTC | end in UTC`.
fn openings(schedule: &Schedule, from: &str, before: &str) -> Vec<String> {
    schedule
        .occurrences(Berlin, None, date(from), date(before))
        .into_iter()
        .map(
            |Occurrence {
                 original_start,
                 span,
             }| {
                let [start, end] = [span.from(), span.before()].map(|at| at.format("%dT%R"));
                format!("{} | {start} | {end}", original_start.format("%FT%R"))
            },
        )
        .collect()
}

fn days(schedule: &Schedule, state: FederalState, from: &str, before: &str) -> Vec<String> {
    schedule
        .occurrences(Berlin, Some(state), date(from), date(before))
        .into_iter()
        .map(|occurrence| occurrence.original_start.date().to_string())
        .collect()
}

const DAILY: &str = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU";

#[test]
fn nine_o_clock_stays_nine_o_clock_when_the_clocks_change() {
    let daily = schedule(DAILY, "09:00:00", "12:00:00");
    assert_eq!(
        openings(&daily, "2026-03-28", "2026-03-30"),
        [
            "2026-03-28T09:00 | 28T08:00 | 28T11:00",
            "2026-03-29T09:00 | 29T07:00 | 29T10:00"
        ]
    );
    assert_eq!(
        openings(&daily, "2026-10-24", "2026-10-26"),
        [
            "2026-10-24T09:00 | 24T07:00 | 24T10:00",
            "2026-10-25T09:00 | 25T08:00 | 25T11:00"
        ]
    );
}

#[test]
fn a_session_over_the_night_of_the_change_ends_when_the_clock_says() {
    let nightly = schedule("FREQ=WEEKLY;BYDAY=SA", "22:00:00", "06:00:00");
    let spring = openings(&nightly, "2026-03-28", "2026-03-29");
    assert_eq!(spring, ["2026-03-28T22:00 | 28T21:00 | 29T04:00"]);
    let autumn = openings(&nightly, "2026-10-24", "2026-10-25");
    assert_eq!(autumn, ["2026-10-24T22:00 | 24T20:00 | 25T05:00"]);
}

#[test]
fn a_start_or_an_end_in_the_gap_has_the_offset_from_before() {
    let sunday = "FREQ=WEEKLY;BYDAY=SU";
    assert_eq!(
        openings(
            &schedule(sunday, "02:30:00", "05:00:00"),
            "2026-03-29",
            "2026-03-30"
        ),
        ["2026-03-29T02:30 | 29T01:30 | 29T03:00"]
    );
    assert_eq!(
        openings(
            &schedule(sunday, "01:00:00", "02:30:00"),
            "2026-03-29",
            "2026-03-30"
        ),
        ["2026-03-29T01:00 | 29T00:00 | 29T01:30"]
    );
}

#[test]
fn an_ambiguous_start_or_end_is_the_first() {
    let sunday = "FREQ=WEEKLY;BYDAY=SU";
    assert_eq!(
        openings(
            &schedule(sunday, "02:30:00", "04:00:00"),
            "2026-10-25",
            "2026-10-26"
        ),
        ["2026-10-25T02:30 | 25T00:30 | 25T03:00"]
    );
    assert_eq!(
        openings(
            &schedule(sunday, "01:00:00", "02:30:00"),
            "2026-10-25",
            "2026-10-26"
        ),
        ["2026-10-25T01:00 | 24T23:00 | 25T00:30"]
    );
}

#[test]
fn an_opening_of_which_the_gap_leaves_nothing_is_passed_over() {
    let sunday = schedule("FREQ=WEEKLY;BYDAY=SU", "02:30:00", "03:15:00");
    assert_eq!(
        openings(&sunday, "2026-03-29", "2026-04-06"),
        ["2026-04-05T02:30 | 05T00:30 | 05T01:15"]
    );
}

#[test]
fn a_holiday_of_the_state_stays_closed_unless_the_schedule_opens() {
    let mut wednesday = schedule("FREQ=WEEKLY;BYDAY=WE", "09:00:00", "12:00:00");
    let days = |schedule: &Schedule, state| days(schedule, state, "2026-11-18", "2026-11-26");
    assert_eq!(days(&wednesday, FederalState::Saxony), ["2026-11-25"]);
    assert_eq!(
        days(&wednesday, FederalState::LowerSaxony),
        ["2026-11-18", "2026-11-25"]
    );
    wednesday.opens_on_holidays = true;
    assert_eq!(
        days(&wednesday, FederalState::Saxony),
        ["2026-11-18", "2026-11-25"]
    );
}

#[test]
fn the_eve_of_a_holiday_opens_even_where_it_runs_into_it() {
    let nightly = schedule(DAILY, "22:00:00", "02:00:00");
    let days = days(&nightly, FederalState::Saxony, "2026-04-30", "2026-05-03");
    assert_eq!(days, ["2026-04-30", "2026-05-02"]);
}

#[test]
fn exceptions_and_validity_bound_the_openings() {
    let mut monday = schedule("FREQ=WEEKLY;BYDAY=MO", "09:00:00", "12:00:00");
    monday.exceptions = BTreeSet::from([date("2026-01-12")]);
    monday.validity =
        Validity::new(date("2026-01-05"), Some(date("2026-01-19"))).expect("a validity");
    let days = days(&monday, FederalState::Saxony, "2025-01-01", "2027-01-01");
    assert_eq!(days, ["2026-01-05", "2026-01-19"]);
}

#[test]
fn every_second_week_is_counted_from_the_week_of_the_first_day() {
    let mut monday = schedule("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "09:00:00", "12:00:00");
    monday.validity = Validity::new(date("2026-01-07"), None).expect("a validity");
    let days = days(&monday, FederalState::Saxony, "2026-01-01", "2026-02-10");
    assert_eq!(days, ["2026-01-19", "2026-02-02"]);
}

#[test]
fn a_span_to_the_end_of_the_calendar_ends_with_the_year_9998() {
    let mut yearly = schedule(
        "FREQ=MONTHLY;INTERVAL=12;BYDAY=-1FR",
        "22:00:00",
        "02:00:00",
    );
    yearly.validity = Validity::new(date("9990-12-01"), None).expect("a validity");
    let zone = chrono_tz::Pacific::Kiritimati;
    let occurrences = yearly.occurrences(zone, None, NaiveDate::MIN, NaiveDate::MAX);
    assert_eq!(occurrences.len(), 9);
}

proptest! {
    #[test]
    fn both_ends_of_an_opening_show_the_local_hours(
        day in 0..20_000_i64,
        start in 0..1440_u32,
        end in 0..1440_u32,
        zone in proptest::sample::select(&chrono_tz::TZ_VARIANTS[..]),
    ) {
        let clock = |minute: u32| format!("{:02}:{:02}:00", minute / 60, minute % 60);
        proptest::prop_assume!(start != end);
        let mut daily = schedule(DAILY, &clock(start), &clock(end));
        let first = date("1971-01-01") + chrono::TimeDelta::days(day);
        daily.validity = Validity::new(first, None).expect("a validity");
        let openings = daily.occurrences(zone, None, first, first + chrono::TimeDelta::days(1));
        prop_assert!(openings.len() <= 1);
        for Occurrence { original_start, span } in openings {
            let shown = span.from().with_timezone(&zone).naive_local();
            let skipped = chrono_tz::GapInfo::new(&original_start, &zone).is_some();
            prop_assert!(shown == original_start || skipped);
            prop_assert_eq!(original_start.date(), first);
            prop_assert!(span.length() < chrono::TimeDelta::hours(50));
        }
    }
}
