//! The reference front end: a page for visitors and one for the day, out of the program itself.
//!
//! They speak to the public API as anybody else's front end does, and are no part of its description.

use std::borrow::Cow;

use actix_web::http::header;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Resource};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use persistence::vault::fingerprint;

use crate::extract::IfNoneMatch;
use crate::problems::{Code, Problem};

/// A file, and where it is served.
pub(crate) struct File {
    pub(crate) path: Cow<'static, str>,
    pub(crate) media_type: &'static str,
    pub(crate) content: Cow<'static, str>,
}

pub(crate) const HTML: &str = "text/html; charset=utf-8";
const SVG: &str = "image/svg+xml";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

macro_rules! files {
    ($($path:expr, $name:literal, $media_type:expr;)+) => {
        &[$(File {
            path: Cow::Borrowed($path),
            media_type: $media_type,
            content: Cow::Borrowed(include_str!(concat!("../web/", $name))),
        }),+]
    };
}

macro_rules! beside {
    ($media_type:expr; $($name:literal)+) => {
        files! { $(concat!("/web/", $name), $name, $media_type;)+ }
    };
}

const PAGES: &[File] = files! {
    "/", "index.html", HTML;
    "/day", "day.html", HTML;
};
const PICTURES: &[File] = beside! { SVG; "icon.svg" };
const STYLES: &[File] = beside! { CSS; "style.css" "print.css" };
const MODULES: &[File] = beside! { SCRIPT;
    "visitor.js"
    "visitor/booking.js"
    "visitor/confirmation.js"
    "visitor/facts.js"
    "visitor/own.js"
    "visitor/pending.js"
    "visitor/search.js"
    "visitor/slots.js"
    "visitor/times.js"
    "visitor/where.js"
    "day.js"
    "day/desk.js"
    "day/list.js"
    "day/row.js"
    "day/staff.js"
    "day/steps.js"
    "shared/client.js"
    "shared/dialogs.js"
    "shared/directory.js"
    "shared/elements.js"
    "shared/format.js"
    "shared/language.js"
    "shared/notices.js"
    "shared/views.js"
    "texts/de.js"
    "texts/de-simple.js"
    "texts/en.js"
};

/// Nothing from elsewhere, nothing in line, nothing made of strings; and a form that no script has
/// taken never sends a password in an address.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'none'; base-uri 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'; trusted-types 'none'";

/// Registers the files; none of them is an operation of the API.
pub fn pages(config: &mut ServiceConfig) {
    for file in [PAGES, PICTURES, STYLES, MODULES].into_iter().flatten() {
        config.service(resource(file));
    }
}

/// Answers with a file, and refuses everything but to read it.
pub(crate) fn resource(file: &'static File) -> Resource {
    let etag = etag(file);
    let answer = move |known: IfNoneMatch| {
        let answer = respond(file, &etag, &known);
        async move { answer }
    };
    web::resource(file.path.as_ref())
        .get(answer)
        .default_service(web::to(refuse))
}

/// Weak, since the same file may be sent compressed.
fn etag(file: &File) -> String {
    let fingerprint = fingerprint(file.content.as_bytes());
    format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(&fingerprint[..12]))
}

/// Asked for anew each time, so that a page and its modules are always of one version.
fn respond(file: &'static File, etag: &str, known: &IfNoneMatch) -> HttpResponse {
    let is_known = known.has(etag);
    let mut response = if is_known {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response
        .insert_header((header::ETAG, etag))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"));
    if is_known {
        response.finish()
    } else {
        response
            .content_type(file.media_type)
            .body(file.content.as_ref())
    }
}

pub(crate) async fn refuse() -> Result<HttpResponse, Problem> {
    let detail = "this path knows GET, HEAD";
    Err(Problem::because(Code::MethodNotAllowed, detail).allowing("GET, HEAD".to_owned()))
}
