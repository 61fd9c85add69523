//! What runs beside the requests. Every instance does it; the data base shares the work out.

use std::time::Duration;

use chrono::{DateTime, Utc};
use persistence::{Database, housekeeping, schedules};

use crate::app::App;

/// How often somebody looks for work.
const PAUSE: Duration = Duration::from_secs(30);

/// Works until it is dropped. A failure is logged and tried again; it does not stop other work.
pub(super) async fn work(app: &App) {
    loop {
        let now = app.clock.now();
        if let Err(error) = sweep(&app.database, now).await {
            log::warn!("what is over could not be deleted, which will be tried again: {error}");
        }
        if let Err(error) = schedules::extend_horizons(&app.database, now).await {
            log::warn!("schedules could not be published, which will be tried again: {error}");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn sweep(database: &Database, now: DateTime<Utc>) -> persistence::Result<()> {
    while housekeeping::sweep(database, now).await? > 0 {}
    Ok(())
}
