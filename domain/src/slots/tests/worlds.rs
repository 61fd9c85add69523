//! Small random worlds: few offers that share their people, rooms and time.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Just, Strategy, any, prop_oneof};

use super::*;
use crate::caps::{CounsellorCaps, Talks};
use crate::places::{Capacity, Places};

/// Half minutes since the start of a day, in which every session, claim and closure lies.
pub(super) const FROM: i64 = -80;
pub(super) const BEFORE: i64 = 400;

/// 2026-11-23
const DAY: DateTime<Utc> = DateTime::from_timestamp(20_780 * 86_400, 0).expect("a day");

pub(super) type HalfMinutes = Range<i64>;

#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) offers: Vec<Offer<'static>>,
    /// In half minutes, so that they may begin and end between the minutes.
    pub(super) busy: Vec<(Reason, HalfMinutes)>,
    pub(super) closed_days: Vec<HalfMinutes>,
    /// Whether the offer at the same place is closed on the closed days.
    pub(super) closes: Vec<bool>,
    /// What the offer at the same place needs besides.
    pub(super) pools: Vec<Vec<PoolInWorld>>,
    /// The places of the session of the offer at the same place, where many attend it.
    pub(super) places: Vec<Option<Places>>,
    pub(super) window: HalfMinutes,
    pub(super) now: i64,
}

#[derive(Debug, Clone)]
pub(super) struct PoolInWorld {
    pub(super) wanted: usize,
    pub(super) members: Vec<MemberInWorld>,
}

#[derive(Debug, Clone)]
pub(super) struct MemberInWorld {
    pub(super) claims: Vec<HalfMinutes>,
    pub(super) unavailable: Vec<HalfMinutes>,
    /// Where its claim has others than those of the offer.
    pub(super) buffers: Option<(u32, u32)>,
    pub(super) most_per_day: Option<u32>,
}

impl MemberInWorld {
    pub(super) fn rules(&self, of_offer: TimingRules) -> TimingRules {
        let Some((before, after)) = self.buffers else {
            return of_offer;
        };
        TimingRules {
            buffer_before: minutes(before),
            buffer_after: minutes(after),
            ..of_offer
        }
    }

    fn capped(&self) -> Option<Capped> {
        let most = self.most_per_day?;
        let caps = CounsellorCaps {
            max_per_day: Some(Talks::new(most.into()).expect("some talks")),
            pause: None,
        };
        let claims = self.claims.iter().map(span_of).collect();
        Some(Capped::new(caps, chrono_tz::UTC, claims))
    }
}

/// Members are told apart by their places.
pub(super) fn member_id(pool: usize, member: usize) -> ResourceId {
    let number = 1000 + 10 * pool + member;
    Uuid::from_u128(u128::try_from(number).expect("small")).into()
}

pub(super) fn instant(half_minute: i64) -> DateTime<Utc> {
    DAY + TimeDelta::seconds(30 * half_minute)
}

pub(super) fn half_minute(instant: DateTime<Utc>) -> i64 {
    (instant - DAY).num_seconds() / 30
}

pub(super) fn span_of(half_minutes: &HalfMinutes) -> Span {
    Span::new(instant(half_minutes.start), instant(half_minutes.end)).expect("a span")
}

/// Every minute at which a session may be open, and some around.
pub(super) fn every_minute() -> impl Iterator<Item = i64> {
    (-20..260).step_by(2)
}

impl World {
    pub(super) fn occupied(&self) -> Occupied {
        let spans = self
            .busy
            .iter()
            .map(|(reason, span)| (*reason, span_of(span)));
        Occupied::from_unsorted(spans.collect())
    }

    pub(super) fn closed_days(&self) -> BusySpans {
        BusySpans::from_unsorted(self.closed_days.iter().map(span_of).collect())
    }

