//! The pure model of Sprechstunde.
//!
//! Knows no HTTP, SQL, async, serde, clock or randomness: `now` and random values are arguments.

pub mod holidays;
pub mod ids;
pub mod modality;
pub mod publication;
pub mod recurrence;
pub mod schedule;
pub mod span;
pub mod texts;
