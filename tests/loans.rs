//! Rooms lent, and the meetings and talks in them.

mod bad_input;
mod meetings;
mod races;
mod story;
mod stranded;
mod talks;
