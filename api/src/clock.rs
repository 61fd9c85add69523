//! The one place that asks what time it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

/// The machine's clock, which tests can set forward.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    ahead_seconds: Arc<AtomicI64>,
}

impl Clock {
    /// In whole microseconds, as Postgres keeps them.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the program's clock")]
    pub fn now(&self) -> DateTime<Utc> {
        let now = Utc::now() + TimeDelta::seconds(self.ahead_seconds.load(Ordering::Relaxed));
        DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
    }

    pub fn advance(&self, by: TimeDelta) {
        self.ahead_seconds
            .fetch_add(by.num_seconds(), Ordering::Relaxed);
    }
}
