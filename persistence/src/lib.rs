//! Postgres for Sprechstunde: migrations, rows and queries.
//!
//! Knows `domain` and diesel, not HTTP. Every invariant that matters is a named constraint in
//! `migrations/`; its violation is translated to a domain error in one place per capability.

pub mod cluster;
pub mod database;
pub mod embedded;
pub mod error;
pub mod migrations;
pub(crate) mod schema;
pub mod statement;
pub mod transaction;
pub mod vault;

pub use database::Database;
pub use error::{Error, Result};
