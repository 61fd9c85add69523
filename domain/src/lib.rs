#![doc = include_str!("../README.md")]
//!
//! The pure model of Sprechstunde.
//!
//! Knows no HTTP, SQL, async, serde, clock or randomness: `now` and random values are arguments.

pub mod absence;
pub mod account;
pub mod actor;
pub mod any_counsellor;
pub mod appointment;
pub mod approval;
pub mod booking;
pub mod calendar;
pub mod caps;
pub mod closure;
pub mod code;
pub mod contact;
pub mod counsellor;
pub mod course;
pub mod crockford;
pub mod distance;
pub mod gender;
pub mod hold;
pub mod holidays;
pub mod ids;
pub mod invitation;
pub mod kept;
pub mod kept_places;
pub mod line;
pub mod loan;
pub mod meeting;
pub mod membership;
pub mod minutes;
pub mod modality;
pub mod modality_switch;
pub mod needs;
pub mod no_show;
pub mod open_hours;
pub mod organisation;
pub mod permission;
pub mod places;
pub mod proposal;
pub mod publication;
pub mod reason;
pub mod recurrence;
pub mod schedule;
pub mod series;
pub mod service;
pub mod session;
pub mod site;
pub mod slot_id;
pub mod slots;
pub mod span;
pub mod texts;
pub mod visits;
pub mod waitlist;
