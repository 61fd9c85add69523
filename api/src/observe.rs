//! Around every request: its id, one line in the log, and problems in their final form.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use futures_util::FutureExt;
use uuid::Uuid;

use crate::metrics::Metrics;
use crate::problems::{Code, Problem};
use crate::tenant::noted;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Middleware. The log line has the route's template, never its values: no code or name, and no id but
/// that of the organisation.
pub async fn observe(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let started = Instant::now();
    let id = request_id(&request);
    let method = request.method().clone();
    let request = head_as_get(request);
    let (outcome, tenant) = noted(AssertUnwindSafe(next.call(request)).catch_unwind()).await;
    let response = match outcome {
        Ok(Ok(response)) => response.map_into_boxed_body(),
        Ok(Err(error)) => return Err(unhandled(error.as_error::<Problem>().cloned(), &id)),
        Err(_) => {
            log::error!("request {id} panicked");
            return Err(unhandled(None, &id));
        }
    };
    let mut response = in_final_form(response, &id);
    // Whatever does not say that it may be kept may not: it can be an appointment.
    if !response.headers().contains_key(header::CACHE_CONTROL) {
        let never = HeaderValue::from_static("no-store");
        response.headers_mut().insert(header::CACHE_CONTROL, never);
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let took = started.elapsed();
    let route = response
        .request()
        .match_pattern()
        .unwrap_or_else(|| "-".to_owned());
    let status = response.status().as_u16();
    if let Some(metrics) = response.request().app_data::<Data<Metrics>>() {
        metrics.count(method.as_str(), &route, status, took);
    }
    let tenant = tenant.map_or_else(|| "-".to_owned(), |tenant| tenant.to_string());
    let tenths = (took.as_secs_f64() * 10_000.0).round() / 10.0;
    log::info!(
        target: "access",
        id:%, method = method.as_str(), route:%, status, ms = tenths, tenant:%;
        "answered",
    );
    Ok(response)
}

/// A HEAD is answered as the GET would be; the server leaves the body out (RFC 9110, 9.3.2).
fn head_as_get(mut request: ServiceRequest) -> ServiceRequest {
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    request
}

/// The caller's id, if it is short and harmless, or a new one.
fn request_id(request: &ServiceRequest) -> String {
    let given = request
        .headers()
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok());
    let harmless = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    match given {
        Some(id) if (1..=64).contains(&id.len()) && id.bytes().all(harmless) => id.to_owned(),
        _ => Uuid::now_v7().to_string(),
    }
}

/// Gives every refusal, also those of the framework, the form of a problem document.
fn in_final_form(response: ServiceResponse<BoxBody>, id: &str) -> ServiceResponse<BoxBody> {
    let status = response.status();
    let problem = match response.response().error() {
        Some(error) => match error.as_error::<Problem>() {
            Some(problem) => problem.clone(),
            None => of_the_framework(status.as_u16()),
        },
        None if is_bare_refusal(&response) => of_the_framework(status.as_u16()),
        None => return response,
    };
    if problem.code == Code::Internal {
        log::error!("request {id} failed on our side");
    }
    let answer = problem.respond(occurrence(id));
    ServiceResponse::new(response.into_parts().0, answer)
}

/// A refusal that was no error on its way, as of the files of the documentation.
fn is_bare_refusal(response: &ServiceResponse<BoxBody>) -> bool {
    let media_type = response.headers().get(header::CONTENT_TYPE);
    let refused = response.status().is_client_error() || response.status().is_server_error();
    refused && media_type.is_none_or(|media_type| media_type != "application/problem+json")
}

/// What comes out when no response was made at all.
fn unhandled(problem: Option<Problem>, id: &str) -> actix_web::Error {
    problem
        .unwrap_or_else(|| Problem::new(Code::Internal))
        .occurring_as(occurrence(id))
        .into()
}

fn occurrence(id: &str) -> String {
    format!("urn:sprechstunde:request:{id}")
}

fn of_the_framework(status: u16) -> Problem {
    Problem::new(match status {
        404 => Code::NotFound,
        405 => Code::MethodNotAllowed,
        408 => Code::TooSlow,
        413 => Code::TooLarge,
        415 => Code::UnsupportedMediaType,
        400..=499 => Code::InvalidRequest,
        503 => Code::Unavailable,
        _ => Code::Internal,
    })
}
