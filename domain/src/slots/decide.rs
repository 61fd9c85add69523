use chrono::{DateTime, Utc};

use super::busy::is_busy;
use super::occupied::Occupied;
use super::offer::Offer;
use super::pool::Need;
use crate::ids::ResourceId;
use crate::minutes::{WholeMinute, minute_at_or_after};
use crate::span::Span;

/// What a booking of a free slot takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// As the visitor sees it, without buffers.
    pub slot: Span,
    /// To be claimed of the counsellor, the room and what was chosen.
    pub span: Span,
    /// Of what else it needs.
    pub chosen: Vec<(Need, ResourceId)>,
}

/// Why a start cannot be booked: the first reason, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unbookable {
    #[error("the session is not open for the whole of this time")]
    OutsideSession,
    #[error("no appointment of this session starts at this time")]
    OffGrid,
    #[error("it is too late to book this time: the service asks for earlier notice")]
    TooLate,
    #[error("it is too early to book this time: the service does not book so far ahead yet")]
    TooEarly,
    #[error("this time has been taken by somebody else")]
    Taken,
    #[error("all places of this session have been taken")]
    Full,
    #[error("nobody is available at this time: there is an absence or a closure")]
    Unavailable,
    #[error("no more appointments are given around this time: choose another one")]
    CapReached,
    #[error("what this appointment needs is not free at this time: {}", .0.as_str())]
    Missing(Need),
}

/// Decides about one start by the rules of [`free_slots`](super::free_slots): what that lists, and
/// only that, is free here, but for the window and for sessions that overlap.
pub fn is_free(
    offer: &Offer<'_>,
    starts_at: WholeMinute,
    occupied: &Occupied,
    now: DateTime<Utc>,
) -> Result<Claim, Unbookable> {
    let rules = offer.timing.rules();
    let start = i64::from(starts_at.epoch_minutes());
    let now = minute_at_or_after(now);
    let is_busy = |stretches: &[_], reach| is_busy(stretches, start, reach);
    let claim_reach = offer.timing.claim_reach();
    let slot_reach = offer.timing.slot_reach();

    if starts_at < offer.opening.from() || start >= offer.starts_before() {
        return Err(Unbookable::OutsideSession);
    }
    if !offer.grid().has(start) {
        return Err(Unbookable::OffGrid);
    }
    if start < now + i64::from(rules.minimum_notice.count()) {
        return Err(Unbookable::TooLate);
    }
    if start >= now + i64::from(rules.horizon.count()) {
        return Err(Unbookable::TooEarly);
    }
    if occupied
        .claims(offer)
        .iter()
        .any(|claims| is_busy(claims, claim_reach))
    {
        return Err(Unbookable::Taken);
    }
    if offer.places_left() == 0 {
        return Err(Unbookable::Full);
    }
    if occupied
        .unavailability(offer)
        .iter()
        .any(|spans| is_busy(spans, slot_reach))
    {
        return Err(Unbookable::Unavailable);
    }
    if !offer.is_within_caps(start) {
        return Err(Unbookable::CapReached);
    }
    let mut chosen = Vec::new();
    for pool in offer.pools {
        let resources = pool.choose(start, offer.timing);
        let resources = resources.ok_or(Unbookable::Missing(pool.need))?;
        chosen.extend(resources.into_iter().map(|resource| (pool.need, resource)));
    }
    let slot = offer.timing.slot(starts_at);
    Ok(Claim {
        slot,
        span: offer.timing.claim(slot),
        chosen,
    })
}
