use chrono::{DateTime, Utc};

use super::occupied::Occupied;
use super::offer::Offer;
use super::pool::{Chosen, Need};
use super::rules::{Start, Verdict};
use crate::minutes::WholeMinute;
use crate::span::Span;

/// What a booking of a free slot takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// As the visitor sees it, without buffers.
    pub slot: Span,
    /// To be claimed of the counsellor and the room.
    pub span: Span,
    /// Of what else it needs.
    pub chosen: Vec<Chosen>,
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
    #[error("this place is too far for whoever gives these visits")]
    TooFar,
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
    let start = Start {
        offer,
        starts_at,
        occupied,
        now,
    };
    if let Some(broken) = start.first_broken() {
        return Err(broken.unbookable());
    }
    let mut chosen = Vec::new();
    for pool in offer.pools {
        let of_pool = pool.choose(starts_at, offer.timing);
        chosen.extend(of_pool.ok_or(Unbookable::Missing(pool.need))?);
    }
    let slot = offer.timing.slot(starts_at);
    Ok(Claim {
        slot,
        span: offer.timing.claim(slot),
        chosen,
    })
}

/// What every rule says about a start: it is free when none is broken.
pub fn verdicts(
    offer: &Offer<'_>,
    starts_at: WholeMinute,
    occupied: &Occupied,
    now: DateTime<Utc>,
) -> Vec<Verdict> {
    let start = Start {
        offer,
        starts_at,
        occupied,
        now,
    };
    start.verdicts()
}
