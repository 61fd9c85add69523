//! Spans of time in query strings.

use chrono::{DateTime, TimeDelta, Utc};
use domain::span::{Span, SpanError};

use crate::problems::{Code, FieldProblem, Problem};

/// How long a span is when nobody says, and at most.
const DEFAULT_DAYS: i64 = 14;
const MOST_DAYS: i64 = 62;

/// Reads `from` and `before`: from now and for 14 days unless they say otherwise, at most 62 days.
pub fn window(
    from: Option<&str>,
    before: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Span, Problem> {
    let from = from
        .map(|text| instant("from", text))
        .transpose()?
        .unwrap_or(now);
    let default = || from + TimeDelta::days(DEFAULT_DAYS);
    let before = before
        .map(|text| instant("before", text))
        .transpose()?
        .unwrap_or_else(default);
    let span = Span::written(from, before).map_err(|error| match error {
        SpanError::Empty => broken("before", "lies after `from`"),
        SpanError::Year => broken("from", &error.to_string()),
    })?;
    if span.length() > TimeDelta::days(MOST_DAYS) {
        return Err(broken("before", "lies at most 62 days after `from`"));
    }
    Ok(span)
}

/// Reads an instant. A `+` that was not escaped arrives as a space.
pub fn instant(name: &str, text: &str) -> Result<DateTime<Utc>, Problem> {
    DateTime::parse_from_rfc3339(&text.replace(' ', "+"))
        .map(|instant| instant.to_utc())
        .map_err(|_| {
            Problem::parameter(
                name,
                "is an instant with its offset, as in 2026-12-01T09:00:00+01:00",
            )
        })
}

/// A parameter can be read and breaks a rule.
pub fn broken(name: &str, detail: &str) -> Problem {
    let field = FieldProblem {
        parameter: Some(name.to_owned()),
        code: "rule-violated".to_owned(),
        detail: detail.to_owned(),
        ..FieldProblem::default()
    };
    Problem::because(Code::RuleViolated, format!("`{name}`: {detail}")).with(field)
}
