//! Parameters of the query that an operation does not have: they are refused, not ignored, for
//! what they would have meant may be the opposite of what happens.

use std::collections::{BTreeSet, HashMap};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::web::Data;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::{OpenApi, RefOr};

use crate::problems::{Code, FieldProblem, Problem};

/// The names that every operation under `/v1` knows, by the template of its path and its method.
#[derive(Debug)]
pub struct KnownParameters(HashMap<String, Vec<(Method, BTreeSet<String>)>>);

impl KnownParameters {
    #[must_use]
    pub fn of(specification: &OpenApi) -> Self {
        let paths = specification.paths.paths.iter();
        let ours = paths.filter(|(template, _)| template.starts_with("/v1/"));
        Self(
            ours.map(|(template, item)| (template.clone(), operations(item)))
                .collect(),
        )
    }

    /// The first name that the operation does not know. What is no operation is refused elsewhere.
    fn first_unknown(&self, request: &ServiceRequest) -> Option<String> {
        let operations = self.0.get(&request.match_pattern()?)?;
        let (_, known) = operations
            .iter()
            .find(|(method, _)| method == request.method())?;
        let pairs: Vec<(String, String)> =
            serde_html_form::from_str(request.query_string()).ok()?;
        let mut names = pairs.into_iter().map(|(name, _)| name);
        names.find(|name| !known.contains(name))
    }
}

fn operations(item: &PathItem) -> Vec<(Method, BTreeSet<String>)> {
    let operations = [
        (Method::GET, &item.get),
        (Method::POST, &item.post),
        (Method::PUT, &item.put),
        (Method::PATCH, &item.patch),
        (Method::DELETE, &item.delete),
    ];
    let described = operations.into_iter();
    described
        .filter_map(|(method, operation)| Some((method, names(operation.as_ref()?))))
        .collect()
}

fn names(operation: &Operation) -> BTreeSet<String> {
    let described = operation.parameters.iter().flatten();
    let named = described.filter_map(|parameter| match parameter {
        RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query => {
            Some(parameter.name.clone())
        }
        _ => None,
    });
    named.collect()
}

/// Middleware.
pub async fn refuse_unknown(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let unknown = if request.query_string().is_empty() {
        None
    } else {
        let known = request.app_data::<Data<KnownParameters>>();
        known.and_then(|known| known.first_unknown(&request))
    };
    match unknown {
        Some(name) => Ok(request.error_response(refusal(&name))),
        None => Ok(next.call(request).await?.map_into_boxed_body()),
    }
}

fn refusal(name: &str) -> Problem {
    let name = if name.len() <= 64 { name } else { "query" };
    let field = FieldProblem {
        parameter: Some(name.to_owned()),
        code: "unknown-parameter".to_owned(),
        detail: "is not a parameter of this operation".to_owned(),
        ..FieldProblem::default()
    };
    let detail = format!("`{name}` is not a parameter of this operation");
    Problem::because(Code::InvalidRequest, detail).with(field)
}
