use chrono::{DateTime, Utc};

use super::busy::{BusySpans, Stretch, not_behind};
use super::occupied::Occupied;
use super::offer::{Grid, Offer};
use super::pool::{Member, Pool};
use super::timing::{Reach, Timing};
use crate::minutes::{WholeMinute, minute_at_or_after};
use crate::span::Span;

/// The free starts of one offer, ascending.
///
/// One sweep: starts only grow, so every stretch is passed once, and a start that is in the way of
/// one goes straight to the end of it.
pub(super) struct FreeStarts<'a> {
    offer: Offer<'a>,
    next: i64,
    before: i64,
    grid: Grid,
    barriers: [Barrier<'a>; 7],
    pools: Vec<Turnstile<'a>>,
}

impl<'a> FreeStarts<'a> {
    /// None when all places are taken, or no start of the offer lies in the window and within notice and horizon.
    pub(super) fn new(
        offer: &Offer<'a>,
        occupied: &'a Occupied,
        window: Span,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        let rules = offer.timing.rules();
        let now = minute_at_or_after(now);
        let earliest =
            minute_at_or_after(window.from()).max(now + i64::from(rules.minimum_notice.count()));
        let before = minute_at_or_after(window.before())
            .min(now + i64::from(rules.horizon.count()))
            .min(offer.starts_before());
        let next = offer.grid().at_or_after(earliest);
        let is_enough = |pool: &Pool| pool.members.len() >= pool.wanted;
        let is_possible = offer.places_left() > 0 && offer.pools.iter().all(is_enough);
        (next < before && is_possible).then(|| Self {
            offer: *offer,
            next,
            before,
            grid: offer.grid(),
            barriers: barriers(offer, occupied, next),
            pools: offer
                .pools
                .iter()
                .map(|pool| Turnstile::new(pool, offer.timing))
                .collect(),
        })
    }
}

impl Iterator for FreeStarts<'_> {
    type Item = WholeMinute;

    fn next(&mut self) -> Option<WholeMinute> {
        while self.next < self.before {
            let start = self.next;
            let clear = self
                .barriers
                .iter_mut()
                .fold(start, |start, barrier| barrier.pass(start));
            let clear = self
                .pools
                .iter_mut()
                .fold(clear, |start, pool| pool.pass(start));
            if clear == start {
                self.next = self.grid.after(start);
                if !self.offer.is_within_caps(start) || !self.offer.has_companions(start) {
                    continue;
                }
                return u32::try_from(start).ok().map(WholeMinute::since_epoch);
            }
            self.next = self.grid.at_or_after(clear);
        }
        None
    }
}

/// Stretches of one kind, without those that every later start has behind it.
struct Barrier<'a> {
    ahead: &'a [Stretch],
    reach: Reach,
}

impl Barrier<'_> {
    /// The first minute, from this start on, that has nothing of this barrier in its way.
    fn pass(&mut self, mut start: i64) -> i64 {
        while let [stretch, further @ ..] = self.ahead
            && stretch.from < start + self.reach.after
        {
            start = start.max(stretch.before + self.reach.before);
            self.ahead = further;
        }
        start
    }
}

/// Lets a start pass when enough members of a pool are free for it.
struct Turnstile<'a> {
    wanted: usize,
    lanes: Vec<Lane<'a>>,
}

/// One member of a pool, and its first free start from the last one on that was asked for.
struct Lane<'a> {
    claims: Barrier<'a>,
    unavailable: Barrier<'a>,
    clear_at: i64,
}

impl<'a> Turnstile<'a> {
    fn new(pool: &'a Pool, timing: Timing) -> Self {
        let barrier = |spans: &'a BusySpans, reach| Barrier {
            ahead: spans.stretches(),
            reach,
        };
        let lane = |member: &'a Member| Lane {
            claims: barrier(
                &member.claims,
                member.timing.unwrap_or(timing).claim_reach(),
            ),
            unavailable: barrier(&member.unavailable, timing.slot_reach()),
            clear_at: i64::MIN,
        };
        Self {
            wanted: pool.wanted,
            lanes: pool.members.iter().map(lane).collect(),
        }
    }

    fn pass(&mut self, start: i64) -> i64 {
        let mut clear: Vec<i64> = self.lanes.iter_mut().map(|lane| lane.pass(start)).collect();
        clear.sort_unstable();
        let last_wanted = self.wanted.checked_sub(1);
        last_wanted
            .and_then(|place| clear.get(place).copied())
            .unwrap_or(start)
    }
}

impl Lane<'_> {
    fn pass(&mut self, start: i64) -> i64 {
        if self.clear_at < start {
            self.clear_at = start;
            loop {
                let clear = self.unavailable.pass(self.claims.pass(self.clear_at));
                if clear == self.clear_at {
                    break;
                }
                self.clear_at = clear;
            }
        }
        self.clear_at
    }
}

fn barriers<'a>(offer: &Offer<'a>, occupied: &'a Occupied, start: i64) -> [Barrier<'a>; 7] {
    let barrier = |stretches, reach| Barrier {
        ahead: not_behind(stretches, start, reach),
        reach,
    };
    let [counsellor, room] = occupied
        .claims(offer)
        .map(|claims| barrier(claims, offer.timing.claim_reach()));
    let [absence, of_room, of_site, of_organisation, closed_days] = occupied
        .unavailability(offer)
        .map(|spans| barrier(spans, offer.timing.slot_reach()));
    [
        counsellor,
        room,
        absence,
        of_room,
        of_site,
        of_organisation,
        closed_days,
    ]
}
