//! The slot algebra against brute force: one boolean for every half minute, for every offer.

use std::collections::BTreeMap;
use std::ops::Range;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof, proptest};

use super::*;
use crate::slots::{Claim, Unbookable, is_free};

/// Half minutes since the start of a day, in which every session, claim and closure lies.
const FROM: i64 = -80;
const BEFORE: i64 = 400;

/// 2026-11-23
const DAY: DateTime<Utc> = DateTime::from_timestamp(20_780 * 86_400, 0).expect("a day");

type HalfMinutes = Range<i64>;

#[derive(Debug)]
struct World {
    offers: Vec<Offer<'static>>,
    /// In half minutes, so that they may begin and end between the minutes.
    busy: Vec<(Reason, HalfMinutes)>,
    closed_days: Vec<HalfMinutes>,
    /// Whether the offer at the same place is closed on the closed days.
    closes: Vec<bool>,
    window: HalfMinutes,
    now: i64,
}

fn instant(half_minute: i64) -> DateTime<Utc> {
    DAY + TimeDelta::seconds(30 * half_minute)
}

fn half_minute(instant: DateTime<Utc>) -> i64 {
    (instant - DAY).num_seconds() / 30
}

fn span_of(half_minutes: &HalfMinutes) -> Span {
    Span::new(instant(half_minutes.start), instant(half_minutes.end)).expect("a span")
}

/// Every minute at which a session may be open, and some around.
fn every_minute() -> impl Iterator<Item = i64> {
    (-20..260).step_by(2)
}

/// A boolean for every half minute.
struct Timeline(Vec<bool>);

impl Timeline {
    fn of(marked: &[HalfMinutes]) -> Self {
        let is_marked = |half_minute| marked.iter().any(|span| span.contains(&half_minute));
        Self((FROM..BEFORE).map(is_marked).collect())
    }

    fn any_within(&self, span: &HalfMinutes) -> bool {
        let place = |half_minute| usize::try_from(half_minute - FROM).expect("a place");
        self.0[place(span.start)..place(span.end)].contains(&true)
    }
}

/// What brute force knows of one offer.
struct Oracle {
    rules: TimingRules,
    opening: HalfMinutes,
    claimed: Timeline,
    unavailable: Timeline,
    now: i64,
}

impl Oracle {
    fn new(world: &World, place: usize) -> Self {
        let offer = world.offers[place];
        let marked = |matches: &dyn Fn(Reason) -> bool| {
            let of_offer = world.busy.iter().filter(|(reason, _)| matches(*reason));
            of_offer.map(|(_, span)| span.clone()).collect::<Vec<_>>()
        };
        let claimed = marked(&|reason| {
            reason == Reason::Claim(offer.counsellor_id.into())
                || offer
                    .room_id
                    .is_some_and(|room| reason == Reason::Claim(room.into()))
        });
        let mut unavailable = marked(&|reason| match reason {
            Reason::Claim(_) => false,
            Reason::Absence(counsellor) => counsellor == offer.counsellor_id,
            Reason::RoomClosure(room) => Some(room) == offer.room_id,
            Reason::SiteClosure(site) => site == offer.site_id,
            Reason::OrganisationClosure(organisation) => organisation == offer.organisation_id,
        });
        if world.closes[place] {
            unavailable.extend(world.closed_days.iter().cloned());
        }
        let edge = |edge: WholeMinute| half_minute(edge.instant());
        Self {
            rules: offer.timing.rules(),
            opening: edge(offer.opening.from())..edge(offer.opening.before()),
            claimed: Timeline::of(&claimed),
            unavailable: Timeline::of(&unavailable),
            now: world.now,
        }
    }

