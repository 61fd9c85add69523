//! Whether the program keeps its word when everything around it breaks.
//!
//! A workload of visitors and staff writes down each call before it is sent and what came of it
//! afterwards; the checker holds these histories and the data base to the laws of the program.

pub mod checker;
mod database;
pub mod history;
pub mod runs;
pub mod stage;
pub mod workload;
