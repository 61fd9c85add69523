//! Headers that change what a request means.

use std::future::{Ready, ready};

use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpRequest, dev};
use domain::code::Secret;
use domain::texts::LanguageTag;
use uuid::Uuid;

use crate::problems::{Code, Problem};

/// The version that the caller has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfMatch {
    Any,
    Version(i64),
}

impl IfMatch {
    /// Whether the change may be applied to that version.
    pub fn check(self, version: i64) -> Result<(), Problem> {
        match self {
            Self::Version(read) if read != version => Err(Problem::new(Code::VersionConflict)),
            _ => Ok(()),
        }
    }
}

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(match one(request.headers(), "If-Match") {
            Ok(None) => Err(Problem::header(
                Code::PreconditionRequired,
                "If-Match",
                "send the `etag` that you read",
            )),
            Ok(Some("*")) => Ok(Self::Any),
            Ok(Some(etag)) => version(etag).map(Self::Version).ok_or_else(|| {
                Problem::header(
                    Code::InvalidRequest,
                    "If-Match",
                    "send one `etag` as you read it, quotes included, or `*`",
                )
            }),
            Err(problem) => Err(problem),
        })
    }
}

fn version(etag: &str) -> Option<i64> {
    etag.strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

/// The entity tags that the caller has in store. Unreadable ones match nothing.
#[derive(Debug, Clone)]
pub struct IfNoneMatch(String);

impl IfNoneMatch {
    #[must_use]
    pub fn has(&self, etag: &str) -> bool {
        let weakly =
            |tag: &str| tag.trim().trim_start_matches("W/") == etag.trim_start_matches("W/");
        self.0
            .split(',')
            .any(|tag| tag.trim() == "*" || weakly(tag))
    }
}

impl FromRequest for IfNoneMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let given = request
            .headers()
            .get(header::IF_NONE_MATCH)
            .and_then(|value| value.to_str().ok());
        ready(Ok(Self(given.unwrap_or_default().to_owned())))
    }
}

/// A key under which a request has its effect once, however often it is sent: 1 to 255 printable
/// characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key is all that tells anonymous callers apart: it must be one that nobody else chose.
    pub fn unguessable(self) -> Result<Self, Problem> {
        if self.0.len() == 36 && Uuid::try_parse(&self.0).is_ok() {
            Ok(self)
        } else {
            Err(Problem::header(
                Code::InvalidRequest,
                "Idempotency-Key",
                "without a token the key must be a UUID",
            ))
        }
    }

    /// For operations that insist on one.
    pub fn required(key: Option<Self>) -> Result<Self, Problem> {
        key.ok_or_else(|| {
            let detail = "send a fresh UUID, and the same one when you repeat the request";
            Problem::header(Code::IdempotencyKeyRequired, "Idempotency-Key", detail)
        })
    }
}

pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, Problem> {
    let Some(text) = one(headers, "Idempotency-Key")? else {
        return Ok(None);
    };
    // The draft of the HTTP working group writes a quoted string; most clients send it bare.
    let bare = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or(text);
    let printable = bare.bytes().all(|byte| byte.is_ascii_graphic());
    if (1..=255).contains(&bare.len()) && printable {
        Ok(Some(IdempotencyKey(bare.to_owned())))
    } else {
        Err(Problem::header(
            Code::InvalidRequest,
            "Idempotency-Key",
            "has 1 to 255 printable characters",
        ))
    }
}

/// The secret of an appointment in the header `Appointment-Secret`, if one was sent. One that
/// cannot be a secret opens nothing: 404.
#[derive(Debug, Clone)]
pub struct SecretHeader(pub Option<Secret>);

impl FromRequest for SecretHeader {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(match one(request.headers(), "Appointment-Secret") {
            Ok(Some(text)) => text
                .parse()
                .map(|secret| Self(Some(secret)))
                .map_err(|_| Problem::not_found()),
            Ok(None) => Ok(Self(None)),
            Err(problem) => Err(problem),
        })
    }
}

/// The languages that the caller reads, best first (RFC 9110, 12.5.4). Unreadable ones are passed over.
#[derive(Debug, Clone)]
pub struct Languages(pub Vec<LanguageTag>);

impl FromRequest for Languages {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let given = request
            .headers()
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        let mut wishes: Vec<(f32, LanguageTag)> = given
            .unwrap_or_default()
            .split(',')
            .filter_map(|wish| {
                let (tag, quality) = wish.split_once(";q=").unwrap_or((wish, "1"));
                Some((quality.trim().parse().ok()?, tag.trim().parse().ok()?))
            })
            .collect();
        wishes.sort_by(|(left, _), (right, _)| right.total_cmp(left));
        ready(Ok(Self(wishes.into_iter().map(|(_, tag)| tag).collect())))
    }
}

fn one<'r>(headers: &'r HeaderMap, name: &'static str) -> Result<Option<&'r str>, Problem> {
    let mut values = headers.get_all(name);
    let first = values.next();
    if values.next().is_some() {
        return Err(Problem::header(
            Code::InvalidRequest,
            name,
            "is given twice",
        ));
    }
    let unreadable = |_| {
        Problem::header(
            Code::InvalidRequest,
            name,
            "has characters that a header cannot carry",
        )
    };
    first
        .map(|value| value.to_str().map(str::trim).map_err(unreadable))
        .transpose()
}
