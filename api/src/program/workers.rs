//! What runs beside the requests. Every instance does it; the data base shares the work out.

use std::time::Duration;

use persistence::{housekeeping, schedules};

use crate::app::App;

/// How often somebody looks for work.
const PAUSE: Duration = Duration::from_secs(30);

/// Works until it is dropped. A failure is logged and tried again.
pub(super) async fn work(app: &App) {
    loop {
        if let Err(error) = once(app).await {
            log::warn!("the worker failed and will try again: {error}");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn once(app: &App) -> persistence::Result<()> {
    let now = app.clock.now();
    while housekeeping::sweep(&app.database, now).await? > 0 {}
    schedules::extend_horizons(&app.database, now).await?;
    Ok(())
}
