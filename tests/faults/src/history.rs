//! What clients asked and what they were told: one append-only file of JSON lines for each client.
//!
//! A call is written down and flushed before it is sent, so that nothing can happen that nobody
//! asked for, also when the client itself is killed.

mod clock;
mod operation;
mod read;
mod record;
mod write;

pub use clock::{Moment, Stopwatch};
pub use operation::Operation;
pub use read::{HistoryFolder, ReadError};
pub use record::{
    Baseline, BaselineAppointment, BaselineClaim, Call, Knowledge, Misfit, NoAnswer, Outcome,
    Record, Result, Role, Snapshot,
};
pub use write::Pen;
