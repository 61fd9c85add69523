use std::time::Instant;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A point in time: on the wall, for what the data base says, and since the start of the workload,
/// for what came before what whatever happens to the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moment {
    pub micros: u64,
    pub wall: DateTime<Utc>,
}

/// The one clock of a workload; all its clients read it.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch {
    started: Instant,
}

impl Stopwatch {
    #[must_use]
    pub fn start() -> Self {
        Self {
            started: Instant::now(),
        }
    }

    #[must_use]
    pub fn now(&self) -> Moment {
        Moment {
            micros: u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX),
            wall: wall(),
        }
    }
}

/// The time of the machine, to be compared with what the program wrote into the data base.
#[expect(
    clippy::disallowed_methods,
    reason = "a client beside the program has no clock of the program to ask"
)]
pub(crate) fn wall() -> DateTime<Utc> {
    Utc::now()
}
