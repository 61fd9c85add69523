//! Black-box tests: real HTTP against the real program on a real Postgres.

mod problems;
mod setup;
