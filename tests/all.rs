//! Black-box tests: real HTTP against the real program on a real Postgres.

mod auth;
mod booking;
mod clocks;
mod courses;
mod demo;
mod guide;
mod loans;
mod operation;
mod permissions;
mod problems;
mod readme;
mod sandbox;
mod series;
mod setup;
mod sick_days;
mod specification;
mod visits;
mod waitlist;
mod walls;
mod web;
