//! What a stored thing knows besides itself.

use std::collections::BTreeMap;

use domain::texts::{LanguageTag, Texts};
use serde_json::Value;
use uuid::Uuid;

use crate::error::{Error, Result};

/// A thing with its version, which counts up with every change and makes its entity tag.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored<T> {
    pub value: T,
    pub version: i64,
}

impl<T> Stored<T> {
    /// Its first version.
    #[must_use]
    pub const fn new(value: T) -> Self {
        Self { value, version: 1 }
    }

    /// What it becomes by a change.
    #[must_use]
    pub fn changed<U>(&self, value: U) -> Stored<U> {
        Stored {
            value,
            version: self.version + 1,
        }
    }
}

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// It does not exist, or not for whoever asks.
    #[error("not found")]
    NotFound,
    /// Somebody changed it meanwhile.
    #[error("it was changed meanwhile")]
    OtherVersion,
    #[error(transparent)]
    Failed(#[from] Error),
}

/// Texts as the data base keeps them: `{"de": "…", "en": "…"}`.
pub(crate) fn texts_to_json(texts: &Texts) -> Value {
    texts
        .iter()
        .map(|(tag, text)| (tag.to_string(), Value::from(text)))
        .collect()
}

pub(crate) fn texts_from_json(value: Value) -> Result<Texts> {
    let corrupt = |why: String| Error::corrupt("text", why);
    let Value::Object(object) = value else {
        return Err(corrupt("is no object".to_owned()));
    };
    let mut texts = BTreeMap::new();
    for (tag, text) in object {
        let tag: LanguageTag = tag.parse().map_err(|error| Error::corrupt("text", error))?;
        let Value::String(text) = text else {
            return Err(corrupt(format!("{tag} is no string")));
        };
        texts.insert(tag, text);
    }
    Texts::new(texts).map_err(|error| Error::corrupt("text", error))
}

/// Reads a stored text that has one fallible constructor.
pub(crate) fn parsed<T>(what: &'static str, text: &str) -> Result<T>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error| Error::corrupt(what, error))
}

pub(crate) fn parsed_set<T>(
    what: &'static str,
    texts: &[String],
) -> Result<std::collections::BTreeSet<T>>
where
    T: std::str::FromStr + Ord,
    T::Err: std::fmt::Display,
{
    texts.iter().map(|text| parsed(what, text)).collect()
}

/// What [`parsed_set`] reads.
pub(crate) fn texts_of<'t, T: ToString + 't>(
    values: impl IntoIterator<Item = &'t T>,
) -> Vec<String> {
    values.into_iter().map(ToString::to_string).collect()
}

pub(crate) fn uuids_of<'t, T: Copy + Into<Uuid> + 't>(
    ids: impl IntoIterator<Item = &'t T>,
) -> Vec<Uuid> {
    ids.into_iter().map(|id| (*id).into()).collect()
}
