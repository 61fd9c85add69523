//! What a run plays on: real processes, a real Postgres, a wire that can be cut.
//!
//! Whatever is dropped is killed, so a run that panics leaves no process behind.

mod account;
mod backup;
mod build;
mod disk;
mod furnished;
mod instances;
mod ports;
mod postgres;
mod processes;
mod program;
mod server_programs;
mod shim;
mod standby;
mod superuser;
mod watch;
mod wire;

pub use account::scratch;
pub use backup::{copy, dump, restore};
use build::repository;
pub use build::{current, last_release};
pub use disk::Disk;
pub use furnished::{DATABASE, furnish, furnished};
pub use instances::SharedListener;
pub use postgres::{Cluster, Postgres};
pub use program::{MASTER_KEY, Program, Settings};
pub use shim::Clock;
pub use standby::Pair;
pub use watch::{Answered, LIVEZ, Observation, Watch};
pub use wire::{Direction, Wire};
