//! From the calendar to an appointment.

use super::*;
use crate::actor::{Actor, Staff};
use crate::appointment::Status;
use crate::booking::{BookError, Wish};
use crate::code::Code;
use crate::contact::{Contact, ContactError};

fn now() -> DateTime<Utc> {
    instant("2026-11-01T00:00:00Z")
}

fn open() -> Calendar {
    calendar(FederalState::LowerSaxony, false)
}

/// For the first slot.
fn wish(modality: Option<Modality>) -> Wish {
    Wish {
        slot: open().slots(week(), now())[0].slot.id,
        modality,
        language: "ar".parse().ok(),
        interpreter_needed: true,
        contact: Contact::default(),
    }
}

fn book(wish: &Wish, calendar: &Calendar) -> Result<crate::booking::Booked, BookError> {
    let (id, code) = (Uuid::from_u128(7).into(), Code::from_random([1; 5]));
    let later = now() + TimeDelta::minutes(9);
    wish.book(calendar, id, code, &Actor::Visitor, now(), later)
}

#[test]
fn a_booking_keeps_what_was_wished_and_agreed() {
    let mut calendar = open();
    for service in calendar.services.values_mut() {
        service.cancellation_deadline = minutes(120);
    }
    let booked = book(&wish(None), &calendar).expect("a booking");
    let slot = open().slots(week(), now())[0].slot;
    assert_eq!(booked.claim.span, slot.claim);
    assert_eq!(booked.terms.cancellation_deadline, minutes(120));
    assert_eq!(booked.terms.time_zone, chrono_tz::Europe::Berlin);
    let appointment = booked.appointment;
    assert_eq!(appointment.status, Status::Booked);
    assert_eq!(appointment.booked_at, now() + TimeDelta::minutes(9));
    assert_eq!(appointment.language, "ar".parse().ok());
    assert!(appointment.interpreter_needed);
    assert_eq!(appointment.place.span, slot.span);
    assert_eq!(appointment.place.modality, Modality::InPerson);
    assert_eq!(appointment.place.counsellor_id, slot.counsellor_id);
}

#[test]
fn it_is_given_on_a_way_on_which_the_session_is_held() {
    let mut calendar = open();
    for opening in &mut calendar.openings {
        opening.modalities = BTreeSet::from([Modality::InPerson, Modality::Phone]).into();
    }
    let phone = book(&wish(Some(Modality::Phone)), &calendar).expect("a booking");
    assert_eq!(phone.appointment.place.modality, Modality::Phone);
    for missing in [Modality::Video, Modality::AtHome] {
        let refused = book(&wish(Some(missing)), &calendar);
        assert_eq!(refused, Err(BookError::ModalityNotOffered(missing)));
    }
    for opening in &mut calendar.openings {
        opening.modalities = BTreeSet::new().into();
    }
    let refused = book(&wish(None), &calendar);
    assert_eq!(refused, Err(Unbookable::OutsideSession.into()));
}

#[test]
fn the_rules_of_the_slot_and_of_the_contact_decide() {
    let closed = calendar(FederalState::Saxony, false);
    let refused = book(&wish(None), &closed);
    assert_eq!(refused, Err(Unbookable::Unavailable.into()));
    let mut asking = open();
    for service in asking.services.values_mut() {
        service.contact_rule = ContactRule::Required;
    }
    let refused = book(&wish(None), &asking);
    assert_eq!(refused, Err(ContactError::Required.into()));
}

#[test]
fn a_visitor_requests_what_the_organisation_wants_to_approve_and_staff_book_it() {
    let mut calendar = open();
    for service in calendar.services.values_mut() {
        service.approval_within = Some(minutes(60));
    }
    let later = now() + TimeDelta::minutes(9);
    let status = |actor: &Actor| {
        let (id, code) = (Uuid::from_u128(7).into(), Code::from_random([1; 5]));
        let booked = wish(None).book(&calendar, id, code, actor, now(), later);
        booked.expect("a booking").appointment.status
    };
    let answer_by = later + TimeDelta::minutes(60);
    assert_eq!(status(&Actor::Visitor), Status::Requested { answer_by });
    let staff = Staff {
        account_id: Uuid::from_u128(9).into(),
        network_coordinator: false,
        memberships: BTreeSet::new(),
        counsellors: BTreeSet::new(),
    };
    assert_eq!(status(&Actor::Staff(staff)), Status::Booked);
}
