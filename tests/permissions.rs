//! Who may do what, tried on every operation.

mod walk;
mod world;
