use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};
use uuid::Uuid;

use super::*;
use crate::booking::Claimed;
use crate::calendar::OfferedSlot;
use crate::modality::Modality;
use crate::slots::Slot;
use crate::span::Span;
use crate::texts::LanguageTag;

fn now() -> DateTime<Utc> {
    "2026-11-23T07:30:00Z".parse().expect("an instant")
}

fn minutes(count: u32) -> Minutes {
    Minutes::new(count).expect("minutes")
}

fn tag(text: &str) -> LanguageTag {
    text.parse().expect("a tag")
}

/// An hour with a counsellor, so many hours from now; the id tells the two.
fn slot(counsellor: u128, hours: i64, language: &str, modality: Modality) -> OfferedSlot {
    let from = now() + TimeDelta::hours(hours);
    let span = Span::new(from, from + TimeDelta::hours(1)).expect("a span");
    let id = SlotId {
        organisation_id: Uuid::from_u128(1).into(),
        session_id: Uuid::from_u128(counsellor).into(),
        service_id: Uuid::from_u128(1).into(),
        starts_at: WholeMinute::new(from).expect("a minute"),
    };
    OfferedSlot {
        slot: Slot {
            places_left: 1,
            id,
            span,
            claim: span,
            site_id: Uuid::from_u128(1).into(),
            counsellor_id: Uuid::from_u128(counsellor).into(),
            room_id: None,
        },
        time_zone: chrono_tz::Europe::Berlin,
        modalities: Arc::new(BTreeSet::from([modality])),
        languages: Arc::new(BTreeSet::from([tag(language)])),
    }
}

fn stranded(id: u128, counsellor: u128, language: Option<&str>) -> Stranded {
    Stranded {
        id: Uuid::from_u128(id).into(),
        service_id: Uuid::from_u128(1).into(),
        counsellor_id: Uuid::from_u128(counsellor).into(),
        language: language.map(tag),
        modality: Modality::InPerson,
        doorstep: None,
    }
}

/// The counsellor alone is claimed.
fn bid(_: Wanted, offered: &OfferedSlot, modality: Modality) -> Option<(Place, Claimed)> {
    let slot = &offered.slot;
    let place = Place {
        session_id: slot.id.session_id,
        service_id: slot.id.service_id,
        site_id: slot.site_id,
        counsellor_id: slot.counsellor_id,
        room_id: None,
        interpreter_id: None,
        second_counsellor_id: None,
        span: slot.span,
        modality,
    };
    let claimed = Claimed {
        beside: Vec::new(),
        place_in: None,
        span: slot.claim,
        resources: vec![slot.counsellor_id.into()],
        place_in_week: None,
    };
    Some((place, claimed))
}

fn chosen(who: &[Stranded], slots: Vec<OfferedSlot>, each: u8) -> Vec<(u128, u8, u128, i64)> {
    let free = BTreeMap::from([((Uuid::from_u128(1).into(), None), slots)]);
    let choices = choose(who, &free, bid, each, minutes(24 * 60), now());
    let told = choices.iter().map(|choice| {
        let hours = (choice.place.span.from() - now()).num_hours();
        let counsellor = choice.place.counsellor_id.uuid().as_u128();
        let whose = choice.appointment_id.uuid().as_u128();
        (whose, choice.rank, counsellor, hours)
    });
    told.collect()
}

#[test]
fn the_own_counsellor_comes_first_then_the_language_then_the_way_then_the_time() {
    use Modality::{InPerson, Phone};
    let slots = || {
        vec![
            slot(9, 5, "de", InPerson),
            slot(8, 10, "ar", Phone),
            slot(8, 20, "ar", InPerson),
            slot(7, 200, "de", Phone),
        ]
    };
    let arabic = stranded(1, 7, Some("ar"));
    let mut left = slots();
    let mut order = Vec::new();
    while let Some((_, _, counsellor, hours)) =
        chosen(std::slice::from_ref(&arabic), left.clone(), 1).pop()
    {
        order.push((counsellor, hours));
        left.retain(|slot| slot.slot.span.from() != now() + TimeDelta::hours(hours));
    }
    assert_eq!(order, [(7, 200), (8, 20), (8, 10), (9, 5)]);
    // Without a wish for a language, all are as good.
    let any = stranded(1, 6, None);
    assert_eq!(chosen(&[any], slots(), 1), [(1, 1, 9, 5)]);
}

