//! What no route answers: a wrong method on a known path, or an unknown path.

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::PathItem;

use crate::problems::{Code, Problem};

/// The methods of every path, as the specification has them.
#[derive(Debug, Clone)]
pub struct KnownPaths(Vec<(String, String)>);

impl KnownPaths {
    #[must_use]
    pub fn of(specification: &OpenApi) -> Self {
        let paths = specification.paths.paths.iter();
        Self(
            paths
                .map(|(template, item)| (template.clone(), methods(item)))
                .collect(),
        )
    }

    fn allowed(&self, path: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(template, _)| matches(template, path))
            .map(|(_, methods)| methods.as_str())
    }
}

fn methods(item: &PathItem) -> String {
    let known = [
        (Method::GET, &item.get),
        (Method::HEAD, &item.get),
        (Method::POST, &item.post),
        (Method::PUT, &item.put),
        (Method::PATCH, &item.patch),
        (Method::DELETE, &item.delete),
    ];
    let given = known.iter().filter(|(_, operation)| operation.is_some());
    given
        .map(|(method, _)| method.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

fn matches(template: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) if wanted == given => {}
            (Some(wanted), Some(given)) if wanted.starts_with('{') && !given.is_empty() => {}
            _ => return false,
        }
    }
}

/// The default service.
pub async fn fallback(
    request: HttpRequest,
    known: web::Data<KnownPaths>,
) -> Result<HttpResponse, Problem> {
    Err(match known.allowed(request.path()) {
        Some(methods) => {
            let detail = format!("this path knows {methods}");
            Problem::because(Code::MethodNotAllowed, detail).allowing(methods.to_owned())
        }
        None => Problem::not_found(),
    })
}
