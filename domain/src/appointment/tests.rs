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
        interpreter_id: None,
        second_counsellor_id: None,
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
        series_id: None,
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
            steps: Steps::default(),
            at: start()
        }
    );
    let refused = over.cancel(&staff(), deadline(), start());
    assert_eq!(refused, Err(CancelError::Over));
}

fn in_status(status: Status) -> Appointment {
    Appointment { status, ..booked() }
}

fn requested() -> Status {
    Status::Requested { answer_by: start() }
}

/// One of each, in the order of a life.
fn statuses() -> [Status; 6] {
    let at = start();
    [
        requested(),
        Status::Booked,
        Status::CheckedIn {
            at,
            steps: Steps::default(),
        },
        Status::Completed {
            checked_in_at: at,
            steps: Steps::default(),
            at,
        },
        Status::NoShow { at },
        Status::Cancelled {
            at,
            by: Party::Visitor,
        },
    ]
}

#[test]
fn every_status_has_its_name_and_the_first_two_are_open() {
    let names = [
        "requested",
        "booked",
        "checked_in",
        "completed",
        "no_show",
        "cancelled",
    ];
    assert_eq!(statuses().map(|status| status.as_str()), names);
    let open = statuses().map(|status| status.is_open());
    assert_eq!(open, [true, true, false, false, false, false]);
}

#[test]
fn who_cancelled_and_when_is_known() {
    let early = start() - TimeDelta::days(3);
    for (actor, by) in [(Actor::Visitor, Party::Visitor), (staff(), Party::Staff)] {
        for status in [requested(), Status::Booked] {
            let cancelled = in_status(status).cancel(&actor, deadline(), early);
            let expected = in_status(Status::Cancelled { at: early, by });
            assert_eq!(cancelled, Ok(expected));
        }
    }
}

#[test]
fn what_has_happened_is_neither_cancelled_nor_moved() {
    let early = start() - TimeDelta::days(3);
    for status in statuses().into_iter().skip(2).take(3) {
        let over = || in_status(status.clone());
        let cancelled = over().cancel(&staff(), deadline(), early);
        assert_eq!(cancelled, Err(CancelError::Over), "{status:?}");
        let moved = over().reschedule(&staff(), place(start()), deadline(), early);
        assert_eq!(moved, Err(MoveError::Over), "{status:?}");
    }
}

#[test]
fn a_visitor_moves_until_the_deadline_and_staff_after_it() {
    let edge = start() - TimeDelta::days(1);
    let late = edge + TimeDelta::seconds(1);
    let there = place(start() + TimeDelta::days(2));
    let moved = |actor: &Actor, now| booked().reschedule(actor, there, deadline(), now);
    assert!(moved(&Actor::Visitor, edge).is_ok());
    let refused = moved(&Actor::Visitor, late);
    assert_eq!(refused, Err(MoveError::TooLate(deadline())));
    assert!(moved(&staff(), late).is_ok());
    let requested = in_status(requested());
    assert!(
        requested
            .reschedule(&Actor::Visitor, there, deadline(), edge)
            .is_ok()
    );
}

#[test]
fn a_moved_request_is_answered_before_its_new_start() {
    let now = start() - TimeDelta::days(3);
    let answer_by = |days| {
        let there = place(start() + TimeDelta::days(days));
        let moved = in_status(requested()).reschedule(&staff(), there, deadline(), now);
        moved.expect("moved").status
    };
    assert_eq!(answer_by(2), requested());
    let answer_by_then = start() - TimeDelta::days(1);
    assert_eq!(
        answer_by(-1),
        Status::Requested {
            answer_by: answer_by_then
        }
    );
}

#[test]
fn each_attendance_follows_only_what_it_can_follow() {
    let recorded = |record: fn(Appointment, DateTime<Utc>) -> Result<Appointment, _>| {
        statuses().map(|status| record(in_status(status), start()).map(|after| after.status))
    };
    use AttendanceError::{AlreadyCancelled, WrongStatus};
    let at = start();
    assert_eq!(
        recorded(Appointment::check_in),
        [
            Err(WrongStatus("requested")),
            Ok(Status::CheckedIn {
                at,
                steps: Steps::default()
            }),
            Err(WrongStatus("checked_in")),
            Err(WrongStatus("completed")),
            Ok(Status::CheckedIn {
                at,
                steps: Steps::default()
            }),
            Err(AlreadyCancelled),
        ]
    );
    let completed = Status::Completed {
        checked_in_at: at,
        steps: Steps::default(),
        at,
    };
    assert_eq!(
        recorded(Appointment::complete),
        [
            Err(WrongStatus("requested")),
            Err(WrongStatus("booked")),
            Ok(completed),
            Err(WrongStatus("completed")),
            Err(WrongStatus("no_show")),
            Err(AlreadyCancelled),
        ]
    );
    assert_eq!(
        recorded(Appointment::no_show),
        [
            Err(WrongStatus("requested")),
            Ok(Status::NoShow { at }),
            Err(WrongStatus("checked_in")),
            Err(WrongStatus("completed")),
            Err(WrongStatus("no_show")),
            Err(AlreadyCancelled),
        ]
    );
}

