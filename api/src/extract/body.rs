//! JSON bodies.

use std::pin::Pin;
use std::time::Duration;

use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest, dev};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;

use super::object::Object;
use crate::problems::{Code, FieldProblem, Problem, below};

/// The largest body that is read.
const LIMIT: usize = 256 * 1024;
/// How much of a body that is refused is read on, so that the client gets to read the answer.
const DRAINED: usize = 1024 * 1024;
/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// A JSON body, with the bytes it was read from.
#[derive(Debug)]
pub struct Body<T> {
    pub value: T,
    pub bytes: Bytes,
}

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let bytes = read_body(&request, payload, &["application/json"]).await?;
            Ok(Self {
                value: parse(&bytes)?,
                bytes,
            })
        })
    }
}

/// Reads the whole body, if it is of one of the media types and of a bearable size.
pub async fn read_body(
    request: &HttpRequest,
    payload: dev::Payload,
    media_types: &[&str],
) -> Result<Bytes, Problem> {
    let read = async {
        let refused = refused_by_its_header(request, media_types);
        let mut payload = payload;
        let mut body = Vec::new();
        let mut seen = 0;
        while let Some(chunk) = payload.next().await {
            let broken = |error| {
                Problem::because(Code::InvalidRequest, format!("the body broke off: {error}"))
            };
            let chunk = chunk.map_err(broken)?;
            seen += chunk.len();
            if seen <= LIMIT && refused.is_none() {
                body.extend_from_slice(&chunk);
            } else if seen > DRAINED {
                break;
            }
        }
        match refused {
            Some(problem) => Err(problem),
            None if seen > LIMIT => Err(too_large()),
            None => Ok(Bytes::from(body)),
        }
    };
    let too_slow = |_| Problem::new(Code::TooSlow);
    actix_web::rt::time::timeout(PATIENCE, read)
        .await
        .map_err(too_slow)?
}

fn too_large() -> Problem {
    Problem::because(Code::TooLarge, format!("a body has at most {LIMIT} bytes"))
}

fn refused_by_its_header(request: &HttpRequest, media_types: &[&str]) -> Option<Problem> {
    let given = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = given
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default()
        .trim();
    if !media_types
        .iter()
        .any(|media_type| essence.eq_ignore_ascii_case(media_type))
    {
        let wanted = media_types.join("` or `");
        return Some(Problem::header(
            Code::UnsupportedMediaType,
            "Content-Type",
            format!("send `{wanted}`"),
        ));
    }
    let length = request
        .headers()
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse::<usize>()
        .ok()?;
    (length > LIMIT).then(too_large)
}

pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let Object(value) = serde_path_to_error::deserialize(&mut deserializer).map_err(unreadable)?;
    deserializer
        .end()
        .map_err(|error| unreadable_at("", &error))?;
    Ok(value)
}

pub(super) fn unreadable(error: serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let mut pointer = String::new();
    for segment in error.path() {
        use serde_path_to_error::Segment;
        match segment {
            Segment::Map { key } => {
                let Some(below) = below(&pointer, key) else {
                    break;
                };
                pointer = below;
            }
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    unreadable_at(&pointer, error.inner())
}

/// What serde says quotes what it found; the answer must not carry that back, nor must the log.
fn unreadable_at(pointer: &str, error: &serde_json::Error) -> Problem {
    let said = error.to_string();
    let quoted = said.split('`').nth(1).filter(|name| name.len() <= 64);
    let (code, detail) = match (error.classify(), quoted) {
        (serde_json::error::Category::Data, Some(name)) if said.starts_with("unknown field") => (
            "unknown-field",
            format!("`{name}` is not a field of this object"),
        ),
        (serde_json::error::Category::Data, Some(name)) if said.starts_with("missing field") => {
            ("missing-field", format!("`{name}` is missing"))
        }
        (serde_json::error::Category::Data, _) => (
            "wrong-type",
            match said.split_once(", expected ") {
                Some((_, expected)) => {
                    let expected = expected.split(" at line").next().unwrap_or_default();
                    format!("expected {expected}")
                }
                None => "has the wrong form".to_owned(),
            },
        ),
        _ => (
            "syntax",
            format!(
                "is no JSON: line {}, column {}",
                error.line(),
                error.column()
            ),
        ),
    };
    let shown = if pointer.is_empty() {
        "the body"
    } else {
        pointer
    };
    Problem::because(Code::InvalidRequest, format!("{shown}: {detail}"))
        .with(FieldProblem::at(pointer, code, detail))
}
