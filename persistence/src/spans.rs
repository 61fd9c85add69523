//! Spans as functions of the data base tell them: pairs of seconds since 1970.

use chrono::{DateTime, Utc};
use domain::span::Span;
use serde_json::Value;

use crate::error::{Error, Result};

/// Whole seconds around each of them: slots begin and end on minutes.
pub(crate) fn spans(told: &Value) -> Result<Vec<Span>> {
    let spans = told.as_array().into_iter().flatten();
    spans
        .map(|told| {
            let edge = |place: usize| told[place].as_f64().ok_or_else(malformed);
            span(seconds(edge(0)?.floor())?, seconds(edge(1)?.ceil())?)
        })
        .collect()
}

pub(crate) fn instant(told: &Value) -> Result<DateTime<Utc>> {
    seconds(told.as_f64().ok_or_else(malformed)?.floor())
}

pub(crate) fn span(from: DateTime<Utc>, before: DateTime<Utc>) -> Result<Span> {
    Span::new(from, before).map_err(|error| Error::corrupt("span", error))
}

fn seconds(seconds: f64) -> Result<DateTime<Utc>> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole seconds of the calendar are far below the largest integer"
    )]
    let seconds = seconds as i64;
    DateTime::from_timestamp(seconds, 0).ok_or_else(malformed)
}

fn malformed() -> Error {
    Error::corrupt("span", "its shape is another")
}
