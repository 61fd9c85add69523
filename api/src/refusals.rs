//! The refusals that operations share, documented once.

use utoipa::IntoResponses;

use crate::problems::ProblemDocument;

/// What a read can be answered instead.
#[derive(Debug, IntoResponses)]
pub enum Refusals {
    /// The request cannot be read.
    #[response(status = 400, content_type = "application/problem+json")]
    InvalidRequest(#[to_schema] ProblemDocument),
    /// A token is missing, expired or not ours.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthenticated(#[to_schema] ProblemDocument),
    /// The roles of the caller do not allow it, and that it exists is no secret.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(#[to_schema] ProblemDocument),
    /// It does not exist, or the caller may not see it.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(#[to_schema] ProblemDocument),
    /// Too many wrong attempts from this source.
    #[response(status = 429, content_type = "application/problem+json")]
    RateLimited(#[to_schema] ProblemDocument),
    /// Something broke on our side.
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(#[to_schema] ProblemDocument),
    /// Temporarily unavailable, or the outcome is unknown.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(#[to_schema] ProblemDocument),
}

/// What a change can be answered besides.
#[derive(Debug, IntoResponses)]
pub enum ChangeRefusals {
    /// The body did not arrive in time.
    #[response(status = 408, content_type = "application/problem+json")]
    TooSlow(#[to_schema] ProblemDocument),
    /// The state does not allow the change.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(#[to_schema] ProblemDocument),
    /// It was changed meanwhile.
    #[response(status = 412, content_type = "application/problem+json")]
    VersionConflict(#[to_schema] ProblemDocument),
    /// The body is too large.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(#[to_schema] ProblemDocument),
    /// The media type is not supported.
    #[response(status = 415, content_type = "application/problem+json")]
    UnsupportedMediaType(#[to_schema] ProblemDocument),
    /// The request breaks a rule.
    #[response(status = 422, content_type = "application/problem+json")]
    RuleViolated(#[to_schema] ProblemDocument),
    /// `If-Match` is missing.
    #[response(status = 428, content_type = "application/problem+json")]
    PreconditionRequired(#[to_schema] ProblemDocument),
}
