use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use listenfd::ListenFd;
use persistence::migrations;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

use super::ProgramError;
use super::greeting::Greeting;
use super::home::{Home, Stay};
use super::start::{assemble, patient};
use super::workers;
use crate::app::App;
use crate::config::Config;
use crate::draining::Draining;
use crate::{demo, server};

/// Serves until SIGINT or SIGTERM.
pub(super) fn serve(config: &Config, runtime: &Runtime, migrate: bool) -> Result<(), ProgramError> {
    let inherited = inherited()?;
    if inherited.is_none() {
        // Somebody in the way is told of before anything is started. It is given back until the
        // program is ready, or who connects early would wait in the queue.
        drop(bind(config.listen()?)?);
    }
    let home = Home::open(config, runtime, Stay::Serving)?;
    let served = runtime.block_on(async {
        if migrate {
            migrations::migrate(&home.url).await?;
        }
        let (app, installation) = assemble(config, &home).await?;
        let demo = if home.is_private() {
            demo::load_if_empty(&patient(&app)).await?
        } else {
            None
        };
        let app = App {
            sandbox: demo.is_some(),
            ..app
        };
        let listener = match inherited {
            Some(inherited) => inherited,
            None => bind(config.listen()?)?,
        };
        let address = listener.local_addr()?;
        let draining = Draining::default();
        let server = server::serve(app.clone(), listener, config.workers()?, draining.clone())?;
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
            draining.begin();
            log::info!("finishing the requests that are under way");
            // What was accepted already has to reach its worker before that one is stopped.
            handle.pause().await;
            tokio::time::sleep(Duration::from_millis(200)).await;
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

/// The socket that the program was started with (as systemd does, by `LISTEN_FDS`). It outlives
/// this program: who connects meanwhile waits for the next one, or is served by the other ones that
/// share it.
fn inherited() -> Result<Option<TcpListener>, ProgramError> {
    let inherited = ListenFd::from_env().take_tcp_listener(0)?;
    if inherited.is_some() {
        log::info!("serving on an inherited socket");
    }
    Ok(inherited)
}

fn bind(address: SocketAddr) -> Result<TcpListener, ProgramError> {
    TcpListener::bind(address).map_err(|error| ProgramError::Listen(address, error))
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
