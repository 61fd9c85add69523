mod bookings;

use uuid::Uuid;

use super::*;
use crate::minutes::WholeMinute;
use crate::slots::TimingRules;

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn minutes(count: u32) -> Minutes {
    Minutes::new(count).expect("minutes")
}

/// A talk of an hour from nine to twelve on 18 November 2026, a Wednesday: *Buß- und Bettag*.
fn calendar(federal_state: FederalState, opens_on_holidays: bool) -> Calendar {
    let id = Uuid::from_u128(1);
    let opening = Span::new(
        instant("2026-11-18T08:00:00Z"),
        instant("2026-11-18T11:00:00Z"),
    );
    let rules = TimingRules {
        length: minutes(60),
        start_every: minutes(60),
        buffer_before: Minutes::NONE,
        buffer_after: Minutes::NONE,
        minimum_notice: Minutes::NONE,
        horizon: minutes(90 * 24 * 60),
    };
    let tag = |text: &str| text.parse::<LanguageTag>().expect("a tag");
    Calendar {
        openings: vec![SessionOpening {
            organisation_id: id.into(),
            session_id: id.into(),
            service_id: id.into(),
            site_id: id.into(),
            counsellor_id: id.into(),
            room_id: None,
            opening: Opening::new(opening.expect("a span")).expect("whole minutes"),
            modalities: BTreeSet::from([Modality::InPerson, Modality::Video]).into(),
            opens_on_holidays,
        }],
        services: BTreeMap::from([(
            id.into(),
            Bookable {
                timing: Timing::new(rules).expect("timing"),
                contact_rule: ContactRule::None,
                cancellation_deadline: Minutes::NONE,
                languages: BTreeSet::from([tag("de"), tag("ar")]),
                modalities: BTreeSet::from([Modality::InPerson, Modality::Phone]),
            },
        )]),
        sites: BTreeMap::from([(
            id.into(),
            SiteCalendar {
                time_zone: chrono_tz::Europe::Berlin,
                federal_state,
            },
        )]),
        counsellors: BTreeMap::from([(id.into(), BTreeSet::from([tag("de"), tag("uk")]))]),
        rooms: BTreeSet::new(),
        occupied: Occupied::from_unsorted(Vec::new()),
    }
}

fn week() -> Span {
    Span::new(
        instant("2026-11-16T00:00:00Z"),
        instant("2026-11-23T00:00:00Z"),
    )
    .expect("a week")
}

#[test]
fn a_holiday_in_saxony_is_none_in_lower_saxony() {
    let now = instant("2026-11-01T00:00:00Z");
    assert_eq!(
        calendar(FederalState::LowerSaxony, false)
            .slots(week(), now)
            .len(),
        3
    );
    assert_eq!(
        calendar(FederalState::Saxony, false)
            .slots(week(), now)
            .len(),
        0
    );
    assert_eq!(
        calendar(FederalState::Saxony, true)
            .slots(week(), now)
            .len(),
        3
    );
}

#[test]
fn a_slot_tells_what_session_service_and_counsellor_have_in_common() {
    let now = instant("2026-11-01T00:00:00Z");
    let offered = calendar(FederalState::LowerSaxony, false).slots(week(), now);
    assert_eq!(*offered[0].modalities, BTreeSet::from([Modality::InPerson]));
    assert_eq!(
        *offered[0].languages,
        BTreeSet::from(["de".parse().expect("a tag")])
    );
}

#[test]
fn a_bid_follows_the_rules_of_the_list() {
    let now = instant("2026-11-01T00:00:00Z");
    let open = calendar(FederalState::LowerSaxony, false);
    let first = open.slots(week(), now)[0].slot;
    let claim = open.bid(&first.id, now).expect("a bid").claim;
    assert_eq!(claim.slot, first.span);
    let off_grid = WholeMinute::new(instant("2026-11-18T08:30:00Z")).expect("a minute");
    let crooked = SlotId {
        starts_at: off_grid,
        ..first.id
    };
    assert_eq!(open.bid(&crooked, now).err(), Some(Unbookable::OffGrid));
    let closed = calendar(FederalState::Saxony, false);
    assert_eq!(
        closed.bid(&first.id, now).err(),
        Some(Unbookable::Unavailable)
    );
    let unknown = SlotId {
        session_id: Uuid::from_u128(2).into(),
        ..first.id
    };
    assert_eq!(
        open.bid(&unknown, now).err(),
        Some(Unbookable::OutsideSession)
    );
}

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
    (other.service_id, other.modalities) = (id.into(), BTreeSet::from([Modality::Phone]));
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
    assert_eq!(bid.service.modalities.len(), 2);
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

#[test]
fn each_slot_is_listed_with_its_own_session() {
    let now = instant("2026-11-01T00:00:00Z");
    let (mut calendar, other) = with_another();
    let ways = |calendar: &Calendar, session| -> BTreeSet<Modality> {
        let listed = calendar.slots(week(), now);
        let of_it = listed
            .into_iter()
            .filter(|offered| offered.slot.id.session_id == session);
        of_it.flat_map(|offered| offered.modalities).collect()
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
    calendar.openings[1].counsellor_id = Uuid::from_u128(2).into();
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
fn no_session_is_longer_than_the_night_that_has_25_hours() {
    assert_eq!(LONGEST_SESSION, TimeDelta::hours(25));
}
