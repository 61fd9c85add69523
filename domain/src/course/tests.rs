use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};
use uuid::Uuid;

use super::*;
use crate::calendar::{Bookable, SiteCalendar};
use crate::holidays::FederalState;
use crate::modality::Modality;
use crate::places::Places;
use crate::service::{ContactRule, Format};
use crate::slots::{Occupied, Opening, Reason, Timing, TimingRules};
use crate::span::Span;

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect(text)
}

fn minutes(count: u32) -> Minutes {
    Minutes::new(count).expect("minutes")
}

fn id(number: usize) -> Uuid {
    Uuid::from_u128(number as u128 + 1)
}

/// Dates of an hour at those starts in Leipzig, each with so many places of which so many are taken.
fn course(dates: &[(&str, u16, u32)], notice: u32) -> Calendar {
    let opening = |(number, (start, capacity, taken)): (usize, &(&str, u16, u32))| {
        let start = instant(start);
        let span = Span::new(start, start + minutes(60).time_delta()).expect("a span");
        SessionOpening {
            organisation_id: id(0).into(),
            session_id: id(number).into(),
            service_id: id(0).into(),
            site_id: id(0).into(),
            counsellor_id: id(number % 2).into(),
            room_id: None,
            opening: Opening::new(span).expect("whole minutes"),
            modalities: BTreeSet::from([Modality::Video]).into(),
            opens_on_holidays: false,
            pools: [].into(),
            visits: None,
            way: None,
            places: Some(Places {
                capacity: Capacity::new((*capacity).into()).expect("a capacity"),
                taken: *taken,
                kept: 0,
                claimed: BTreeSet::from([id(number % 2).into()]),
            }),
            kept: crate::kept::Kept::default(),
        }
    };
    let rules = TimingRules {
        length: minutes(60),
        start_every: minutes(60),
        buffer_before: Minutes::NONE,
        buffer_after: Minutes::NONE,
        minimum_notice: minutes(notice),
        // Shorter than a course: its enrolment decides.
        horizon: minutes(24 * 60),
    };
    let service = Bookable {
        format: Format::Course,
        timing: Timing::new(rules).expect("timing"),
        contact_rule: ContactRule::None,
        approval_within: None,
        cancellation_deadline: Minutes::NONE,
        reschedule_deadline: Minutes::NONE,
        max_per_week: None,
        languages: BTreeSet::new(),
    };
    let site = SiteCalendar {
        time_zone: chrono_tz::Europe::Berlin,
        federal_state: FederalState::Saxony,
    };
    Calendar {
        openings: dates.iter().enumerate().map(opening).collect(),
        services: BTreeMap::from([(id(0).into(), service)]),
        sites: BTreeMap::from([(id(0).into(), site)]),
        counsellors: (0..2)
            .map(|number| (id(number).into(), BTreeSet::new()))
            .collect(),
        ..Calendar::default()
    }
}

const THREE: [(&str, u16, u32); 3] = [
    ("2026-10-22T17:00:00Z", 12, 4),
    // Summer time ends in between.
    ("2026-10-29T18:00:00Z", 12, 10),
    ("2026-11-05T18:00:00Z", 12, 0),
];

fn left(calendar: &Calendar, enrolment: Enrolment, now: &str) -> u32 {
    enrolment.places_left(calendar, instant(now))
}

const LATE: Enrolment = Enrolment {
    opens_at: None,
    closes_at: None,
    joins_late: true,
};

#[test]
fn as_many_can_book_a_course_as_have_a_place_on_each_of_its_dates() {
    let calendar = course(&THREE, 0);
    assert_eq!(
        left(&calendar, Enrolment::default(), "2026-10-01T00:00:00Z"),
        2
    );
    assert_eq!(left(&calendar, LATE, "2026-11-01T00:00:00Z"), 12);
    assert_eq!(
        left(&calendar, Enrolment::default(), "2026-11-01T00:00:00Z"),
        0
    );
}

#[test]
fn it_begins_with_its_first_date_and_the_notice_before_it() {
    let calendar = course(&THREE, 60);
    let slots = |enrolment: Enrolment, now| {
        let slots = enrolment.slots(&calendar, instant(now));
        slots.map(|slots| slots.len())
    };
    let whole = Enrolment::default();
    assert_eq!(slots(whole, "2026-10-22T16:00:00Z"), Ok(3));
    assert_eq!(slots(whole, "2026-10-22T16:00:01Z"), Err(CannotJoin::Begun));
    assert_eq!(slots(LATE, "2026-10-22T16:00:01Z"), Ok(2));
    assert_eq!(slots(LATE, "2026-10-29T17:00:01Z"), Ok(1));
    assert_eq!(
        slots(LATE, "2026-11-05T17:00:01Z"),
        Err(CannotJoin::NoDates)
    );
    assert_eq!(
        whole.slots(&Calendar::default(), instant("2026-10-01T00:00:00Z")),
        Err(CannotJoin::NoDates)
    );
}

