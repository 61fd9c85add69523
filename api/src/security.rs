//! Whom to tell of a weakness (RFC 9116).

use actix_web::HttpResponse;
use actix_web::http::header::{self, ContentType};
use actix_web::web::{self, ServiceConfig};
use chrono::{SecondsFormat, TimeDelta};

use crate::app::AppData;
use crate::problems::Problem;
use crate::web::refuse;

const PATH: &str = "/.well-known/security.txt";

/// How long what it says may be relied on; less than a year is advised.
const LASTS: TimeDelta = TimeDelta::days(180);

/// Registers the file, which is no operation of the API.
pub fn security(config: &mut ServiceConfig) {
    let file = web::resource(PATH).get(whom_to_tell);
    config.service(file.default_service(web::to(refuse)));
}

async fn whom_to_tell(app: AppData) -> Result<HttpResponse, Problem> {
    let contact = app
        .security_contact
        .as_deref()
        .ok_or_else(Problem::not_found)?;
    let expires = (app.clock.now() + LASTS).to_rfc3339_opts(SecondsFormat::Secs, true);
    let base = &app.base_url;
    Ok(HttpResponse::Ok()
        .content_type(ContentType::plaintext())
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(format!(
            "Contact: {contact}\nExpires: {expires}\nPreferred-Languages: de, en\nCanonical: {base}{PATH}\n"
        )))
}
