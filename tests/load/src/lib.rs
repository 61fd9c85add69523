//! Measures the program against a data base of a million appointments and more.

pub mod cluster;
pub mod fill;
pub mod network;

/// Why a measurement cannot go on.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
