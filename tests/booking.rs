mod absences;
mod holds;
mod idempotency;
mod killed;
mod moves;
mod round_trips;
mod storm;
mod story;
