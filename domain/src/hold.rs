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

    /// The slot that may be booked with it: until it expires.
    pub fn redeem(self, now: DateTime<Utc>) -> Result<SlotId, HoldExpired> {
        if now < self.expires_at {
            Ok(self.slot)
        } else {
            Err(HoldExpired)
        }
    }
}
