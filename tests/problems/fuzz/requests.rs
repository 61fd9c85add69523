//! One request: an operation, a caller, and a body, a query or headers that are nearly right.

use ::fuzz::mutation::{Dice, mutate};
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use super::values;
use crate::permissions::world::{CALLERS, Operation, World};
use crate::problems::bad_input::most_able;

/// Headers that somebody reads, each with a good value.
const HEADERS: &[(&str, &[u8])] = &[
    ("accept", b"application/json"),
    ("accept-language", b"de-simple, en;q=0.8"),
    ("appointment-secret", b"7Z3KQ0M4X9V2T8R5P1N6H7J3D0"),
    (
        "authorization",
        b"Bearer eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSJ9.e30.AAAA",
    ),
    ("content-encoding", b"gzip"),
    ("content-type", b"application/json; charset=utf-8"),
    (
        "hold-token",
        b"7Z3KQ0M4X9V2T8R5P1N6H7J3D0.0400000000000000000000000",
    ),
    ("idempotency-key", b"5f9c1a52-6f7b-4f6c-9a59-0d6a2d7f4b1e"),
    ("if-match", b"\"1\""),
    ("if-none-match", b"W/\"1\", \"2\""),
    ("x-request-id", b"4711"),
];

/// What a parameter of the query may be asked with.
const WISHES: &[&str] = &[
    "",
    "0",
    "1",
    "200",
    "4294967295",
    "-1",
    "true",
    "false",
    "TRUE",
    "%00",
    "%FF",
    "%",
    "%ED%A0%80",
    "booked",
    "cancelled",
    "in_person",
    "psychosocial",
    "de",
    "de-simple",
    "2026-12-01T09:00:00Z",
    "2026-12-01T09:00:00+01:00",
    "2026-12-01T09:00:00%2B01:00",
    "0000-01-01T00:00:00%2B23:59",
    "9999-12-31T23:59:60-23:59",
    "%2B262142-12-31T23:59:59Z",
    "-262143-01-01T00:00:00Z",
    "00000000-0000-0000-0000-000000000000",
    "eyJhZnRlciI6bnVsbCwiZmlsdGVyIjoiIn0",
    "e30",
];

pub fn nearly_right(
    world: &World,
    document: &Value,
    operation: &Operation<'_>,
    dice: &mut Dice,
) -> RequestBuilder {
    let caller = match dice.below(3) {
        0 => dice.below(CALLERS.len()),
        _ => most_able(operation),
    };
    let deletes = operation.method == Method::DELETE;
    let version = if deletes { "\"999\"" } else { "*" };
    let mut request = world.bare(operation, caller, version);
    // From somewhere else each time: who guesses a secret too often is refused without a look at it.
    let source = format!("198.18.{}.{}", dice.below(256), dice.below(256));
    request = request.header("X-Forwarded-For", source);
    let body = good_body(world, operation);
    match (dice.below(4), &body) {
        (0, _) => request = with_a_header(request, dice),
        (1, _) => request = with_a_query(request, document, operation, dice),
        (_, Some(good)) => {
            let bytes = values::nearly(good, dice);
            return request
                .header("content-type", "application/json")
                .body(bytes);
        }
        (_, None) => {
            request = with_a_header(request, dice);
            request = with_a_query(request, document, operation, dice);
        }
    }
    match body {
        Some(good) => request.json(&good),
        None => request,
    }
}

/// The example with the ids of real things; of a patch also.
pub fn good_body(world: &World, operation: &Operation<'_>) -> Option<Value> {
    let as_post = Operation {
        id: operation.id,
        method: Method::POST,
        path: operation.path,
        example: operation.example.clone(),
    };
    let body = world.body(&as_post, 0);
    let empty = |body: &Value| body.as_object().is_some_and(serde_json::Map::is_empty);
    body.filter(|body| !empty(body)).or(as_post.example)
}

fn with_a_header(request: RequestBuilder, dice: &mut Dice) -> RequestBuilder {
    let (client, request) = request.build_split();
    let mut request = request.expect("a request");
    let (name, good) = *dice.choose(HEADERS);
    let (_, other) = *dice.choose(HEADERS);
    // A header has no line breaks, and no NUL: the client refuses to send them.
    let mut bytes = mutate(good, other, dice);
    bytes.retain(|byte| *byte >= b' ' && *byte != 0x7f);
    bytes.truncate(*dice.choose(&[64, 8_000]));
    if let Ok(value) = HeaderValue::from_bytes(&bytes) {
        let name = HeaderName::from_static(name);
        if dice.below(4) == 0 {
            request.headers_mut().append(name, value);
        } else {
            request.headers_mut().insert(name, value);
        }
    }
    RequestBuilder::from_parts(client, request)
}

fn with_a_query(
    request: RequestBuilder,
    document: &Value,
    operation: &Operation<'_>,
    dice: &mut Dice,
) -> RequestBuilder {
    let (client, request) = request.build_split();
    let mut request = request.expect("a request");
    let method = operation.method.as_str().to_lowercase();
    let described = document["paths"][operation.path][method]["parameters"].as_array();
    let names = described.into_iter().flatten();
    let names = names.filter(|parameter| parameter["in"] == "query");
    let mut names: Vec<_> = names
        .filter_map(|parameter| parameter["name"].as_str())
        .collect();
    names.push("colour");
    let mut query = request.url().query().unwrap_or_default().to_owned();
    for _ in 0..=dice.below(3) {
        query += &format!("&{}={}", dice.choose(&names), dice.choose(WISHES));
    }
    if dice.below(4) == 0 {
        let mutated = mutate(query.as_bytes(), b"&limit=1", dice);
        query = String::from_utf8_lossy(&mutated)
            .chars()
            .take(2_000)
            .collect();
    }
    request
        .url_mut()
        .set_query(Some(query.trim_start_matches('&')));
    RequestBuilder::from_parts(client, request)
}
