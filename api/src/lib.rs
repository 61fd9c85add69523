//! The HTTP API of Sprechstunde. `README.md` beside this crate tells its conventions.

pub mod app;
pub mod authentication;
pub mod checks;
pub mod clock;
pub mod config;
pub mod counsellors;
pub mod extract;
pub mod fallback;
pub mod idempotency;
pub mod observe;
pub mod operation;
pub mod organisations;
pub mod pages;
pub mod permit;
pub mod problems;
pub mod references;
pub mod refusals;
pub mod rooms;
pub mod routes;
pub mod server;
pub mod services;
pub mod sites;
pub mod specification;
pub mod views;