#[test]
fn attendance_can_be_recorded_from_its_first_moment_on() {
    let earliest = start() - TimeDelta::hours(12);
    assert!(booked().check_in(earliest).is_ok());
    assert!(booked().check_in(start() + TimeDelta::days(1)).is_ok());
    let before = start() - TimeDelta::seconds(1);
    let refused = booked().no_show(before);
    assert_eq!(refused, Err(AttendanceError::TooEarly(start())));
    assert!(booked().no_show(start()).is_ok());
}

#[test]
fn an_appointment_is_seen_by_its_counsellor_and_by_those_who_coordinate() {
    let organisation = booked().organisation_id;
    let theirs = booked().place.counsellor_id;
    let sees = |organisation, role, counsellor| {
        let staff = Staff {
            account_id: Uuid::from_u128(9).into(),
            network_coordinator: false,
            memberships: std::collections::BTreeSet::from([(organisation, role)]),
            counsellors: std::collections::BTreeSet::from([(organisation, counsellor)]),
        };
        booked().visible_to(&staff)
    };
    use crate::permission::Role;
    let other: CounsellorId = Uuid::from_u128(5).into();
    assert!(sees(organisation, Role::Counsellor, theirs));
    assert!(!sees(organisation, Role::Counsellor, other));
    assert!(sees(organisation, Role::Coordinator, other));
    assert!(!sees(organisation, Role::Administrator, theirs));
    let elsewhere = Uuid::from_u128(6).into();
    assert!(!sees(elsewhere, Role::Coordinator, theirs));
}

#[test]
fn who_was_let_down_is_held_to_no_deadline() {
    let there = place(start() + TimeDelta::days(2));
    for now in [
        start() - TimeDelta::minutes(1),
        start() + TimeDelta::days(1),
    ] {
        let given_up = booked().give_up(&Actor::Visitor, now).expect("cancelled");
        let by = Party::Visitor;
        assert_eq!(given_up.status, Status::Cancelled { at: now, by });
        let again = given_up.give_up(&staff(), now);
        assert_eq!(again, Err(CancelError::AlreadyCancelled));
    }
    let taken = booked().take_proposed(there).expect("moved");
    assert_eq!(taken.place, there);
    for status in statuses().into_iter().skip(2).take(3) {
        let over = in_status(status).take_proposed(there);
        assert_eq!(over, Err(MoveError::Over));
    }
}

#[test]
fn who_has_arrived_is_called_once_and_the_talk_begins_once() {
    let arrived = booked().check_in(start()).expect("an arrival");
    let called = arrived.clone().call(start()).expect("a call");
    assert_eq!(
        called.clone().call(start()),
        Err(AttendanceError::AlreadyCalled)
    );
    let later = start() + TimeDelta::minutes(3);
    let talking = called.start(later).expect("a start");
    let steps = Steps {
        called_at: Some(start()),
        started_at: Some(later),
    };
    assert_eq!(talking.status, Status::CheckedIn { at: start(), steps });
    assert_eq!(
        talking.clone().start(later),
        Err(AttendanceError::AlreadyStarted)
    );
    assert_eq!(
        talking.clone().call(later),
        Err(AttendanceError::AlreadyStarted)
    );
    let done = talking.complete(later).expect("an end").status;
    assert_eq!(
        done,
        Status::Completed {
            checked_in_at: start(),
            steps,
            at: later
        }
    );
    // Neither step is needed.
    assert!(arrived.clone().start(later).is_ok() && arrived.complete(later).is_ok());
    let absent = Err(AttendanceError::WrongStatus("booked"));
    assert_eq!(
        (booked().call(later), booked().start(later)),
        (absent.clone(), absent)
    );
}
