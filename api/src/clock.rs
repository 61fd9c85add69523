//! The one place that asks what time it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

/// The machine's clock, which tests can set forward.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    ahead_micros: Arc<AtomicI64>,
}

impl Clock {
    /// In whole microseconds, as Postgres keeps them.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the program's clock")]
    pub fn now(&self) -> DateTime<Utc> {
        let now = Utc::now() + TimeDelta::microseconds(self.ahead_micros.load(Ordering::Relaxed));
        DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
    }

    /// A clock that shows another time now, and goes on from there.
    #[must_use]
    pub fn showing(&self, instant: DateTime<Utc>) -> Self {
        let ahead = self.ahead_micros.load(Ordering::Relaxed);
        let ahead = ahead
            + (instant - self.now())
                .num_microseconds()
                .unwrap_or_default();
        Self {
            ahead_micros: Arc::new(AtomicI64::new(ahead)),
        }
    }

    /// By whole seconds.
    pub fn advance(&self, by: TimeDelta) {
        self.ahead_micros
            .fetch_add(by.num_seconds() * 1_000_000, Ordering::Relaxed);
    }
}
