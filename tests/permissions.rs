//! Who may do what, tried on every operation.

mod entrances;
mod walk;
pub mod world;
