//! Shapes that many answers share.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::header;
use chrono::{DateTime, FixedOffset, Utc};
use chrono_tz::Tz;
use domain::slot_id::SlotId;
use domain::texts::{LanguageTag, Texts};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::checks::Checks;
use crate::extract::IfNoneMatch;
use crate::problems::{Code, FieldProblem, Problem, below};

/// A text in one or more languages, by BCP 47 tag; `de-simple` is plain language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"de": "Psychosoziale Beratung", "en": "Psychosocial counselling"}))]
pub struct TextMap(pub BTreeMap<String, String>);

impl TextMap {
    pub fn read(self, pointer: &str, checks: &mut Checks) -> Option<Texts> {
        let mut texts = BTreeMap::new();
        for (tag, text) in self.0 {
            let at = below(pointer, &tag).unwrap_or_else(|| pointer.to_owned());
            let parsed = checks.field(&at, tag.parse::<LanguageTag>());
            texts.insert(parsed?, text);
        }
        checks.field(pointer, Texts::new(texts))
    }

    /// `None` when it is broken.
    pub fn read_optional(
        text: Option<Self>,
        pointer: &str,
        checks: &mut Checks,
    ) -> Option<Option<Texts>> {
        match text {
            None => Some(None),
            Some(text) => text.read(pointer, checks).map(Some),
        }
    }
}

impl From<&Texts> for TextMap {
    fn from(texts: &Texts) -> Self {
        Self(
            texts
                .iter()
                .map(|(tag, text)| (tag.to_string(), text.to_owned()))
                .collect(),
        )
    }
}

/// The entity tag of a version.
#[must_use]
pub fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

/// An instant as the clock on the wall of the site shows it.
#[must_use]
pub fn local(instant: DateTime<Utc>, zone: Tz) -> DateTime<FixedOffset> {
    instant.with_timezone(&zone).fixed_offset()
}

/// 201 with its address and entity tag.
pub fn created(path: &str, version: i64, view: &impl Serialize) -> HttpResponse {
    HttpResponse::Created()
        .insert_header((header::LOCATION, path))
        .insert_header((header::ETAG, etag(version)))
        .json(view)
}

/// 200 with its entity tag.
pub fn found(version: i64, view: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::ETAG, etag(version)))
        .json(view)
}

/// 200, or 304 when the caller has this version. It may be kept, and is asked for again each time.
pub fn found_unless_known(
    known: &IfNoneMatch,
    version: i64,
    view: &impl Serialize,
) -> HttpResponse {
    let etag = etag(version);
    let is_known = known.has(&etag);
    let mut response = if is_known {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response
        .insert_header((header::ETAG, etag))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header((header::VARY, "Authorization"));
    if is_known {
        response.finish()
    } else {
        response.json(view)
    }
}

/// Reads the id of a slot from a body.
pub fn slot_id(text: &str) -> Result<SlotId, Problem> {
    text.parse().map_err(|error| {
        let problem = Problem::because(Code::InvalidRequest, format!("`/slot_id`: {error}"));
        problem.with(FieldProblem::at("/slot_id", "malformed", error))
    })
}

/// The texts of values, in their order.
pub fn texts_of<'t, T: ToString + 't>(values: impl IntoIterator<Item = &'t T>) -> Vec<String> {
    values.into_iter().map(ToString::to_string).collect()
}
