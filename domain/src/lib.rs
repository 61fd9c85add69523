//! The pure model of Sprechstunde.
//!
//! Knows no HTTP, SQL, async, serde, clock or randomness: `now` and random values are arguments.

pub mod crockford;
pub mod ids;
pub mod minutes;
pub mod slot_id;
pub mod slots;
pub mod span;
pub mod texts;
