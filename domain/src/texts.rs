//! Texts that people read, in the languages they were written in.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// A BCP 47 language tag in its usual case: `de`, `de-simple`, `ar`, `zh-Hant`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LanguageTag(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a language is a BCP 47 tag such as `de`, `de-simple` or `ar`, of at most 35 characters")]
pub struct MalformedLanguageTag;

impl LanguageTag {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The tag without its last subtag: `de-simple` → `de` → none.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        self.0
            .rsplit_once('-')
            .map(|(parent, _)| Self(parent.to_owned()))
    }
}

impl FromStr for LanguageTag {
    type Err = MalformedLanguageTag;

    fn from_str(text: &str) -> Result<Self, MalformedLanguageTag> {
        if text.len() > 35 {
            return Err(MalformedLanguageTag);
        }
        let mut subtags = text.split('-');
        let primary = subtags.next().unwrap_or_default();
        let alphabetic = primary.bytes().all(|byte| byte.is_ascii_alphabetic());
        if !(2..=8).contains(&primary.len()) || !alphabetic {
            return Err(MalformedLanguageTag);
        }
        let mut tag = primary.to_ascii_lowercase();
        for subtag in subtags {
            let alphanumeric = subtag.bytes().all(|byte| byte.is_ascii_alphanumeric());
            if !(1..=8).contains(&subtag.len()) || !alphanumeric {
                return Err(MalformedLanguageTag);
            }
            tag.push('-');
            tag.push_str(&usual_case(subtag));
        }
        Ok(Self(tag))
    }
}

/// RFC 5646, section 2.1.1: regions in upper case, scripts in title case, the rest in lower case.
fn usual_case(subtag: &str) -> String {
    match subtag.len() {
        2 => subtag.to_ascii_uppercase(),
        4 if subtag.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
            let (first, rest) = subtag.split_at(1);
            first.to_ascii_uppercase() + &rest.to_ascii_lowercase()
        }
        _ => subtag.to_ascii_lowercase(),
    }
}

impl fmt::Display for LanguageTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for LanguageTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One text in at least one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts(BTreeMap<LanguageTag, String>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextsError {
    #[error("a text needs at least one language")]
    Empty,
    #[error("a text has at most 30 languages")]
    TooManyLanguages,
    #[error("a text has at most 10,000 characters in each language")]
    TooLong,
    #[error("a text must not be blank")]
    Blank,
    #[error("a text must not contain control characters other than line breaks and tabs")]
    ControlCharacter,
}

impl Texts {
    pub fn new(texts: BTreeMap<LanguageTag, String>) -> Result<Self, TextsError> {
        if texts.is_empty() {
            return Err(TextsError::Empty);
        }
        if texts.len() > 30 {
            return Err(TextsError::TooManyLanguages);
        }
        for text in texts.values() {
            if text.chars().count() > 10_000 {
                return Err(TextsError::TooLong);
            }
            if text.trim().is_empty() {
                return Err(TextsError::Blank);
            }
            if has_control_characters(text) {
                return Err(TextsError::ControlCharacter);
            }
        }
        Ok(Self(texts))
    }

    pub fn iter(&self) -> impl Iterator<Item = (&LanguageTag, &str)> {
        self.0.iter().map(|(tag, text)| (tag, text.as_str()))
    }

    /// The text in the first of the wished languages that it has, each wish falling back to its
    /// parents (`de-simple → de`), then to English, then to German, then to any.
    #[must_use]
    pub fn in_language(&self, wishes: &[LanguageTag]) -> &str {
        let fallbacks = [LanguageTag("en".to_owned()), LanguageTag("de".to_owned())];
        wishes
            .iter()
            .chain(&fallbacks)
            .find_map(|wish| self.with_parents(wish))
            .or_else(|| self.0.values().next().map(String::as_str))
            .unwrap_or_default()
    }

    fn with_parents(&self, wish: &LanguageTag) -> Option<&str> {
        let mut wish = Some(wish.clone());
        while let Some(tag) = wish {
            if let Some(text) = self.0.get(&tag) {
                return Some(text);
            }
            wish = tag.parent();
        }
        None
    }
}

/// Control characters that no text of a person contains. Postgres refuses NUL outright.
#[must_use]
pub fn has_control_characters(text: &str) -> bool {
    text.chars()
        .any(|char| char.is_control() && !matches!(char, '\n' | '\r' | '\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(text: &str) -> LanguageTag {
        text.parse().expect("a tag")
    }

    fn texts(pairs: &[(&str, &str)]) -> Texts {
        let map = pairs
            .iter()
            .map(|(language, text)| (tag(language), (*text).to_owned()));
        Texts::new(map.collect()).expect("texts")
    }

    #[test]
    fn plain_german_falls_back_to_german_and_the_rest_to_english() {
        let greeting = texts(&[("de", "Beratung"), ("en", "Counselling")]);
        assert_eq!(greeting.in_language(&[tag("de-simple")]), "Beratung");
        assert_eq!(greeting.in_language(&[tag("ar")]), "Counselling");
        assert_eq!(
            texts(&[("de", "Beratung")]).in_language(&[tag("ar")]),
            "Beratung"
        );
        assert_eq!(
            texts(&[("uk", "Порада")]).in_language(&[tag("ar")]),
            "Порада"
        );
    }

    #[test]
    fn tags_are_brought_to_their_usual_case() {
        assert_eq!(tag("DE-at").as_str(), "de-AT");
        assert_eq!(tag("zh-hANT").as_str(), "zh-Hant");
        assert_eq!(tag("de-Simple").as_str(), "de-simple");
        assert!("d".parse::<LanguageTag>().is_err());
        assert!("de_AT".parse::<LanguageTag>().is_err());
        assert!("de-".parse::<LanguageTag>().is_err());
    }

    #[test]
    fn a_text_without_content_is_refused() {
        let blank = BTreeMap::from([(tag("de"), "  ".to_owned())]);
        assert_eq!(Texts::new(blank), Err(TextsError::Blank));
        assert_eq!(Texts::new(BTreeMap::new()), Err(TextsError::Empty));
        let nul = BTreeMap::from([(tag("de"), "a\0b".to_owned())]);
        assert_eq!(Texts::new(nul), Err(TextsError::ControlCharacter));
    }
}
