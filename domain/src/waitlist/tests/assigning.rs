use std::collections::BTreeMap;

use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};

use super::*;

fn waiting(id: u128, wish: WaitlistWish) -> Waiting {
    Waiting {
        id: Uuid::from_u128(id).into(),
        wish,
        passed: BTreeSet::new(),
        lasts: lasts(60),
        notice: Minutes::NONE,
    }
}

fn table(slots: Vec<OfferedSlot>) -> BTreeMap<ServiceId, Vec<OfferedSlot>> {
    let mut table: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for slot in slots {
        table.entry(slot.slot.id.service_id).or_default().push(slot);
    }
    for slots in table.values_mut() {
        slots.sort_by_key(|offered| (offered.slot.span.from(), offered.slot.id));
    }
    table
}

fn told(assigned: &[Assigned]) -> Vec<(u128, i64)> {
    let told = assigned.iter().map(|one| {
        let from = one.slot.starts_at.instant() - now();
        (one.entry_id.uuid().as_u128(), from.num_minutes())
    });
    told.collect()
}

#[test]
fn who_waits_longest_gets_the_first_slot_that_fits() {
    let free = table(vec![slot(1, 1, 60, 1), slot(1, 2, 120, 1)]);
    let picky = WaitlistWish {
        counsellor_id: Some(Uuid::from_u128(2).into()),
        ..wish(1)
    };
    let line = [waiting(1, picky), waiting(2, wish(1)), waiting(3, wish(1))];
    assert_eq!(told(&assign(&line, &free, now())), [(1, 120), (2, 60)]);
}

#[test]
fn nobody_is_asked_twice_about_a_slot() {
    let free = table(vec![slot(1, 1, 60, 1)]);
    let mut line = [waiting(1, wish(1)), waiting(2, wish(1))];
    line[0].passed.insert(free[&wish(1).service_id][0].slot.id);
    assert_eq!(told(&assign(&line, &free, now())), [(2, 60)]);
}

#[test]
fn all_places_of_a_group_are_offered_and_no_more() {
    let free = table(vec![slot(1, 1, 60, 2)]);
    let line = [1, 2, 3].map(|id| waiting(id, wish(1)));
    assert_eq!(told(&assign(&line, &free, now())), [(1, 60), (2, 60)]);
}

#[test]
fn two_services_do_not_get_the_same_hour_of_a_counsellor() {
    let free = table(vec![
        slot(1, 1, 60, 1),
        slot(2, 1, 90, 1),
        slot(2, 1, 120, 1),
    ]);
    let line = [waiting(1, wish(1)), waiting(2, wish(2))];
    assert_eq!(told(&assign(&line, &free, now())), [(1, 60), (2, 120)]);
}

#[test]
fn a_wish_is_met_in_everything() {
    let offered = slot(1, 1, 60, 1);
    let starts_at = offered.slot.span.from();
    let fits = |change: fn(&mut WaitlistWish)| {
        let mut wish = wish(1);
        change(&mut wish);
        wish.fits(&offered)
    };
    assert!(fits(|_| {}));
    assert!(fits(|wish| wish.language = "de".parse().ok()));
    assert!(fits(|wish| wish.modality = Some(Modality::Phone)));
    assert!(!fits(|wish| wish.language = "ar".parse().ok()));
    assert!(!fits(|wish| wish.modality = Some(Modality::Video)));
    assert!(!fits(|wish| wish.site_id = Some(Uuid::from_u128(2).into())));
    assert!(!fits(
        |wish| wish.counsellor_id = Some(Uuid::from_u128(2).into())
    ));
    assert!(!fits(|wish| wish.service_id = Uuid::from_u128(2).into()));
    let within = |from: i64, before: i64| {
        let at = |minutes| starts_at + TimeDelta::minutes(minutes);
        let spans = vec![Span::new(at(from), at(before)).expect("a span")];
        let wish = WaitlistWish { spans, ..wish(1) };
        wish.fits(&offered)
    };
    assert!(within(0, 1));
    assert!(!within(-60, 0));
    assert!(!within(1, 60));
}

/// Slots of two services with three counsellors, overlapping as they like.
fn slots() -> impl Strategy<Value = Vec<OfferedSlot>> {
    let one = (1_u128..3, 1_u128..4, 0_i64..20, 1_u32..3);
    let slots = proptest::collection::vec(one, 0..12);
    slots.prop_map(|slots| {
        let mut seen = BTreeSet::new();
        let made = slots
            .into_iter()
            .map(|(service, counsellor, at, places)| slot(service, counsellor, at * 15, places));
        made.filter(|offered| seen.insert(offered.slot.id))
            .collect()
    })
}

/// Who waits, with the places of the slots in the list that they have passed on.
fn line() -> impl Strategy<Value = Vec<(WaitlistWish, Vec<bool>)>> {
    let spans = (any::<bool>(), 0_i64..300, 1_i64..200);
    let one = (1_u128..3, proptest::option::of(1_u128..4), spans);
    let wishes = one.prop_map(|(service, counsellor, (any_time, from, length))| {
        let from = now() + TimeDelta::minutes(from);
        let span = Span::new(from, from + TimeDelta::minutes(length)).expect("a span");
        WaitlistWish {
            counsellor_id: counsellor.map(|id| Uuid::from_u128(id).into()),
            spans: if any_time { Vec::new() } else { vec![span] },
            ..wish(service)
        }
    });
    let passed = proptest::collection::vec(proptest::bool::weighted(0.2), 12);
    proptest::collection::vec((wishes, passed), 0..10)
}

/// One of all slots for each in turn, checked against everything given away so far.
fn by_brute_force(line: &[Waiting], slots: &[OfferedSlot]) -> Vec<(u128, i64)> {
    let mut given: Vec<&OfferedSlot> = Vec::new();
    let mut told = Vec::new();
    for waiting in line {
        let mut best: Option<&OfferedSlot> = None;
        for offered in slots {
            let id = offered.slot.id;
            let same = given.iter().filter(|other| other.slot.id == id).count();
            let in_the_way = given.iter().any(|other| {
                other.slot.id != id
                    && other.slot.counsellor_id == offered.slot.counsellor_id
                    && other.slot.claim.overlaps(offered.slot.claim)
            });
            let starts_soon = offered.slot.span.from() < now() + TimeDelta::minutes(10);
            let can = waiting.wish.fits(offered)
                && !waiting.passed.contains(&id)
                && !starts_soon
                && !in_the_way
                && same < usize::try_from(offered.slot.places_left).expect("a count");
            let order = |offered: &OfferedSlot| (offered.slot.span.from(), offered.slot.id);
            if can && best.is_none_or(|best| order(offered) < order(best)) {
                best = Some(offered);
            }
        }
        if let Some(offered) = best {
            given.push(offered);
            let from = offered.slot.span.from() - now();
            told.push((waiting.id.uuid().as_u128(), from.num_minutes()));
        }
    }
    told
}

proptest! {
    #[test]
    fn the_line_is_served_as_brute_force_serves_it(slots in slots(), wishes in line()) {
        let line: Vec<Waiting> = (1..).zip(wishes).map(|(id, (wish, passed))| {
            let passed = slots.iter().zip(passed).filter(|(_, passed)| *passed);
            let passed = passed.map(|(offered, _)| offered.slot.id).collect();
            Waiting { passed, ..waiting(id, wish) }
        }).collect();
        let free = table(slots.clone());
        let assigned = assign(&line, &free, now());
        prop_assert_eq!(told(&assigned), by_brute_force(&line, &slots));
        for one in &assigned {
            prop_assert!(one.expires_at <= one.slot.starts_at.instant());
        }
    }
}
