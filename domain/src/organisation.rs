//! A body of the network: the tenant.

use std::fmt;
use std::str::FromStr;

use crate::ids::OrganisationId;
use crate::no_show::NoShowRule;
use crate::reason::OwnReasons;
use crate::texts::Texts;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    pub id: OrganisationId,
    pub slug: Slug,
    pub name: Texts,
    pub description: Option<Texts>,
    pub website: Option<Website>,
    pub retention: RetentionDays,
    /// Why its appointments are cancelled or moved, beside the reasons of the whole network.
    pub reasons: OwnReasons,
    /// What follows from missed talks; nothing, when there is none.
    pub no_shows: Option<NoShowRule>,
    pub published: bool,
}

/// A short name for addresses and commands: `poliklinik-leipzig`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a slug has 1 to 63 lower-case letters, digits and single hyphens between them")]
pub struct MalformedSlug;

impl Slug {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Slug {
    type Err = MalformedSlug;

    fn from_str(text: &str) -> Result<Self, MalformedSlug> {
        let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let word = |word: &str| !word.is_empty() && word.bytes().all(letter);
        if text.len() <= 63 && text.split('-').all(word) {
            Ok(Self(text.to_owned()))
        } else {
            Err(MalformedSlug)
        }
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An address of a page for people: `https://…` or `http://…`, of at most 200 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Website(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a website begins with https:// or http:// and has at most 200 characters, none of them blank"
)]
pub struct MalformedWebsite;

impl Website {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Website {
    type Err = MalformedWebsite;

    fn from_str(text: &str) -> Result<Self, MalformedWebsite> {
        let rest = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"))
            .ok_or(MalformedWebsite)?;
        let named = !rest.is_empty() && !rest.starts_with('/');
        let blank = |letter: char| letter.is_whitespace() || letter.is_control();
        if named && text.chars().count() <= 200 && !text.contains(blank) {
            Ok(Self(text.to_owned()))
        } else {
            Err(MalformedWebsite)
        }
    }
}

/// How many days after an appointment what the visitor gave is deleted: 1 to 3650.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RetentionDays(u16);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the retention time is 1 to 3650 days")]
pub struct RetentionOutOfRange;

impl RetentionDays {
    pub fn new(days: i64) -> Result<Self, RetentionOutOfRange> {
        match u16::try_from(days) {
            Ok(days) if (1..=3650).contains(&days) => Ok(Self(days)),
            _ => Err(RetentionOutOfRange),
        }
    }

    #[must_use]
    pub const fn count(self) -> u16 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_website_is_one_of_the_web() {
        assert!(
            "https://poliklinik.example/a?b#c"
                .parse::<Website>()
                .is_ok()
        );
        for malformed in [
            "",
            "https://",
            "https:///x",
            "ftp://a",
            "javascript:a",
            "http://a b",
        ] {
            assert_eq!(
                malformed.parse::<Website>(),
                Err(MalformedWebsite),
                "{malformed}"
            );
        }
    }

    #[test]
    fn a_slug_is_lower_case_words_with_hyphens() {
        assert!("poliklinik-leipzig".parse::<Slug>().is_ok());
        for malformed in ["", "-a", "a-", "a--b", "Ä", "A", "a b"] {
            assert_eq!(malformed.parse::<Slug>(), Err(MalformedSlug), "{malformed}");
        }
    }
}
