//! Which session a slot is of, and what becomes of it.

use super::*;

#[test]
fn a_slot_is_described_as_the_list_shows_it() {
    let now = instant("2026-11-01T00:00:00Z");
    let open = calendar(FederalState::LowerSaxony, false);
    for listed in open.slots(week(), now) {
        let bid = open.bid(&listed.slot.id, now).expect("a bid");
        let described = open.describe(&bid, listed.slot.id);
        assert_eq!(described.slot, listed.slot);
        assert_eq!(described.time_zone, listed.time_zone);
        assert_eq!(described.modalities, listed.modalities);
        assert_eq!(described.languages, listed.languages);
    }
}

/// The calendar with a second session at the same time, of another organisation and for another
/// service.
fn with_another() -> (Calendar, SessionOpening) {
    let mut calendar = calendar(FederalState::LowerSaxony, false);
    let mut other = calendar.openings[0].clone();
    let id = Uuid::from_u128(2);
    (other.organisation_id, other.session_id) = (id.into(), id.into());
    other.service_id = id.into();
    other.modalities = BTreeSet::from([Modality::Phone]).into();
    let service = calendar.services[&Uuid::from_u128(1).into()].clone();
    calendar.services.insert(other.service_id, service);
    calendar.openings.push(other.clone());
    (calendar, other)
}

#[test]
fn a_slot_is_of_exactly_its_organisation_session_and_service() {
    let now = instant("2026-11-01T00:00:00Z");
    let (calendar, other) = with_another();
    let good = SlotId {
        organisation_id: other.organisation_id,
        session_id: other.session_id,
        service_id: other.service_id,
        starts_at: other.opening.from(),
    };
    let bid = calendar.bid(&good, now).expect("a bid");
    assert_eq!(bid.opening.session_id, other.session_id);
    assert_eq!(bid.opening.service_id, other.service_id);
    let first = Uuid::from_u128(1);
    for mixed in [
        SlotId {
            organisation_id: first.into(),
            ..good
        },
        SlotId {
            session_id: first.into(),
            ..good
        },
        SlotId {
            service_id: first.into(),
            ..good
        },
    ] {
        let refused = calendar.bid(&mixed, now).err();
        assert_eq!(refused, Some(Unbookable::OutsideSession), "{mixed}");
    }
}

/// Whichever of them is read first.
#[test]
fn where_sessions_overlap_the_taken_slot_of_one_is_taken_and_not_gone() {
    let now = instant("2026-11-01T00:00:00Z");
    let mut calendar = calendar(FederalState::LowerSaxony, false);
    let first = calendar.openings[0].clone();
    let later = |text| instant(text) + TimeDelta::minutes(10);
    let span = Span::new(later("2026-11-18T08:00:00Z"), later("2026-11-18T11:00:00Z"));
    calendar.openings.push(SessionOpening {
        session_id: Uuid::from_u128(2).into(),
        opening: Opening::new(span.expect("a span")).expect("whole minutes"),
        ..first.clone()
    });
    // Not the first one, which lies in one of them only.
    let start = first.opening.from().instant() + TimeDelta::hours(1);
    let slots = calendar.slots(week(), now);
    let at_ten = slots
        .iter()
        .find(|offered| offered.slot.span.from() == start);
    let slot = at_ten.expect("a slot at ten").slot;
    let start = slot.id.starts_at;
    let at =
        |calendar: &Calendar| calendar.slot_at(first.service_id, first.counsellor_id, start, now);
    assert_eq!(at(&calendar), Ok(slot.id));
    calendar.occupied =
        Occupied::from_unsorted(vec![(Reason::Claim(first.counsellor_id.into()), slot.span)]);
    for _ in 0..2 {
        assert_eq!(at(&calendar), Err(Unbookable::Taken));
        calendar.openings.reverse();
    }
}

