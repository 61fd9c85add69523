//! Who may do what, tried on every operation.

mod entrances;
mod lost;
mod walk;
pub mod world;