    fn decide(&self, start: i64) -> Result<Claim, Unbookable> {
        let halves = |minutes: Minutes| 2 * i64::from(minutes.count());
        let slot = start..start + halves(self.rules.length);
        let claim = slot.start - halves(self.rules.buffer_before)
            ..slot.end + halves(self.rules.buffer_after);
        if !slot
            .clone()
            .all(|half_minute| self.opening.contains(&half_minute))
        {
            return Err(Unbookable::OutsideSession);
        }
        let step = halves(self.rules.start_every);
        let mut grid = (self.opening.start..BEFORE).step_by(usize::try_from(step).expect("a step"));
        if !grid.any(|on_grid| on_grid == start) {
            return Err(Unbookable::OffGrid);
        }
        if start < self.now + halves(self.rules.minimum_notice) {
            return Err(Unbookable::TooLate);
        }
        if start >= self.now + halves(self.rules.horizon) {
            return Err(Unbookable::TooEarly);
        }
        if self.claimed.any_within(&claim) {
            return Err(Unbookable::Taken);
        }
        if self.unavailable.any_within(&slot) {
            return Err(Unbookable::Unavailable);
        }
        Ok(Claim {
            slot: span_of(&slot),
            span: span_of(&claim),
        })
    }
}

/// Every free slot, compared with every other one to find those given twice.
fn slots_by_brute_force(world: &World) -> Vec<Slot> {
    let mut found = Vec::new();
    for (place, offer) in world.offers.iter().enumerate() {
        let oracle = Oracle::new(world, place);
        for start in every_minute().filter(|start| world.window.contains(start)) {
            if let Ok(Claim { slot, span }) = oracle.decide(start) {
                found.push((offer, slot, span));
            }
        }
    }
    let is_given_before = |offer: &Offer<'_>, slot: Span| {
        found.iter().any(|(other, other_slot, _)| {
            other_slot.from() == slot.from()
                && other.service_id == offer.service_id
                && other.counsellor_id == offer.counsellor_id
                && other.site_id == offer.site_id
                && (other.opening.from(), other.session_id)
                    < (offer.opening.from(), offer.session_id)
        })
    };
    let mut slots = found
        .iter()
        .filter(|(offer, slot, _)| !is_given_before(offer, *slot))
        .map(|(offer, span, claim)| Slot {
            id: offer.slot_id(whole_minute(span.from())),
            span: *span,
            claim: *claim,
            site_id: offer.site_id,
            counsellor_id: offer.counsellor_id,
            room_id: offer.room_id,
        })
        .collect::<Vec<_>>();
    slots.sort_by_key(|slot| (slot.span.from(), slot.id.service_id, slot.id.session_id));
    slots
}

impl World {
    fn occupied(&self) -> Occupied {
        let spans = self
            .busy
            .iter()
            .map(|(reason, span)| (*reason, span_of(span)));
        Occupied::from_unsorted(spans.collect())
    }

    fn closed_days(&self) -> BusySpans {
        BusySpans::from_unsorted(self.closed_days.iter().map(span_of).collect())
    }

    fn offers<'a>(&self, closed_days: &'a BusySpans) -> Vec<Offer<'a>> {
        let closes = self
            .closes
            .iter()
            .map(|closes| closes.then_some(closed_days));
        self.offers
            .iter()
            .zip(closes)
            .map(|(offer, closed_on)| Offer {
                closed_on,
                ..*offer
            })
            .collect()
    }
}

fn any_rules() -> impl Strategy<Value = TimingRules> {
    let start_every = prop_oneof![1..6_u32, 1..40_u32];
    (
        1..25_u32,
        start_every,
        0..8_u32,
        0..8_u32,
        0..20_u32,
        10..200_u32,
    )
        .prop_map(
            |(length, start_every, before, after, notice, horizon)| TimingRules {
                minimum_notice: minutes(notice),
                horizon: minutes(horizon),
                ..rules(length, start_every, (before, after))
            },
        )
}

/// One id of two, and more often the first, so that offers share it.
fn id_of_two(first: u128) -> impl Strategy<Value = u128> {
    prop_oneof![3 => Just(first), 1 => Just(first + 1)]
}

