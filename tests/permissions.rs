//! Who may do what, tried on every operation.

mod walk;
pub mod world;
