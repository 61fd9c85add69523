//! Postgres for Sprechstunde: migrations, rows and queries.
//!
//! Knows `domain` and diesel, not HTTP. Every invariant that matters is a named constraint in
//! `migrations/`; its violation is translated to a domain error in one place per capability.

pub mod absences;
pub mod accounts;
pub mod acting;
pub mod affected;
pub mod appointments;
pub mod audit;
pub mod claims;
pub mod closures;
pub mod cluster;
mod connecting;
pub use connecting::PLANNING;
pub mod connection;
pub mod counsellors;
pub mod courses;
pub mod database;
pub mod embedded;
pub mod emptying;
pub mod equipment;
pub mod error;
mod failover;
pub mod holds;
pub mod housekeeping;
pub mod idempotency;
pub mod installation;
pub mod invitations;
mod kept;
pub mod kept_places;
pub mod loans;
pub mod meetings;
pub mod memberships;
pub mod migrations;
pub mod modality_switches;
pub mod no_shows;
pub mod organisations;
mod outage;
pub mod places;
pub mod proposals;
pub mod references;
pub mod refresh_tokens;
pub mod resources;
pub mod rooms;
pub mod schedules;
mod schema;
pub mod series;
pub mod services;
pub mod sessions;
pub mod signing_keys;
pub mod sites;
pub mod slots;
mod spans;
mod statement;
pub mod stored;
pub mod tickets;
pub mod transaction;
pub mod transfer;
pub mod vault;
mod versioned;
pub mod waitlist;

pub use database::Database;
pub use error::{Error, Result};
pub use transaction::Transaction;
