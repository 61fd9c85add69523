use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::*;

fn start() -> DateTime<Utc> {
    "2026-12-01T09:00:00Z".parse().expect("an instant")
}

fn deadline() -> Minutes {
    Minutes::new(24 * 60).expect("a day")
}

fn place(starts_at: DateTime<Utc>) -> Place {
    let id = Uuid::from_u128(1);
    Place {
        session_id: id.into(),
        service_id: id.into(),
        site_id: id.into(),
        counsellor_id: id.into(),
        room_id: None,
        span: Span::new(starts_at, starts_at + TimeDelta::minutes(50)).expect("a span"),
        modality: Modality::InPerson,
    }
}

fn booked() -> Appointment {
    Appointment {
        id: Uuid::from_u128(7).into(),
        organisation_id: Uuid::from_u128(8).into(),
        code: Code::from_random([1; 5]),
        place: place(start()),
        language: None,
        interpreter_needed: false,
        booked_at: start() - TimeDelta::days(9),
        status: Status::Booked,
    }
}

fn staff() -> Actor {
    Actor::Staff(Staff {
        account_id: Uuid::from_u128(9).into(),
        network_coordinator: false,
        memberships: std::collections::BTreeSet::new(),
        counsellors: std::collections::BTreeSet::new(),
    })
}

#[test]
fn a_visitor_cancels_until_the_deadline_and_staff_after_it() {
    let edge = start() - TimeDelta::days(1);
    let late = edge + TimeDelta::seconds(1);
    assert!(booked().cancel(&Actor::Visitor, deadline(), edge).is_ok());
    let refused = booked().cancel(&Actor::Visitor, deadline(), late);
    assert_eq!(refused, Err(CancelError::TooLate(deadline())));
    assert!(booked().cancel(&staff(), deadline(), late).is_ok());
}

#[test]
fn what_is_cancelled_stays_cancelled() {
    let now = start() - TimeDelta::days(3);
    let cancelled = booked()
        .cancel(&staff(), deadline(), now)
        .expect("cancelled");
    let again = cancelled.clone().cancel(&staff(), deadline(), now);
    assert_eq!(again, Err(CancelError::AlreadyCancelled));
    let moved = cancelled
        .clone()
        .reschedule(&staff(), place(start()), deadline(), now);
    assert_eq!(moved, Err(MoveError::AlreadyCancelled));
    assert_eq!(
        cancelled.check_in(now),
        Err(AttendanceError::AlreadyCancelled)
    );
}

#[test]
fn a_move_keeps_everything_but_the_place() {
    let now = start() - TimeDelta::days(3);
    let there = place(start() + TimeDelta::days(2));
    let moved = booked()
        .reschedule(&Actor::Visitor, there, deadline(), now)
        .expect("moved");
    assert_eq!(
        moved,
        Appointment {
            place: there,
            ..booked()
        }
    );
    let other = Place {
        service_id: Uuid::from_u128(2).into(),
        ..there
    };
    let refused = booked().reschedule(&Actor::Visitor, other, deadline(), now);
    assert_eq!(refused, Err(MoveError::OtherService));
}

#[test]
fn attendance_is_recorded_in_its_order_and_time() {
    let early = start() - TimeDelta::hours(13);
    let earliest = start() - TimeDelta::hours(12);
    assert_eq!(
        booked().check_in(early),
        Err(AttendanceError::TooEarly(earliest))
    );
    assert_eq!(
        booked().complete(start()),
        Err(AttendanceError::WrongStatus("booked"))
    );
    assert_eq!(
        booked().no_show(earliest),
        Err(AttendanceError::TooEarly(start()))
    );
    let late = booked()
        .no_show(start())
        .and_then(|missed| missed.check_in(start()));
    let over = late
        .and_then(|arrived| arrived.complete(start()))
        .expect("completed");
    assert_eq!(
        over.status,
        Status::Completed {
            checked_in_at: start(),
            at: start()
        }
    );
    let refused = over.cancel(&staff(), deadline(), start());
    assert_eq!(refused, Err(CancelError::Over));
}
