//! What runs beside the requests. Every instance does it; the data base shares the work out.

use std::time::Duration;

use chrono::{DateTime, Utc};
use persistence::{Database, appointments, housekeeping, schedules};

use crate::app::App;
use crate::waitlist::offering::{self, offer_all};

/// How often somebody looks for work.
const PAUSE: Duration = Duration::from_secs(30);

/// How soon a failure is tried again.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Works until it is dropped.
pub(super) async fn work(app: &App) {
    tokio::join!(keep_house(app), serve_waitlists(app));
}

/// Offers what is free to those who wait, within a second or two.
async fn serve_waitlists(app: &App) {
    let mut offering = Health::new("offering slots to those who wait");
    loop {
        let pause = if offering.after(&offer_all(app).await) {
            offering::PAUSE
        } else {
            PAUSE_AFTER_FAILURE
        };
        tokio::time::sleep(pause).await;
    }
}

/// A failure is logged once and tried again until it passes; it does not
/// stop other work.
async fn keep_house(app: &App) {
    let mut sweeping = Health::new("deleting what is over");
    let mut expiring = Health::new("ending unanswered requests");
    let mut publishing = Health::new("publishing schedules");
    loop {
        let now = app.clock.now();
        let swept = sweeping.after(&sweep(&app.database, now).await);
        let ended = expire(&app.database, now).await;
        let expired = expiring.after(&ended);
        let extended = schedules::extend_horizons(&app.database, now).await;
        let published = publishing.after(&extended);
        let pause = if swept && expired && published {
            PAUSE
        } else {
            PAUSE_AFTER_FAILURE
        };
        tokio::time::sleep(pause).await;
    }
}

async fn sweep(database: &Database, now: DateTime<Utc>) -> persistence::Result<()> {
    while housekeeping::sweep(database, now).await? > 0 {}
    Ok(())
}

async fn expire(database: &Database, now: DateTime<Utc>) -> persistence::Result<()> {
    while appointments::expire_requests(database, now).await? > 0 {}
    Ok(())
}

/// Whether a work succeeds. The log says when that changes, not each time.
struct Health {
    work: &'static str,
    fails: bool,
}

impl Health {
    const fn new(work: &'static str) -> Self {
        Self { work, fails: false }
    }

    fn after<T>(&mut self, outcome: &persistence::Result<T>) -> bool {
        let work = self.work;
        match outcome {
            Err(error) if !self.fails => {
                log::warn!("{work} failed, which will be tried again: {error}");
            }
            Ok(_) if self.fails => log::info!("{work} works again"),
            _ => {}
        }
        self.fails = outcome.is_err();
        !self.fails
    }
}
