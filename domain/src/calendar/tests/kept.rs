//! What is kept for staff, against a rule that is written down once more.

use chrono::TimeDelta;
use proptest::prelude::{Strategy, any, proptest};

use super::*;
use crate::actor::Staff;
use crate::kept::DeskPlaces;
use crate::permission::Role;
use crate::places::Capacity;

fn kept(staff_only: bool, desk_places: i64, opens: Option<u32>) -> Kept {
    let opens = opens.map(minutes);
    Kept {
        staff_only,
        desk_places: DeskPlaces::new(desk_places).expect("places"),
        opens_to_all: opens,
    }
}

fn staff(organisation: u128, role: Role, counsellor: u128) -> Reader {
    let organisation = Uuid::from_u128(organisation).into();
    Reader::Staff(Staff {
        account_id: Uuid::from_u128(9).into(),
        network_coordinator: false,
        memberships: BTreeSet::from([(organisation, role)]),
        counsellors: BTreeSet::from([(organisation, Uuid::from_u128(counsellor).into())]),
    })
}

/// Readers, and whether they are given what the session keeps.
fn readers() -> [(Reader, bool); 7] {
    [
        (Reader::Public, false),
        (Reader::Holder, true),
        (staff(1, Role::Coordinator, 2), true),
        (staff(1, Role::Counsellor, 1), true),
        (staff(1, Role::Counsellor, 2), false),
        (staff(1, Role::Administrator, 1), false),
        (staff(2, Role::Coordinator, 1), false),
    ]
}

fn any_kept() -> impl Strategy<Value = Kept> {
    let opens = proptest::option::of(0..400_u32);
    (any::<bool>(), 0..4_i64, opens)
        .prop_map(|(staff_only, desk_places, opens)| kept(staff_only, desk_places, opens))
}

proptest! {
    #[test]
    fn readers_see_what_is_open_to_them_and_nothing_else(
        kept in any_kept(),
        // From 17 November, 20:00, until the last slot has begun.
        seconds in 0..54_000_i64,
        which in 0..7_usize,
    ) {
        let now = instant("2026-11-17T20:00:00Z") + TimeDelta::seconds(seconds);
        let (reader, is_given) = readers()[which].clone();
        let open = calendar(FederalState::LowerSaxony, false);
        let mut closed = open.clone();
        closed.openings[0].kept = kept;
        closed.reader = reader;
        let is_open = |start: DateTime<Utc>| {
            let opens = kept.opens_to_all.map(|opens| i64::from(opens.count()));
            opens.is_some_and(|opens| {
                // Whole minutes that begin at the next one.
                let passed = (start - now).num_seconds() / 60;
                passed < opens
            })
        };
        let expected: Vec<_> = open
            .slots(week(), now)
            .into_iter()
            .map(|offered| offered.slot)
            .filter(|slot| is_given || !kept.staff_only || is_open(slot.span.from()))
            .collect();
        let found: Vec<_> = closed.slots(week(), now).into_iter().map(|it| it.slot).collect();
        assert_eq!(found, expected);
        for offered in open.slots(week(), now) {
            let is_free = closed.bid(&offered.slot.id, now).is_ok();
            assert_eq!(is_free, expected.contains(&offered.slot));
        }
    }
}

#[test]
fn the_last_places_of_a_group_are_for_the_desk_until_they_open() {
    let mut group = calendar(FederalState::LowerSaxony, false);
    let id = Uuid::from_u128(1);
    group
        .services
        .get_mut(&id.into())
        .expect("a service")
        .format = Format::Group;
    group.openings[0].places = Some(Places {
        capacity: Capacity::new(5).expect("a capacity"),
        taken: 2,
        kept: 0,
        claimed: BTreeSet::new(),
    });
    let early = instant("2026-11-17T20:00:00Z");
    let at_start = group.openings[0].opening.from().instant();
    for (desk, opens, now, reader, left) in [
        (0, None, early, Reader::Public, 3),
        (2, None, early, Reader::Public, 1),
        (2, None, early, staff(1, Role::Coordinator, 2), 3),
        (3, None, early, Reader::Public, 0),
        (9, None, early, Reader::Public, 0),
        (9, None, early, Reader::Holder, 3),
        (3, Some(60), early, Reader::Public, 0),
        (
            3,
            Some(60),
            at_start - TimeDelta::minutes(59),
            Reader::Public,
            3,
        ),
        (
            3,
            Some(60),
            at_start - TimeDelta::minutes(60),
            Reader::Public,
            0,
        ),
    ] {
        group.openings[0].kept = kept(false, desk, opens);
        group.reader = reader;
        let slots = group.slots(week(), now);
        let found = slots.first().map_or(0, |offered| offered.slot.places_left);
        assert_eq!(found, left, "{desk} {opens:?} {now}");
        for offered in slots {
            let bid = group.bid(&offered.slot.id, now).expect("a bid");
            let described = group.describe(&bid, offered.slot.id);
            assert_eq!(described.slot, offered.slot);
        }
    }
}

#[test]
fn only_what_is_kept_opens() {
    let opens = Some(minutes(60));
    let none = DeskPlaces::default();
    assert!(Kept::new(false, none, opens).is_err());
    assert_eq!(Kept::new(true, none, opens), Ok(kept(true, 0, Some(60))));
    let one = DeskPlaces::new(1).expect("a place");
    assert_eq!(Kept::new(false, one, opens), Ok(kept(false, 1, Some(60))));
    assert!(DeskPlaces::new(-1).is_err() && DeskPlaces::new(501).is_err());
}
