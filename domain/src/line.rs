//! A short text on one line: a name, a street, a reason.

use std::fmt;

use crate::texts::has_control_characters;

/// 1 to 200 characters without line breaks, trimmed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    #[error("must not be blank")]
    Blank,
    #[error("has at most 200 characters")]
    TooLong,
    #[error("must not contain line breaks or control characters")]
    ControlCharacter,
}

impl Line {
    pub fn new(text: &str) -> Result<Self, LineError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(LineError::Blank);
        }
        if text.chars().count() > 200 {
            return Err(LineError::TooLong);
        }
        if has_control_characters(text) || text.contains(['\n', '\r', '\t']) {
            return Err(LineError::ControlCharacter);
        }
        Ok(Self(text.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
