//! The HTTP server.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::Data;
use actix_web::{App as ActixApp, HttpServer};
use utoipa_actix_web::AppExt;

use crate::app::App;
use crate::deprecation::{Deprecations, announce};
use crate::draining::{Draining, take_leave};
use crate::fallback::{KnownPaths, fallback};
use crate::guide;
use crate::memory;
use crate::metrics::Metrics;
use crate::observe::observe;
use crate::operation;
use crate::parameters::{KnownParameters, refuse_unknown};
use crate::routes::routes;
use crate::security;
use crate::specification::specification;
use crate::web;

/// Serves on the listener until it is stopped; running requests are finished then.
pub fn serve(
    app: App,
    listener: TcpListener,
    workers: usize,
    draining: Draining,
) -> std::io::Result<Server> {
    let document = specification();
    let known = Data::new(KnownPaths::of(&document));
    let parameters = Data::new(KnownParameters::of(&document));
    let deprecations = Data::new(Deprecations::of(&document));
    let printed = Data::new(operation::Printed::default());
    drop(document);
    memory::give_back();
    let draining = Data::new(draining);
    let metrics = Data::new(Metrics::default());
    let turns = Arc::new(Mutex::new(()));
    let server = HttpServer::new(move || {
        // Each worker describes all operations for a moment: one behind the other, to stay small.
        let turn = turns.lock();
        let app = ActixApp::new()
            .into_utoipa_app()
            .app_data(Data::new(of_one_worker(&app, workers)))
            .app_data(known.clone())
            .app_data(parameters.clone())
            .app_data(deprecations.clone())
            .app_data(printed.clone())
            .app_data(metrics.clone())
            .app_data(draining.clone())
            .configure(routes)
            .into_app();
        // The document that went with it is not wanted any more.
        memory::give_back();
        drop(turn);
        app.service(operation::docs())
            .service(actix_web::web::redirect("/docs", "docs/"))
            .configure(web::pages)
            .configure(guide::guide)
            .configure(security::security)
            .default_service(actix_web::web::to(fallback))
            .wrap(from_fn(refuse_unknown))
            .wrap(from_fn(announce))
            .wrap(Compress::default())
            .wrap(from_fn(observe))
            .wrap(from_fn(take_leave))
    });
    let server = server
        .workers(workers)
        .backlog(1024)
        .client_request_timeout(Duration::from_secs(5))
        .keep_alive(Duration::from_secs(60))
        .shutdown_timeout(10)
        .disable_signals()
        .listen(listener)?;
    Ok(server.run())
}

/// What the handlers of one worker reach: connections of its own, on its own thread.
fn of_one_worker(app: &App, workers: usize) -> App {
    match app.database.share(workers) {
        Ok(database) => App {
            database,
            ..app.clone()
        },
        Err(error) => {
            log::error!("a worker shares the connections of the program: {error}");
            app.clone()
        }
    }
}
