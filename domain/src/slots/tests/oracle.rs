//! Brute force: one boolean for every half minute, for every offer.

use std::collections::BTreeSet;

use super::worlds::{
    BEFORE, FROM, HalfMinutes, MemberInWorld, PoolInWorld, World, every_minute, half_minute,
    instant, member_id, span_of,
};
use super::*;
use crate::places::Places;
use crate::slots::{Chosen, Claim, Unbookable};

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
pub(super) struct Oracle {
    rules: TimingRules,
    opening: HalfMinutes,
    claimed: Timeline,
    unavailable: Timeline,
    pools: Vec<PoolInWorld>,
    places_left: u32,
    now: i64,
}

impl Oracle {
    pub(super) fn new(world: &World, place: usize) -> Self {
        let offer = world.offers[place];
        let marked = |matches: &dyn Fn(Reason) -> bool| {
            let of_offer = world.busy.iter().filter(|(reason, _)| matches(*reason));
            of_offer.map(|(_, span)| span.clone()).collect::<Vec<_>>()
        };
        let places = world.places[place].as_ref();
        let is_own = |id: &ResourceId| places.is_some_and(|places| places.claimed.contains(id));
        let claimed = marked(&|reason| {
            let counsellor = ResourceId::from(offer.counsellor_id);
            let room = offer.room_id.map(ResourceId::from);
            let mut needed = [Some(counsellor), room].into_iter().flatten();
            needed.any(|id| reason == Reason::Claim(id) && !is_own(&id))
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
            pools: world.pools[place].clone(),
            places_left: places_left(places, offer.at_desk),
            now: world.now,
        }
    }

    pub(super) fn decide(&self, start: i64) -> Result<Claim, Unbookable> {
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
        if self.places_left == 0 {
            return Err(Unbookable::Full);
        }
        if self.unavailable.any_within(&slot) {
            return Err(Unbookable::Unavailable);
        }
        let mut chosen = Vec::new();
        for (place, pool) in self.pools.iter().enumerate() {
            let claim_of = |member: &MemberInWorld| {
                let rules = member.rules(self.rules);
                slot.start - halves(rules.buffer_before)..slot.end + halves(rules.buffer_after)
            };
            let free = pool.members.iter().enumerate().filter(|(_, member)| {
                let claim = claim_of(member);
                !Timeline::of(&member.claims).any_within(&claim)
                    && !Timeline::of(&member.unavailable).any_within(&slot)
                    && is_within_cap(member, &claim)
            });
            let mut free: Vec<_> = free
                .map(|(number, member)| (member_id(place, number), claim_of(member)))
                .collect();
            if free.len() < pool.wanted {
                return Err(Unbookable::Missing(Need::Equipment));
            }
            free.truncate(pool.wanted);
            chosen.extend(free.into_iter().map(|(resource_id, claim)| Chosen {
                need: Need::Equipment,
                resource_id,
                span: span_of(&claim),
            }));
        }
        Ok(Claim {
            slot: span_of(&slot),
            span: span_of(&claim),
            chosen,
        })
    }
}

/// Days are counted from midnight, claims by the minute in which they begin.
fn is_within_cap(member: &MemberInWorld, claim: &HalfMinutes) -> bool {
    let day = |span: &HalfMinutes| instant(span.start).date_naive();
    let claims: BTreeSet<_> = member.claims.iter().map(|it| (it.start, it.end)).collect();
    let of_day = claims
        .iter()
        .filter(|(from, before)| day(&(*from..*before)) == day(claim));
    let given = u32::try_from(of_day.count()).expect("few");
    member.most_per_day.is_none_or(|most| given < most)
}

/// Counted down one by one.
fn places_left(places: Option<&Places>, at_desk: u32) -> u32 {
    let Some(places) = places else { return 1 };
    let mut free = u32::from(places.capacity.count());
    for _ in 0..places.taken + places.kept + at_desk {
        free -= u32::from(free > 0);
    }
    free
}

/// Every free slot, compared with every other one to find those given twice.
pub(super) fn slots_by_brute_force(world: &World) -> Vec<Slot> {
    let mut found = Vec::new();
    for (place, offer) in world.offers.iter().enumerate() {
        let oracle = Oracle::new(world, place);
        for start in every_minute().filter(|start| world.window.contains(start)) {
            if let Ok(Claim { slot, span, .. }) = oracle.decide(start) {
                found.push((offer, slot, span, oracle.places_left));
            }
        }
    }
    let is_given_before = |offer: &Offer<'_>, slot: Span| {
        found.iter().any(|(other, other_slot, ..)| {
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
        .filter(|(offer, slot, ..)| !is_given_before(offer, *slot))
        .map(|(offer, span, claim, places_left)| Slot {
            id: offer.slot_id(whole_minute(span.from())),
            span: *span,
            claim: *claim,
            site_id: offer.site_id,
            counsellor_id: offer.counsellor_id,
            room_id: offer.room_id,
            places_left: *places_left,
        })
        .collect::<Vec<_>>();
    slots.sort_by_key(|slot| (slot.span.from(), slot.id.session_id, slot.id.service_id));
    slots
}