#[test]
fn everybody_gets_one_before_anybody_gets_a_second() {
    let slots = [5, 6, 7]
        .map(|hours| slot(9, hours, "de", Modality::InPerson))
        .to_vec();
    let who = [stranded(1, 8, None), stranded(2, 8, None)];
    let got = chosen(&who, slots, 3);
    assert_eq!(got, [(1, 1, 9, 5), (2, 1, 9, 6), (1, 2, 9, 7)]);
}

#[test]
fn what_begins_soon_is_not_proposed_and_the_answer_is_due_before() {
    let due = |hours, within| answer_due(now() + hours, minutes(within), now());
    let (soon, enough) = (TimeDelta::minutes(149), TimeDelta::minutes(150));
    assert_eq!(due(soon, 24 * 60), None);
    assert_eq!(due(enough, 24 * 60), Some(now() + TimeDelta::minutes(30)));
    assert_eq!(
        due(TimeDelta::days(9), 24 * 60),
        Some(now() + TimeDelta::days(1))
    );
    assert_eq!(due(TimeDelta::days(9), 29), None);
}

fn proposal() -> Proposal {
    let offered = slot(9, 48, "de", Modality::InPerson);
    let slot = offered.slot;
    Proposal {
        id: Uuid::from_u128(3).into(),
        organisation_id: slot.id.organisation_id,
        appointment_id: Uuid::from_u128(4).into(),
        place: bid(
            (offered.slot.id.service_id, None),
            &offered,
            Modality::InPerson,
        )
        .expect("a place")
        .0,
        rank: 1,
        proposed_at: now(),
        expires_at: now() + TimeDelta::days(1),
        answer: Answer::Open,
    }
}

#[test]
fn a_proposal_is_answered_once_and_in_time() {
    let last = proposal().expires_at - TimeDelta::microseconds(1);
    let accepted = proposal().accept(last).expect("accepted");
    assert_eq!(accepted.state(last), "accepted");
    let again = accepted.decline(last);
    assert_eq!(again, Err(ProposalError::Answered(Answer::Accepted)));
    let due = proposal().expires_at;
    assert_eq!(proposal().state(last), "open");
    assert_eq!(proposal().state(due), "expired");
    assert_eq!(proposal().accept(due), Err(ProposalError::Expired(due)));
    assert_eq!(proposal().decline(due), Err(ProposalError::Expired(due)));
    let declined = proposal().decline(now()).expect("declined");
    assert_eq!(declined.state(due), "declined");
}

fn slots() -> impl Strategy<Value = Vec<OfferedSlot>> {
    let one = (1..4_u128, 0..12_i64, any::<bool>()).prop_map(|(counsellor, hours, arabic)| {
        slot(
            counsellor,
            hours,
            if arabic { "ar" } else { "de" },
            Modality::InPerson,
        )
    });
    proptest::collection::vec(one, 0..20)
}

proptest! {
    #[test]
    fn no_two_are_proposed_the_same_time_and_nobody_goes_without_for_anothers_second(
        free in slots(),
        counsellors in proptest::collection::vec(1..4_u128, 1..8),
        each in 1..=MOST_PROPOSALS,
    ) {
        let who: Vec<_> = (10..).zip(&counsellors).map(|(id, of)| stranded(id, *of, Some("ar"))).collect();
        let free = BTreeMap::from([((Uuid::from_u128(1).into(), None), free)]);
        let choices = choose(&who, &free, bid, each, minutes(60), now());
        let mut held = BTreeSet::new();
        for choice in &choices {
            let slot = choice.place;
            prop_assert!(held.insert((slot.counsellor_id, slot.span.from())));
            prop_assert!(choice.expires_at < slot.span.from());
        }
        let with_first: BTreeSet<_> = choices.iter().filter(|it| it.rank == 1).map(|it| it.appointment_id).collect();
        let possible: BTreeSet<_> = free.values().flatten().map(|it| it.slot)
            .filter(|slot| answer_due(slot.span.from(), minutes(60), now()).is_some())
            .map(|slot| (slot.counsellor_id, slot.span.from())).collect();
        prop_assert_eq!(with_first.len(), who.len().min(possible.len()));
        prop_assert_eq!(choices.len(), (who.len() * usize::from(each)).min(possible.len()));
    }
}
