//! Query strings.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev};
use serde::de::DeserializeOwned;

use crate::problems::Problem;

/// The parameters of the query; repeated ones are lists. Unknown ones are refused before, by
/// `parameters.rs`.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let query = request.query_string();
        if let Some(name) = first_empty(query) {
            let name = if name.len() <= 64 { name } else { "query" };
            return ready(Err(Problem::parameter(name, "is empty: leave it out")));
        }
        let deserializer = serde_html_form::Deserializer::from_bytes(query.as_bytes());
        let parsed = serde_path_to_error::deserialize(deserializer);
        ready(parsed.map(Self).map_err(|error| unreadable(&error)))
    }
}

/// The first parameter without a value, which would be read as left out: a filter that filters
/// nothing.
fn first_empty(query: &str) -> Option<&str> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let mut empty = pairs.filter_map(|pair| match pair.split_once('=') {
        Some((name, "")) => Some(name),
        Some(_) => None,
        None => Some(pair),
    });
    empty.next()
}

fn unreadable(error: &serde_path_to_error::Error<serde_html_form::de::Error>) -> Problem {
    let said = error.inner().to_string();
    let quoted = said
        .split('`')
        .nth(1)
        .filter(|name| name.len() <= 64)
        .unwrap_or_default();
    let name = error.path().to_string();
    let name = if name == "." { quoted } else { &name };
    let detail = match said.split_once(", expected ") {
        Some((_, expected)) => format!("expected {expected}"),
        None if said.starts_with("missing field") => "is missing".to_owned(),
        None if said.starts_with("duplicate field") => "is given twice".to_owned(),
        None => "has the wrong form".to_owned(),
    };
    Problem::parameter(name, detail)
}
