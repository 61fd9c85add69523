//! Which starts can be booked: sessions, minus claims, minus unavailability, by the rules of each
//! service. Slots are computed whenever somebody asks, and never stored.
//!
//! Everything that is decided falls on whole minutes. What takes time away is widened to whole
//! minutes first, which changes no answer: a slot that starts and ends on a minute cannot overlap
//! a part of a minute without overlapping all of it.

mod busy;
mod capped;
mod decide;
mod find;
mod free_starts;
mod occupied;
mod offer;
mod pool;
mod rules;
#[cfg(test)]
mod tests;
mod timing;
mod week_cap;

pub use busy::BusySpans;
pub use capped::Capped;
pub use decide::{Claim, Unbookable, is_free, verdicts};
pub use find::{Slot, free_slots};
pub use occupied::{Occupied, Reason};
pub use offer::{Offer, Opening};
pub use pool::{Chosen, Member, Need, Pool};
pub use rules::{Limit, Rule, Verdict};
pub use timing::{Timing, TimingError, TimingRules};
pub use week_cap::WeekCap;
