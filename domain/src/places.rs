//! The places of a session that many attend at once.

use std::collections::BTreeSet;

use crate::ids::ResourceId;

/// How many places one session can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Capacity(u16);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a session has 1 to {} places", Capacity::MOST)]
pub struct NoCapacity;

impl Capacity {
    pub const MOST: u16 = 500;

    pub fn new(count: i64) -> Result<Self, NoCapacity> {
        u16::try_from(count)
            .ok()
            .filter(|count| (1..=Self::MOST).contains(count))
            .map(Self)
            .ok_or(NoCapacity)
    }

    #[must_use]
    pub const fn count(self) -> u16 {
        self.0
    }
}

/// What is known of the places of one session, and of its own claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    pub capacity: Capacity,
    /// By appointments, and holds that have not expired.
    pub taken: u32,
    /// For others than the one who asks, and not taken by them yet.
    pub kept: u32,
    /// What the session has claimed for itself: counsellor and room, as far as they were free.
    pub claimed: BTreeSet<ResourceId>,
}

impl Places {
    /// How many are free for the one who asks.
    #[must_use]
    pub fn left(&self) -> u32 {
        let capacity = u32::from(self.capacity.count());
        capacity
            .saturating_sub(self.taken)
            .saturating_sub(self.kept)
    }
}

/// With how many participants a session takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Minimum {
    pub participants: Capacity,
    /// How long before the start it is looked at.
    pub deadline: crate::minutes::Minutes,
}

impl Minimum {
    /// Whether the coordinator has to decide: the deadline has passed, and fewer have booked.
    #[must_use]
    pub fn is_missed(
        self,
        participants: u32,
        starts_at: chrono::DateTime<chrono::Utc>,
        now: chrono::DateTime<chrono::Utc>,
    ) -> bool {
        participants < u32::from(self.participants.count())
            && now + self.deadline.time_delta() >= starts_at
    }
}

#[cfg(test)]
mod tests;
