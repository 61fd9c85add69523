//! What runs beside the requests. Every instance does it; the data base shares the work out.

use std::time::Duration;

use persistence::housekeeping;
use tokio::task::JoinHandle;

use crate::app::App;

/// How often somebody looks for work.
const PAUSE: Duration = Duration::from_secs(30);

pub(super) fn start(app: &App) -> JoinHandle<()> {
    let app = app.clone();
    tokio::spawn(async move {
        loop {
            if let Err(error) = work(&app).await {
                log::warn!("the worker failed and will try again: {error}");
            }
            tokio::time::sleep(PAUSE).await;
        }
    })
}

async fn work(app: &App) -> persistence::Result<()> {
    while housekeeping::sweep(&app.database, app.clock.now()).await? > 0 {}
    Ok(())
}
