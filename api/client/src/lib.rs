//! A thin client of Sprechstunde: typed calls, tokens that renew themselves, and writes that are
//! repeated under their idempotency key until somebody answers.

mod calls;
mod http;
mod session;
mod things;

pub use calls::{Appointments, Booking, Search};
pub use http::{Client, Error, Problem};
pub use session::{Session, Tokens};
pub use things::{Appointment, Counsellor, Person, Service, Slot, TextMap};
