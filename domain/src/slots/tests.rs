//! Fixtures of the slot algebra's tests. Days are in UTC unless a test says otherwise.

mod agreement;
mod caps;
mod daylight_saving;
mod decisions;
mod explaining;
mod oracle;
mod overlaps;
mod rules;
mod week_caps;
mod worlds;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{
    BusySpans, Capped, Member, Need, Occupied, Offer, Opening, Pool, Reason, Slot, Timing,
    TimingRules,
};
use crate::ids::{CounsellorId, ResourceId};
use crate::minutes::{Minutes, WholeMinute};
use crate::span::Span;

fn minutes(count: u32) -> Minutes {
    Minutes::new(count).expect("minutes")
}

/// `HH:MM` or `HH:MM:SS` of the day on which most tests play.
fn at(time: &str) -> DateTime<Utc> {
    let seconds = if time.len() == 5 { ":00" } else { "" };
    format!("2026-11-23T{time}{seconds}Z")
        .parse()
        .expect("a time")
}

fn span(from: &str, before: &str) -> Span {
    Span::new(at(from), at(before)).expect("a span")
}

fn whole_minute(instant: DateTime<Utc>) -> WholeMinute {
    WholeMinute::new(instant).expect("a whole minute")
}

/// Can be booked at once and for the week to come.
fn rules(length: u32, start_every: u32, buffers: (u32, u32)) -> TimingRules {
    TimingRules {
        length: minutes(length),
        start_every: minutes(start_every),
        buffer_before: minutes(buffers.0),
        buffer_after: minutes(buffers.1),
        minimum_notice: Minutes::NONE,
        horizon: minutes(7 * 24 * 60),
    }
}

fn offer(session: u128, opening: Span, rules: TimingRules) -> Offer<'static> {
    Offer {
        organisation_id: Uuid::from_u128(1).into(),
        session_id: Uuid::from_u128(session).into(),
        service_id: Uuid::from_u128(2).into(),
        site_id: Uuid::from_u128(3).into(),
        counsellor_id: Uuid::from_u128(4).into(),
        room_id: Some(Uuid::from_u128(5).into()),
        opening: Opening::new(opening).expect("an opening"),
        timing: Timing::new(rules).expect("a timing"),
        places: None,
        at_desk: 0,
        closed_on: None,
        capped: None,
        week: None,
        pools: &[],
    }
}

fn claimed(resource: impl Into<ResourceId>, from: &str, before: &str) -> (Reason, Span) {
    (Reason::Claim(resource.into()), span(from, before))
}

fn occupied(spans: &[(Reason, Span)]) -> Occupied {
    Occupied::from_unsorted(spans.to_vec())
}

/// All of the day, seen from midnight.
fn slots_of_the_day(offers: &[Offer<'_>], spans: &[(Reason, Span)]) -> Vec<Slot> {
    let day = Span::new(at("00:00"), at("00:00") + TimeDelta::days(1)).expect("a day");
    free_slots(offers, &occupied(spans), day, at("00:00"))
}

/// When the slots of the day start.
fn starts(offers: &[Offer<'_>], spans: &[(Reason, Span)]) -> Vec<String> {
    start_times(&slots_of_the_day(offers, spans))
}

fn start_times(slots: &[Slot]) -> Vec<String> {
    slots
        .iter()
        .map(|slot| slot.span.from().format("%H:%M").to_string())
        .collect()
}

/// All at once.
fn free_slots(
    offers: &[Offer<'_>],
    occupied: &Occupied,
    window: Span,
    now: DateTime<Utc>,
) -> Vec<Slot> {
    super::free_slots(offers, occupied, window, now).collect()
}
