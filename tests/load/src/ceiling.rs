//! A route that does nothing but answer: what HTTP alone costs on this machine.

use actix_web::{App, HttpResponse, HttpServer, web};

use crate::Failure;

/// Serves at `LOAD_LISTEN` until it is killed, with as many threads as the program has.
pub async fn serve() -> Result<(), Failure> {
    let listen = std::env::var("LOAD_LISTEN")?;
    let server = HttpServer::new(|| App::new().route("/", web::get().to(answer)));
    server.workers(2).bind(listen)?.run().await?;
    Ok(())
}

async fn answer() -> HttpResponse {
    HttpResponse::Ok().json(["nothing"])
}
