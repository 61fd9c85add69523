//! Weeks, against brute force: around New Year, and where the clocks change.

use chrono::Datelike;
use chrono_tz::Europe::Berlin;
use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig, Strategy, prop_oneof, proptest};

use super::*;
use crate::caps::Talks;
use crate::slots::{Unbookable, WeekCap, is_free};

fn at_utc(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

/// The number of the week on the clocks of Berlin, with its year.
fn week_of(instant: DateTime<Utc>) -> (i32, u32) {
    let week = instant.with_timezone(&Berlin).iso_week();
    (week.year(), week.week())
}

fn offer_with(cap: &WeekCap, starts_at: DateTime<Utc>) -> Offer<'_> {
    let opening = Span::new(starts_at, starts_at + TimeDelta::hours(1)).expect("an opening");
    Offer {
        week: Some(cap),
        ..offer(1, opening, rules(30, 30, (0, 0)))
    }
}

fn any_start() -> impl Strategy<Value = DateTime<Utc>> {
    let around = prop_oneof![
        Just(at_utc("2027-01-03T22:00:00Z")),
        Just(at_utc("2026-03-29T00:00:00Z")),
        Just(at_utc("2026-10-25T00:00:00Z")),
    ];
    (around, -9 * 1440..9 * 1440_i64).prop_map(|(around, by)| around + TimeDelta::minutes(by))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// One behind the other they book what they can, and give back now and then.
    #[test]
    fn a_week_has_as_many_talks_as_it_may(
        most in 1..4_u32,
        starts in vec((any_start(), proptest::bool::weighted(0.2)), 1..40),
    ) {
        let most = Talks::new(most.into()).expect("a number");
        let mut booked: Vec<(DateTime<Utc>, Span)> = Vec::new();
        for (start, gives_back) in starts {
            if gives_back && !booked.is_empty() {
                booked.swap_remove(booked.len() / 2);
            }
            let taken: Vec<_> = booked.iter().map(|(_, place)| place.from()).collect();
            let cap = WeekCap::new(most, Berlin, &taken);
            let offer = offer_with(&cap, start);
            let decided = is_free(&offer, whole_minute(start), &occupied(&[]), start);
            let in_week = booked.iter().filter(|(other, _)| week_of(*other) == week_of(start));
            let is_full = in_week.count() >= most.count() as usize;
            let expected = if is_full { Err(Unbookable::CapReached) } else { Ok(()) };
            assert_eq!(decided.map(|_| ()), expected);
            let window = Span::new(start, start + TimeDelta::minutes(1)).expect("a window");
            let listed = free_slots(&[offer], &occupied(&[]), window, start);
            assert_eq!(listed.is_empty(), is_full);
            if let Some(place) = cap.next_place(whole_minute(start)) {
                assert!(booked.iter().all(|(_, other)| !other.overlaps(place)));
                booked.push((start, place));
            }
        }
    }
}

#[test]
fn a_week_begins_on_monday_at_midnight_where_the_site_is() {
    let one = Talks::new(1).expect("a number");
    let full = WeekCap::new(one, Berlin, &[at_utc("2026-12-28T00:00:00Z")]);
    let is_open = |text| full.next_place(whole_minute(at_utc(text))).is_some();
    // Sunday 23:30 is the week before; New Year lies in the week; the next Monday does not.
    assert!(is_open("2026-12-27T22:30:00Z"));
    assert!(!is_open("2026-12-27T23:00:00Z"));
    assert!(!is_open("2027-01-01T10:00:00Z"));
    assert!(!is_open("2027-01-03T22:30:00Z"));
    assert!(is_open("2027-01-03T23:00:00Z"));
}