fn any_offer() -> impl Strategy<Value = Offer<'static>> {
    let room = option::of(id_of_two(50));
    let ids = (0..8_u128, id_of_two(20), id_of_two(30), id_of_two(40), room);
    let organisation = id_of_two(10);
    (ids, organisation, 0..60_i64, 1..60_i64, any_rules()).prop_map(
        |((session, service, site, counsellor, room), organisation, from, length, rules)| Offer {
            organisation_id: Uuid::from_u128(organisation).into(),
            service_id: Uuid::from_u128(service).into(),
            site_id: Uuid::from_u128(site).into(),
            counsellor_id: Uuid::from_u128(counsellor).into(),
            room_id: room.map(|room| Uuid::from_u128(room).into()),
            ..offer(session, span_of(&(2 * from..2 * (from + length))), rules)
        },
    )
}

/// Half minutes, now and then on the minute, so that edges meet.
fn any_stretch() -> impl Strategy<Value = HalfMinutes> {
    let length = prop_oneof![1..4_i64, 1..60_i64];
    let between_minutes =
        (-60..240_i64, length.clone()).prop_map(|(from, length)| from..from + length);
    let on_minutes =
        (-30..120_i64, length).prop_map(|(from, length)| 2 * from..2 * (from + length));
    prop_oneof![between_minutes, on_minutes]
}

fn any_reason() -> impl Strategy<Value = Reason> {
    let id = |first| id_of_two(first).prop_map(Uuid::from_u128);
    prop_oneof![
        2 => id(40).prop_map(|counsellor| Reason::Claim(counsellor.into())),
        2 => id(50).prop_map(|room| Reason::Claim(room.into())),
        1 => id(40).prop_map(|counsellor| Reason::Absence(counsellor.into())),
        1 => id(50).prop_map(|room| Reason::RoomClosure(room.into())),
        1 => id(30).prop_map(|site| Reason::SiteClosure(site.into())),
        1 => id(10).prop_map(|organisation| Reason::OrganisationClosure(organisation.into())),
    ]
}

fn any_world() -> impl Strategy<Value = World> {
    let offers = vec((any_offer(), any::<bool>()), 1..6);
    let busy = vec((any_reason(), any_stretch()), 0..12);
    let window = prop_oneof![
        2 => Just(FROM..BEFORE),
        1 => (-20..120_i64, 1..240_i64).prop_map(|(from, length)| from..from + length),
    ];
    (offers, busy, vec(any_stretch(), 0..2), window, -120..40_i64).prop_map(
        |(offers, busy, closed_days, window, now)| {
            // A session offers a service once.
            let offers: BTreeMap<_, _> = offers
                .into_iter()
                .map(|offer| ((offer.0.service_id, offer.0.session_id), offer))
                .collect();
            let (offers, closes) = offers.into_values().rev().unzip();
            World {
                offers,
                busy,
                closed_days,
                closes,
                window,
                now,
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    #[test]
    fn free_slots_are_those_of_brute_force(world in any_world()) {
        let closed_days = world.closed_days();
        let window = span_of(&world.window);
        let offers = world.offers(&closed_days);
        let slots = free_slots(&offers, &world.occupied(), window, instant(world.now));
        assert_eq!(slots, slots_by_brute_force(&world));
    }

    #[test]
    fn decisions_are_those_of_brute_force(world in any_world()) {
        let (closed_days, occupied) = (world.closed_days(), world.occupied());
        for (place, offer) in world.offers(&closed_days).iter().enumerate() {
            let oracle = Oracle::new(&world, place);
            for start in every_minute() {
                let starts_at = whole_minute(instant(start));
                let decision = is_free(offer, starts_at, &occupied, instant(world.now));
                assert_eq!(decision, oracle.decide(start), "offer {place} at {start}");
            }
        }
    }

    #[test]
    fn a_start_is_listed_if_and_only_if_it_can_be_booked(world in any_world()) {
        let (closed_days, occupied) = (world.closed_days(), world.occupied());
        let (always, now) = (span_of(&(FROM..BEFORE)), instant(world.now));
        for offer in world.offers(&closed_days) {
            let listed = free_slots(&[offer], &occupied, always, now);
            let listed = listed.iter().map(|slot| Claim { slot: slot.span, span: slot.claim });
            let bookable = every_minute().filter_map(|start| {
                is_free(&offer, whole_minute(instant(start)), &occupied, now).ok()
            });
            assert!(listed.eq(bookable));
        }
    }
}
