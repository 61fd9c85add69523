use std::net::TcpListener;

use persistence::migrations;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

use super::ProgramError;
use super::greeting::Greeting;
use super::home::{Home, Stay};
use super::start::assemble;
use super::workers;
use crate::config::Config;
use crate::{demo, server};

/// Serves until SIGINT or SIGTERM.
pub(super) fn serve(config: &Config, runtime: &Runtime, migrate: bool) -> Result<(), ProgramError> {
    let address = config.listen()?;
    let listener =
        TcpListener::bind(address).map_err(|error| ProgramError::Listen(address, error))?;
    let home = Home::open(config, runtime, Stay::Serving)?;
    let served = runtime.block_on(async {
        if migrate {
            migrations::migrate(&home.url).await?;
        }
        let (app, installation) = assemble(config, &home).await?;
        let demo = if home.is_private() {
            demo::load_if_empty(&app).await?
        } else {
            None
        };
        let server = server::serve(app.clone(), listener, config.workers()?)?;
        let greeting = Greeting {
            app: &app,
            address,
            folder: home.folder(),
            setup_token: installation.setup_token.filter(|_| demo.is_none()),
            demo,
        };
        greeting.print();
        let handle = server.handle();
        let stopped = tokio::spawn(async move {
            until_told_to_stop().await;
            log::info!("finishing the requests that are under way");
            handle.stop(true).await;
        });
        tokio::select! {
            ended = server => ended?,
            () = workers::work(&app) => {}
        }
        stopped.abort();
        Ok(())
    });
    drop(home);
    served
}

async fn until_told_to_stop() {
    let (Ok(mut interrupt), Ok(mut terminate)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        return;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
