//! Measures the program against a data base of a million appointments and more. See README.md.

pub mod asking;
pub mod besides;
pub mod calls;
pub mod ceiling;
pub mod cluster;
pub mod fill;
pub mod http;
pub mod machine;
pub mod measure;
pub mod network;
pub mod pgbench;
pub mod processes;
pub mod program;
pub mod recorder;
pub mod recordings;
pub mod report;
pub mod results;
pub mod subjects;
pub mod waiting;

/// Why a measurement cannot go on.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
