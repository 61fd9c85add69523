//! Persons who sign in. Visitors have no account.

use std::fmt;

use crate::contact::Email;
use crate::ids::AccountId;
use crate::line::Line;

/// A person of the network; what they may do where, their memberships say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    pub email: Email,
    pub display_name: Line,
    pub network_coordinator: bool,
}

/// What a person proves themselves with: 10 to 200 characters of any kind. Length is asked for and
/// nothing else, as NIST SP 800-63B, 3.1.1.2 recommends.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    #[error("a password has at least 10 characters")]
    TooShort,
    #[error("a password has at most 200 characters")]
    TooLong,
}

impl Password {
    pub const SHORTEST: usize = 10;
    pub const LONGEST: usize = 200;

    pub fn new(text: String) -> Result<Self, PasswordError> {
        // A character has at most four bytes: what is longer need not be counted.
        if text.len() > 4 * Self::LONGEST {
            return Err(PasswordError::TooLong);
        }
        match text.chars().count() {
            ..Self::SHORTEST => Err(PasswordError::TooShort),
            Self::SHORTEST..=Self::LONGEST => Ok(Self(text)),
            _ => Err(PasswordError::TooLong),
        }
    }

    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_judged_by_its_length_in_characters() {
        assert_eq!(Password::new("ä".repeat(9)), Err(PasswordError::TooShort));
        assert!(Password::new("ä".repeat(10)).is_ok());
        assert!(Password::new("🌳".repeat(200)).is_ok());
        assert_eq!(Password::new("a".repeat(201)), Err(PasswordError::TooLong));
        assert_eq!(Password::new("🌳".repeat(201)), Err(PasswordError::TooLong));
    }

    #[test]
    fn a_password_cannot_be_printed_by_accident() {
        let password = Password::new("correct horse".to_owned()).expect("a password");
        assert_eq!(format!("{password:?}"), "Password(hidden)");
    }
}
