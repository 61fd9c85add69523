//! What every parser promises of any bytes: it does not panic, it ends, what it takes it writes
//! again and reads the same, and what it refuses is a mistake of the caller.
//!
//! The same functions run three ways: over the corpus and mutations of it as an ordinary test
//! (`tests/bounded.rs`), and guided by coverage (`libfuzzer/`, `make fuzz`).

pub mod corpus;
pub mod mutation;
pub mod targets;

pub use targets::{TARGETS, Target};
