//! Rooms lent, and the meetings and talks in them.

mod bad_input;
mod held;
mod meetings;
mod races;
mod series;
mod stage;
mod story;
mod stranded;
mod talks;
mod visitors;