#[test]
fn it_can_be_booked_from_when_it_opens_until_it_closes() {
    let calendar = course(&THREE, 0);
    let [opens, closes] = ["2026-10-01T00:00:00Z", "2026-10-20T00:00:00Z"].map(instant);
    let enrolment = Enrolment::new(Some(opens), Some(closes), false).expect("an enrolment");
    let slots = |now| {
        enrolment
            .slots(&calendar, instant(now))
            .map(|slots| slots.len())
    };
    assert_eq!(
        slots("2026-09-30T23:59:59Z"),
        Err(CannotJoin::NotOpen(opens))
    );
    assert_eq!(slots("2026-10-01T00:00:00Z"), Ok(3));
    assert_eq!(slots("2026-10-20T00:00:00Z"), Err(CannotJoin::Closed));
    assert_eq!(
        Enrolment::new(Some(closes), Some(opens), true),
        Err(NeverOpen)
    );
    assert_eq!(
        Enrolment::new(Some(opens), Some(opens), true),
        Err(NeverOpen)
    );
}

#[test]
fn a_date_that_cannot_take_place_leaves_no_place_in_the_whole_course() {
    let at = |dates: &[(&str, u16, u32)]| left(&course(dates, 0), LATE, "2026-10-01T00:00:00Z");
    // *Reformationstag*, and New Year at 23:30 in Leipzig on its eve.
    assert_eq!(at(&[THREE[0], ("2026-10-31T18:00:00Z", 12, 0)]), 0);
    assert_eq!(at(&[THREE[0], ("2026-12-31T22:30:00Z", 12, 0)]), 0);
    assert_eq!(at(&[THREE[0], ("2026-12-30T22:30:00Z", 12, 0)]), 8);
    // More than a year ahead.
    assert_eq!(at(&[THREE[0], ("2027-10-07T18:00:00Z", 12, 0)]), 0);
    let mut calendar = course(&THREE, 0);
    let away = Span::new(
        instant("2026-10-29T00:00:00Z"),
        instant("2026-10-30T00:00:00Z"),
    );
    let reason = Reason::Absence(id(1).into());
    calendar.occupied = Occupied::from_unsorted(vec![(reason, away.expect("a span"))]);
    assert_eq!(left(&calendar, LATE, "2026-10-01T00:00:00Z"), 0);
    assert_eq!(left(&calendar, LATE, "2026-11-01T00:00:00Z"), 12);
}

fn anyone() -> Wish {
    Wish {
        slot: slot_of(&course(&THREE, 0).openings[0]),
        modality: None,
        language: None,
        interpreter_needed: false,
        contact: crate::contact::Contact::default(),
    }
}

proptest! {
    /// Whoever books takes one place on each date or nothing, as often as there are places left.
    #[test]
    fn what_is_left_can_be_booked_so_often_and_not_once_more(
        capacities in proptest::collection::vec((1..5_u16, 0..5_u32), 1..4),
        day in 0..21_i64,
        joins_late in any::<bool>(),
    ) {
        let dates: Vec<_> = THREE.iter().zip(&capacities)
            .map(|(date, (capacity, taken))| (date.0, *capacity, (*taken).min((*capacity).into()))).collect();
        let mut calendar = course(&dates, 0);
        let now = instant("2026-10-19T00:00:00Z") + chrono::TimeDelta::days(day);
        let enrolment = Enrolment { joins_late, ..Enrolment::default() };
        // By brute force.
        let ahead: Vec<_> = dates.iter().filter(|date| instant(date.0) >= now).collect();
        let joins = ahead.len() == dates.len() || joins_late;
        let free = ahead.iter().map(|date| u32::from(date.1) - date.2).min();
        let expected = free.filter(|_| joins).unwrap_or_default();
        prop_assert_eq!(enrolment.places_left(&calendar, now), expected);
        for booked in 0..=expected {
            let slots = enrolment.slots(&calendar, now);
            let Ok(slots) = slots else { prop_assert_eq!(expected, 0); break };
            let named: Vec<_> = slots.iter().map(|slot| {
                let new = NewAppointment { id: id(0).into(), code: crate::code::Code::from_random([0; 5]) };
                (*slot, new)
            }).collect();
            let dates = book_course(&anyone(), &named, &calendar, &Actor::Visitor, now).expect("no contact");
            let all = dates.iter().all(|date| date.outcome.is_ok());
            prop_assert_eq!(all, booked < expected);
            prop_assert!(dates.iter().flat_map(|date| &date.outcome).all(|booked| booked.claim.resources.is_empty()));
            for opening in &mut calendar.openings {
                let places = opening.places.as_mut().expect("places");
                places.taken += u32::from(all && slots.iter().any(|slot| slot.session_id == opening.session_id));
            }
        }
    }
}
