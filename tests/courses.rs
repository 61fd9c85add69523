//! Courses: several dates that are booked as one.

mod bad_input;
mod changes;
mod races;
mod story;
