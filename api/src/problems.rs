//! Problem documents (RFC 9457): the one way in which the API says no.

pub mod catalogue;
mod code;
mod from_domain;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

pub use code::Code;

/// A refusal, from a handler or from before one. Becomes a [`ProblemDocument`] on its way out.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}: {detail}", .code.as_str())]
pub struct Problem {
    pub code: Code,
    pub detail: String,
    pub errors: Vec<FieldProblem>,
    retry_after_seconds: Option<u64>,
    allow: Option<String>,
    occurrence: Option<String>,
}

/// What is wrong with one part of a request. Exactly one of `pointer`, `parameter` and `header`
/// is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldProblem {
    /// Where in the body: a JSON Pointer (RFC 6901).
    #[schema(required, example = "/slot_id")]
    pub pointer: Option<String>,
    /// The name of a parameter of the path or the query.
    #[schema(required)]
    pub parameter: Option<String>,
    /// The name of a header.
    #[schema(required)]
    pub header: Option<String>,
    /// What is wrong, for programs.
    #[schema(example = "malformed")]
    pub code: String,
    /// What is wrong, for people.
    pub detail: String,
}

/// Why a request was refused (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemDocument {
    /// Names the kind of problem, and leads to its description.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference", example = "/v1/problems/slot-taken")]
    pub kind: String,
    #[schema(example = "the slot has been taken")]
    pub title: String,
    /// The status of the answer.
    #[schema(minimum = 400, maximum = 599, example = 409)]
    pub status: u16,
    /// What to do about it.
    pub detail: String,
    /// Names this one occurrence; the log knows it by this.
    #[schema(format = "uri-reference")]
    pub instance: String,
    /// The kind of problem, for programs.
    #[schema(example = "slot-taken")]
    pub code: String,
    /// The parts of the request that are wrong; may be empty.
    pub errors: Vec<FieldProblem>,
}

impl Problem {
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self::because(code, code.title())
    }

    /// With a sentence that a caller can act on.
    #[must_use]
    pub fn because(code: Code, detail: impl ToString) -> Self {
        Self {
            code,
            detail: detail.to_string(),
            errors: Vec::new(),
            retry_after_seconds: None,
            allow: None,
            occurrence: None,
        }
    }

    #[must_use]
    pub fn not_found() -> Self {
        Self::new(Code::NotFound)
    }

    #[must_use]
    pub fn parameter(name: &str, detail: impl ToString) -> Self {
        let field = FieldProblem {
            parameter: Some(name.to_owned()),
            ..FieldProblem::default()
        };
        Self::because(
            Code::InvalidRequest,
            format!("`{name}`: {}", detail.to_string()),
        )
        .with(FieldProblem {
            code: "malformed".to_owned(),
            detail: detail.to_string(),
            ..field
        })
    }

    #[must_use]
    pub fn header(code: Code, name: &str, detail: impl ToString) -> Self {
        let field = FieldProblem {
            header: Some(name.to_owned()),
            ..FieldProblem::default()
        };
        Self::because(code, format!("`{name}`: {}", detail.to_string())).with(FieldProblem {
            code: "malformed".to_owned(),
            detail: detail.to_string(),
            ..field
        })
    }

    /// A field of the body breaks a rule.
    #[must_use]
    pub fn rule(pointer: &str, detail: impl ToString) -> Self {
        Self::because(
            Code::RuleViolated,
            format!("`{pointer}`: {}", detail.to_string()),
        )
        .with(FieldProblem::at(pointer, "rule-violated", detail))
    }

    #[must_use]
    pub fn with(mut self, field: FieldProblem) -> Self {
        self.errors.push(field);
        self
    }

    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    #[must_use]
    pub fn allowing(mut self, methods: String) -> Self {
        self.allow = Some(methods);
        self
    }

    /// Names the occurrence where no response will pass by that could.
    #[must_use]
    pub fn occurring_as(mut self, instance: String) -> Self {
        self.occurrence = Some(instance);
        self
    }

    #[must_use]
    pub fn document(&self, instance: String) -> ProblemDocument {
        ProblemDocument {
            kind: format!("/v1/problems/{}", self.code.as_str()),
            title: self.code.title().to_owned(),
            status: self.code.status().as_u16(),
            detail: self.detail.clone(),
            instance,
            code: self.code.as_str().to_owned(),
            errors: self.errors.clone(),
        }
    }

    /// The answer, with the occurrence named.
    #[must_use]
    pub fn respond(&self, instance: String) -> HttpResponse {
        let mut response = HttpResponse::build(self.code.status());
        response.content_type("application/problem+json");
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        if let Some(seconds) = self.retry_after_seconds {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        if let Some(allow) = self
            .allow
            .as_deref()
            .and_then(|allow| HeaderValue::from_str(allow).ok())
        {
            response.insert_header((header::ALLOW, allow));
        }
        if self.code == Code::Unauthenticated {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        response.json(self.document(instance))
    }
}

/// The JSON Pointer (RFC 6901) of a field below that one; none where its name is too long to be
/// sent back.
#[must_use]
pub fn below(pointer: &str, name: &str) -> Option<String> {
    let escaped = || name.replace('~', "~0").replace('/', "~1");
    (name.len() <= 64).then(|| format!("{pointer}/{}", escaped()))
}

impl FieldProblem {
    #[must_use]
    pub fn at(pointer: &str, code: &str, detail: impl ToString) -> Self {
        Self {
            pointer: Some(pointer.to_owned()),
            code: code.to_owned(),
            detail: detail.to_string(),
            ..Self::default()
        }
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    /// Replaced on the way out, where the request is known (`observe.rs`).
    fn error_response(&self) -> HttpResponse {
        self.respond(
            self.occurrence
                .clone()
                .unwrap_or_else(|| "about:blank".to_owned()),
        )
    }
}
