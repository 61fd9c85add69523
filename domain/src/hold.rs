//! A short exclusive claim on a slot.

use chrono::{DateTime, TimeDelta, Utc};

use crate::ids::HoldId;
use crate::slot_id::SlotId;

/// How long a hold lasts.
pub const HOLD_LASTS: TimeDelta = TimeDelta::minutes(10);

/// Not yet an appointment; ends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    pub id: HoldId,
    pub slot: SlotId,
    pub expires_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the hold has expired: hold or book the slot anew")]
pub struct HoldExpired;

impl Hold {
    #[must_use]
    pub fn place(id: HoldId, slot: SlotId, now: DateTime<Utc>) -> Self {
        Self {
            id,
            slot,
            expires_at: now + HOLD_LASTS,
        }
    }

    /// The moment by whose rules the slot is booked: when it was held. A deadline that passed
    /// meanwhile is in nobody's way.
    pub fn redeem(self, now: DateTime<Utc>) -> Result<DateTime<Utc>, HoldExpired> {
        if now < self.expires_at {
            Ok(self.expires_at - HOLD_LASTS)
        } else {
            Err(HoldExpired)
        }
    }
}

#[cfg(test)]
mod tests;