    pub(super) fn pools(&self) -> Vec<Vec<Pool>> {
        let spans =
            |spans: &[HalfMinutes]| BusySpans::from_unsorted(spans.iter().map(span_of).collect());
        let pool = |rules: TimingRules, (place, pool): (usize, &PoolInWorld)| Pool {
            need: Need::Equipment,
            wanted: pool.wanted,
            members: pool
                .members
                .iter()
                .enumerate()
                .map(|(member, times)| Member {
                    resource_id: member_id(place, member),
                    claims: spans(&times.claims),
                    unavailable: spans(&times.unavailable),
                    ration: None,
                    timing: times
                        .buffers
                        .map(|_| Timing::new(times.rules(rules)).expect("a timing")),
                    capped: times.capped(),
                })
                .collect(),
        };
        let of_offer = |(pools, offer): (&Vec<PoolInWorld>, &Offer<'_>)| {
            let rules = offer.timing.rules();
            pools.iter().enumerate().map(|it| pool(rules, it)).collect()
        };
        self.pools.iter().zip(&self.offers).map(of_offer).collect()
    }

    pub(super) fn offers<'a>(
        &'a self,
        closed_days: &'a BusySpans,
        pools: &'a [Vec<Pool>],
    ) -> Vec<Offer<'a>> {
        let closes = self
            .closes
            .iter()
            .map(|closes| closes.then_some(closed_days));
        self.offers
            .iter()
            .zip(closes.zip(&self.places))
            .zip(pools)
            .map(|((offer, (closed_on, places)), pools)| Offer {
                closed_on,
                pools,
                places: places.as_ref(),
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

fn any_pools() -> impl Strategy<Value = Vec<PoolInWorld>> {
    let member = (
        vec(any_stretch(), 0..4),
        vec(any_stretch(), 0..2),
        option::weighted(0.3, (0..20_u32, 0..20_u32)),
        option::weighted(0.3, 1..4_u32),
    );
    let member = member.prop_map(
        |(claims, unavailable, buffers, most_per_day)| MemberInWorld {
            claims,
            unavailable,
            buffers,
            most_per_day,
        },
    );
    let pool = (0..3_usize, vec(member, 0..4))
        .prop_map(|(wanted, members)| PoolInWorld { wanted, members });
    prop_oneof![2 => Just(Vec::new()), 1 => vec(pool, 1..3)]
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

/// Of three places at most, and more asked for; the session has claimed both, one or none.
fn any_places() -> impl Strategy<Value = (Places, [bool; 2])> {
    let claims = any::<[bool; 2]>();
    (1..4_i64, 0..5_u32, 0..2_u32, claims).prop_map(|(capacity, taken, kept, claims)| {
        let places = Places {
            capacity: Capacity::new(capacity).expect("a capacity"),
            taken,
            kept,
            claimed: BTreeSet::new(),
        };
        (places, claims)
    })
}

/// The offer as it is of a session that many attend: one slot, as long as the session.
fn attended_by_many(
    offer: Offer<'static>,
    (places, [counsellor, room]): (Places, [bool; 2]),
) -> Option<(Offer<'static>, Places)> {
    let counsellor = Some(ResourceId::from(offer.counsellor_id)).filter(|_| counsellor);
    let room = offer.room_id.map(ResourceId::from).filter(|_| room);
    let claimed = counsellor.into_iter().chain(room).collect();
    let timing = offer.timing.whole(offer.opening)?;
    Some((Offer { timing, ..offer }, Places { claimed, ..places }))
}

fn any_attended() -> impl Strategy<Value = (Offer<'static>, Option<Places>)> {
    let places = option::weighted(0.3, any_places());
    (any_offer(), places, 0..2_u32).prop_map(|(offer, places, at_desk)| {
        match places.and_then(|places| attended_by_many(offer, places)) {
            Some((offer, places)) => (Offer { at_desk, ..offer }, Some(places)),
            None => (offer, None),
        }
    })
}

pub(super) fn any_world() -> impl Strategy<Value = World> {
    let offers = vec((any_attended(), any::<bool>(), any_pools()), 1..6);
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
                .map(|offer| ((offer.0.0.service_id, offer.0.0.session_id), offer))
                .collect();
            let mut in_world = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
            for ((offer, places), closes, pools) in offers.into_values().rev() {
                in_world.0.push(offer);
                in_world.1.push(closes);
                in_world.2.push(pools);
                in_world.3.push(places);
            }
            let (offers, closes, pools, places) = in_world;
            World {
                offers,
                busy,
                closed_days,
                closes,
                pools,
                places,
                window,
                now,
            }
        },
    )
}
