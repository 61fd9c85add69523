//! Caps, against brute force: minute by minute, on days that are not as long as others.

use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Europe::Berlin;
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, Strategy, any, prop_oneof, proptest};

use super::*;
use crate::caps::{CounsellorCaps, Pause, Talks};
use crate::schedule::instant_of;
use crate::slots::{Capped, Unbookable, is_free};

fn talks(count: u32) -> Talks {
    Talks::new(count.into()).expect("a number of talks")
}

fn midnight(date: &str) -> DateTime<Utc> {
    let date: NaiveDate = date.parse().expect("a date");
    instant_of(date.and_time(NaiveTime::MIN), Berlin).expect("midnight")
}

/// Talks one behind the other: each after a break, for so long.
fn claims_from(first: DateTime<Utc>, lengths: &[(i64, i64)]) -> Vec<Span> {
    let mut edge = first;
    let claim = |&(pause, length): &(i64, i64)| {
        let from = edge + TimeDelta::minutes(pause);
        edge = from + TimeDelta::minutes(length);
        Span::new(from, edge).expect("a claim")
    };
    lengths.iter().map(claim).collect()
}

/// Every minute of a local day, in order.
fn minutes_of(day: NaiveDate) -> Vec<DateTime<Utc>> {
    let from = instant_of(day.and_time(NaiveTime::MIN), Berlin).expect("midnight");
    let candidates = (0..26 * 60).map(|minute| from + TimeDelta::minutes(minute));
    candidates
        .filter(|at| at.with_timezone(&Berlin).date_naive() == day)
        .collect()
}

/// Walks through the day minute by minute, and counts.
fn allows_by_brute_force(caps: CounsellorCaps, claims: &[Span], wanted: Span) -> bool {
    let day = wanted.from().with_timezone(&Berlin).date_naive();
    let mut all: Vec<Span> = claims.to_vec();
    all.push(wanted);
    let (mut of_day, mut row, mut idle, mut busy_until) = (0, 0, i64::MAX / 2, None);
    let (mut longest, mut with_wanted) = (0, false);
    for minute in minutes_of(day) {
        let begins = all.iter().find(|claim| claim.from() == minute);
        let is_busy = busy_until.is_some_and(|until| minute < until);
        if let Some(claim) = begins {
            of_day += 1;
            let pause = caps.pause.map_or(0, |pause| pause.length().count());
            if idle >= i64::from(pause) {
                if with_wanted {
                    longest = longest.max(row);
                }
                (row, with_wanted) = (0, false);
            }
            (row, with_wanted) = (row + 1, with_wanted || *claim == wanted);
            (idle, busy_until) = (0, Some(claim.before()));
        } else if !is_busy {
            idle += 1;
        }
        if busy_until == Some(minute + TimeDelta::minutes(1)) {
            idle = 0;
        }
    }
    if with_wanted {
        longest = longest.max(row);
    }
    caps.max_per_day.is_none_or(|most| of_day <= most.count())
        && caps
            .pause
            .is_none_or(|pause| longest <= pause.after().count())
}

fn any_caps() -> impl Strategy<Value = CounsellorCaps> {
    let most = proptest::option::of((1..6_u32).prop_map(talks));
    let pause =
        proptest::option::of((1..5_u32, 1..90_u32).prop_map(|(after, length)| {
            Pause::new(talks(after), minutes(length)).expect("a pause")
        }));
    (most, pause).prop_map(|(max_per_day, pause)| CounsellorCaps { max_per_day, pause })
}

