mod bookings;
mod cut;
mod kept;
mod machine;
mod on_loan;
mod sessions;

use uuid::Uuid;

use super::*;
use crate::minutes::WholeMinute;
use crate::slots::{Reason, TimingRules};

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
            modalities: BTreeSet::from([Modality::InPerson]).into(),
            opens_on_holidays,
            pools: [].into(),
            visits: None,
            way: None,
            places: None,
            kept: Kept::default(),
        }],
        services: BTreeMap::from([(
            id.into(),
            Bookable {
                format: Format::Individual,
                timing: Timing::new(rules).expect("timing"),
                contact_rule: ContactRule::None,
                approval_within: None,
                cancellation_deadline: Minutes::NONE,
                reschedule_deadline: Minutes::NONE,
                max_per_week: None,
                languages: BTreeSet::from([tag("de"), tag("ar")]),
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
        caps: BTreeMap::new(),
        talks: BTreeMap::new(),
        places_taken: BTreeMap::new(),
        rooms: BTreeSet::new(),
        occupied: Occupied::from_unsorted(Vec::new()),
        reader: Reader::Public,
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
