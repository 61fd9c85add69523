//! Operations that will go say so with each answer: since when they are deprecated (`Deprecation`,
//! RFC 9745), and when they will be gone (`Sunset`, RFC 8594). It stands beside the operation:
//!
//! ```text
//! #[utoipa::path(…, extensions(
//!     ("x-deprecated-since" = json!("2027-01-01")),
//!     ("x-sunset" = json!("2027-07-01")),
//! ))]
//! ```

use std::collections::HashMap;

use actix_web::HttpRequest;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};

/// What the operations that will go say, by the template of their path and their method.
#[derive(Debug, Default)]
pub struct Deprecations(HashMap<(String, Method), HeaderMap>);

impl Deprecations {
    #[must_use]
    pub fn of(specification: &OpenApi) -> Self {
        let items = specification.paths.paths.iter();
        let said = items.flat_map(|(template, item)| {
            operations(item).filter_map(move |(method, operation)| {
                Some(((template.clone(), method), announcement(operation)?))
            })
        });
        Self(said.collect())
    }

    fn headers(&self, request: &HttpRequest) -> Option<&HeaderMap> {
        if self.0.is_empty() {
            return None;
        }
        let method = match request.method() {
            &Method::HEAD => Method::GET,
            method => method.clone(),
        };
        self.0.get(&(request.match_pattern()?, method))
    }
}

fn operations(item: &PathItem) -> impl Iterator<Item = (Method, &Operation)> {
    let operations = [
        (Method::GET, &item.get),
        (Method::POST, &item.post),
        (Method::PATCH, &item.patch),
        (Method::DELETE, &item.delete),
    ];
    let described = operations.into_iter();
    described.filter_map(|(method, operation)| Some((method, operation.as_ref()?)))
}

fn announcement(operation: &Operation) -> Option<HeaderMap> {
    let since = format!(
        "@{}",
        midnight(operation, "x-deprecated-since")?.timestamp()
    );
    let sunset = midnight(operation, "x-sunset")?.format("%a, %d %b %Y %H:%M:%S GMT");
    let said = [("deprecation", since), ("sunset", sunset.to_string())];
    let headers = said.into_iter().filter_map(|(name, value)| {
        Some((
            HeaderName::from_static(name),
            HeaderValue::from_str(&value).ok()?,
        ))
    });
    Some(headers.collect())
}

fn midnight(operation: &Operation, name: &str) -> Option<DateTime<Utc>> {
    let date = operation.extensions.as_ref()?.get(name)?.as_str()?;
    let date: NaiveDate = date.parse().ok()?;
    Some(date.and_time(NaiveTime::MIN).and_utc())
}

/// Middleware.
pub async fn announce(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let deprecations = request.app_data::<Data<Deprecations>>().cloned();
    let mut response = next.call(request).await?;
    let said = deprecations.as_ref();
    let said = said.and_then(|said| said.headers(response.request()));
    for (name, value) in said.into_iter().flatten() {
        let headers = response.response_mut().headers_mut();
        headers.insert(name.clone(), value.clone());
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use actix_web::middleware::from_fn;
    use actix_web::{App, HttpResponse, get, test};
    use utoipa_actix_web::AppExt;

    use super::*;

    /// Will go
    #[utoipa::path(responses((status = 200, description = "Still there")), extensions(
        ("x-deprecated-since" = json!("2027-01-01")),
        ("x-sunset" = json!("2027-07-01")),
    ))]
    #[get("/old/{id}")]
    async fn old() -> HttpResponse {
        HttpResponse::Ok().finish()
    }

    /// Will stay
    #[utoipa::path(responses((status = 200, description = "There")))]
    #[get("/new/{id}")]
    async fn new() -> HttpResponse {
        HttpResponse::Ok().finish()
    }

    #[actix_web::test]
    async fn what_will_go_says_since_when_and_until_when() {
        let (app, document) = App::new()
            .into_utoipa_app()
            .service(old)
            .service(new)
            .split_for_parts();
        let deprecations = Data::new(Deprecations::of(&document));
        let app = app.app_data(deprecations).wrap(from_fn(announce));
        let app = test::init_service(app).await;
        for (path, said) in [("/old/1", true), ("/new/1", false), ("/none", false)] {
            let request = test::TestRequest::with_uri(path);
            let answer = test::call_service(&app, request.to_request()).await;
            let header = |name| {
                answer
                    .headers()
                    .get(name)
                    .and_then(|value| value.to_str().ok())
            };
            let expected = ["@1798761600", "Thu, 01 Jul 2027 00:00:00 GMT"];
            assert_eq!(header("deprecation"), said.then_some(expected[0]), "{path}");
            assert_eq!(header("sunset"), said.then_some(expected[1]), "{path}");
        }
    }
}
