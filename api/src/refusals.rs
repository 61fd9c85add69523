//! The refusals that operations share, documented once.

use utoipa::IntoResponses;

use crate::problems::ProblemDocument;

/// What a read can be answered instead.
#[derive(Debug, IntoResponses)]
pub enum Refusals {
    /// The request cannot be read.
    #[response(status = 400, content_type = "application/problem+json")]
    InvalidRequest(ProblemDocument),
    /// A token is missing, expired or not ours.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthenticated(ProblemDocument),
    /// The roles of the caller do not allow it, and that it exists is no secret.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(ProblemDocument),
    /// It does not exist, or the caller may not see it.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(ProblemDocument),
    /// Too many wrong attempts from this source.
    #[response(status = 429, content_type = "application/problem+json")]
    RateLimited(ProblemDocument),
    /// Something broke on our side.
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(ProblemDocument),
    /// Temporarily unavailable, or the outcome is unknown.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(ProblemDocument),
}

/// What a change can be answered besides.
#[derive(Debug, IntoResponses)]
pub enum ChangeRefusals {
    /// The body did not arrive in time.
    #[response(status = 408, content_type = "application/problem+json")]
    TooSlow(ProblemDocument),
    /// The state does not allow the change.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(ProblemDocument),
    /// It was changed meanwhile.
    #[response(status = 412, content_type = "application/problem+json")]
    VersionConflict(ProblemDocument),
    /// The body is too large.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(ProblemDocument),
    /// The media type is not supported.
    #[response(status = 415, content_type = "application/problem+json")]
    UnsupportedMediaType(ProblemDocument),
    /// The request breaks a rule.
    #[response(status = 422, content_type = "application/problem+json")]
    RuleViolated(ProblemDocument),
    /// `If-Match` is missing.
    #[response(status = 428, content_type = "application/problem+json")]
    PreconditionRequired(ProblemDocument),
}