fn any_day() -> impl Strategy<Value = DateTime<Utc>> {
    prop_oneof![
        proptest::prelude::Just(midnight("2026-03-28")),
        proptest::prelude::Just(midnight("2026-03-29")),
        proptest::prelude::Just(midnight("2026-10-24")),
        proptest::prelude::Just(midnight("2026-10-25")),
        proptest::prelude::Just(midnight("2026-12-31")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn caps_are_those_of_brute_force(
        caps in any_caps(),
        day in any_day(),
        lengths in vec((prop_oneof![0..5_i64, 0..200_i64, 0..1500_i64], 5..120_i64), 0..20),
        place in any::<proptest::sample::Index>(),
    ) {
        let mut claims = claims_from(day, &lengths);
        if !claims.is_empty() {
            let wanted = claims.remove(place.index(claims.len()));
            let service = rules(minutes_long(wanted), 1, (0, 0));
            let capped = Capped::new(caps, Berlin, claims.iter().chain(&claims).copied().collect());
            let offer = Offer { capped: Some(&capped), ..offer(1, wanted, service) };
            let decided = is_free(&offer, whole_minute(wanted.from()), &occupied(&[]), wanted.from());
            let allowed = allows_by_brute_force(caps, &claims, wanted);
            let expected = if allowed { Ok(()) } else { Err(Unbookable::CapReached) };
            assert_eq!(decided.map(|_| ()), expected);
        }
    }

    #[test]
    fn what_is_listed_under_caps_and_only_that_can_be_booked(
        caps in any_caps(),
        day in any_day(),
        lengths in vec((0..200_i64, 5..120_i64), 0..12),
    ) {
        let claims = claims_from(day, &lengths);
        let capped = Capped::new(caps, Berlin, claims.clone());
        let opening = Span::new(day, day + TimeDelta::hours(25)).expect("an opening");
        let offer = Offer { capped: Some(&capped), ..offer(1, opening, rules(20, 15, (5, 5))) };
        let claimed = claims.iter().map(|claim| (Reason::Claim(offer.counsellor_id.into()), *claim));
        let occupied = Occupied::from_unsorted(claimed.collect());
        let now = day - TimeDelta::hours(1);
        let window = Span::new(now, now + TimeDelta::days(3)).expect("a window");
        let listed = free_slots(&[offer], &occupied, window, now);
        let listed: Vec<_> = listed.iter().map(|slot| slot.span.from()).collect();
        let minutes = (0..25 * 60).map(|minute| day + TimeDelta::minutes(minute));
        let bookable = minutes.filter(|at| is_free(&offer, whole_minute(*at), &occupied, now).is_ok());
        assert_eq!(listed, bookable.collect::<Vec<_>>());
    }
}

fn minutes_long(span: Span) -> u32 {
    let length = (span.before() - span.from()).num_minutes();
    u32::try_from(length).expect("a length")
}

/// Hourly half hours in a night, where so many talks a day are given and this one has been.
fn starts_of_the_night(first: &str, most: u32, claim: &str) -> Vec<String> {
    let from: DateTime<Utc> = first.parse().expect("an instant");
    let claim: DateTime<Utc> = claim.parse().expect("an instant");
    let claim = Span::new(claim, claim + TimeDelta::minutes(30)).expect("a claim");
    let caps = CounsellorCaps {
        max_per_day: Some(talks(most)),
        pause: None,
    };
    let capped = Capped::new(caps, Berlin, vec![claim]);
    let opening = Span::new(from, from + TimeDelta::hours(4)).expect("an opening");
    let offer = Offer {
        capped: Some(&capped),
        ..offer(1, opening, rules(30, 60, (0, 0)))
    };
    let claims = [(Reason::Claim(offer.counsellor_id.into()), claim)];
    let slots = free_slots(&[offer], &occupied(&claims), opening, from);
    let local = |slot: &Slot| slot.span.from().with_timezone(&Berlin);
    let shown = slots.iter().map(|slot| local(slot).format("%d. %H:%M"));
    shown.map(|shown| shown.to_string()).collect()
}

#[test]
fn a_day_ends_at_local_midnight() {
    // 23:30 in Berlin counts for that day, in summer as in winter, and the year makes no difference.
    let night = starts_of_the_night("2026-12-31T21:30:00Z", 1, "2026-12-31T22:30:00Z");
    assert_eq!(night, ["01. 00:30", "01. 01:30"]);
    let night = starts_of_the_night("2026-07-01T20:30:00Z", 1, "2026-07-01T21:30:00Z");
    assert_eq!(night, ["02. 00:30", "02. 01:30"]);
    let both_hours = starts_of_the_night("2026-10-24T22:00:00Z", 2, "2026-10-24T21:00:00Z");
    assert_eq!(
        both_hours,
        ["25. 00:00", "25. 01:00", "25. 02:00", "25. 02:00"]
    );
}

#[test]
fn after_two_talks_without_a_break_there_is_a_pause() {
    let claims = [("09:00", "09:30"), ("09:40", "10:10")];
    let claims: Vec<_> = claims
        .iter()
        .map(|(from, before)| span(from, before))
        .collect();
    let caps = CounsellorCaps {
        max_per_day: None,
        pause: Some(Pause::new(talks(2), minutes(30)).expect("a pause")),
    };
    let capped = Capped::new(caps, Berlin, claims.clone());
    let offer = Offer {
        capped: Some(&capped),
        ..offer(1, span("08:00", "12:00"), rules(30, 10, (0, 0)))
    };
    let taken: Vec<_> = claims
        .iter()
        .map(|claim| (Reason::Claim(offer.counsellor_id.into()), *claim))
        .collect();
    let free = starts(&[offer], &taken);
    assert_eq!(free.first().map(String::as_str), Some("08:00"));
    // Half an hour must lie between, on both sides.
    assert!(!free.contains(&"08:10".to_owned()) && !free.contains(&"10:30".to_owned()));
    assert!(free.contains(&"10:40".to_owned()));
}