#[test]
fn each_slot_is_listed_with_its_own_session() {
    let now = instant("2026-11-01T00:00:00Z");
    let (mut calendar, other) = with_another();
    let ways = |calendar: &Calendar, session| -> BTreeSet<Modality> {
        let listed = calendar.slots(week(), now);
        let of_it = listed
            .into_iter()
            .filter(|offered| offered.slot.id.session_id == session);
        of_it
            .flat_map(|offered| (*offered.modalities).clone())
            .collect()
    };
    let phone = BTreeSet::from([Modality::Phone]);
    let in_person = BTreeSet::from([Modality::InPerson]);
    let first: SessionId = Uuid::from_u128(1).into();
    assert_eq!(ways(&calendar, first), in_person);
    assert_eq!(ways(&calendar, other.session_id), phone);
    // The same session with another service, and the same service in another session.
    calendar.openings[1].session_id = first;
    assert_eq!(ways(&calendar, first), &in_person | &phone);
    calendar.openings[1].session_id = other.session_id;
    calendar.openings[1].service_id = Uuid::from_u128(1).into();
    // To a visitor two sessions of one counsellor, site and service at one time are the same.
    let counsellor: CounsellorId = Uuid::from_u128(2).into();
    calendar.counsellors.insert(counsellor, BTreeSet::new());
    calendar.openings[1].counsellor_id = counsellor;
    assert_eq!(ways(&calendar, first), in_person);
    assert_eq!(ways(&calendar, other.session_id), phone);
}

#[test]
fn a_session_over_midnight_is_closed_on_the_day_of_the_holiday() {
    let starts = |from: &str, before: &str| {
        let mut calendar = calendar(FederalState::Saxony, false);
        let night = Span::new(instant(from), instant(before)).expect("a span");
        calendar.openings[0].opening = Opening::new(night).expect("whole minutes");
        let now = instant("2026-11-01T00:00:00Z");
        let slots = calendar.slots(week(), now);
        let starts = slots.iter().map(|offered| offered.slot.span.from());
        starts
            .map(|start| start.format("%dT%H").to_string())
            .collect::<Vec<_>>()
    };
    // The holiday lasts from 17T23 to 18T23 in UTC.
    assert_eq!(
        starts("2026-11-17T21:00:00Z", "2026-11-18T01:00:00Z"),
        ["17T21", "17T22"]
    );
    assert_eq!(
        starts("2026-11-18T21:00:00Z", "2026-11-19T01:00:00Z"),
        ["18T23", "19T00"]
    );
}

#[test]
fn a_session_whose_parts_are_gone_has_no_slots() {
    let now = instant("2026-11-01T00:00:00Z");
    let room: RoomId = Uuid::from_u128(3).into();
    let whole = || {
        let mut calendar = calendar(FederalState::LowerSaxony, false);
        calendar.openings[0].room_id = Some(room);
        calendar.rooms.insert(room);
        calendar
    };
    let id = whole().slots(week(), now)[0].slot.id;
    assert!(whole().bid(&id, now).is_ok());
    let gone: [fn(&mut Calendar); 4] = [
        |calendar| calendar.rooms.clear(),
        |calendar| calendar.sites.clear(),
        |calendar| calendar.services.clear(),
        |calendar| calendar.counsellors.clear(),
    ];
    for part in gone {
        let mut calendar = whole();
        part(&mut calendar);
        assert!(calendar.slots(week(), now).is_empty());
        let refused = calendar.bid(&id, now).err();
        assert_eq!(refused, Some(Unbookable::OutsideSession));
    }
}

#[test]
fn one_session_of_a_site_keeps_the_holiday_and_another_does_not() {
    let now = instant("2026-11-01T00:00:00Z");
    let mut calendar = calendar(FederalState::Saxony, false);
    let mut other = calendar.openings[0].clone();
    other.session_id = Uuid::from_u128(2).into();
    other.opens_on_holidays = true;
    calendar.openings.push(other.clone());
    let listed = calendar.slots(week(), now);
    assert_eq!(listed.len(), 3);
    let sessions = listed.iter().map(|offered| offered.slot.id.session_id);
    assert!(sessions.into_iter().all(|id| id == other.session_id));
}

#[test]
fn no_session_is_longer_than_the_night_that_has_25_hours() {
    assert_eq!(LONGEST_SESSION, TimeDelta::hours(25));
}
