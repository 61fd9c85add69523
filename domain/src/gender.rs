//! The gender of a counsellor, as they say themselves.

use std::fmt;
use std::str::FromStr;

/// Shown to staff only. Where a service allows it, visitors can wish for one. HL7 FHIR R4 calls them
/// `female`, `male` and `other` (administrative-gender).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gender {
    Female,
    Male,
    Diverse,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a gender is one of female, male, diverse")]
pub struct UnknownGender;

impl Gender {
    pub const ALL: [Self; 3] = [Self::Female, Self::Male, Self::Diverse];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Female => "female",
            Self::Male => "male",
            Self::Diverse => "diverse",
        }
    }
}

impl FromStr for Gender {
    type Err = UnknownGender;

    fn from_str(text: &str) -> Result<Self, UnknownGender> {
        Self::ALL
            .into_iter()
            .find(|gender| gender.as_str() == text)
            .ok_or(UnknownGender)
    }
}

impl fmt::Display for Gender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn genders_have_names() {
        for gender in Gender::ALL {
            assert_eq!(gender.to_string().parse(), Ok(gender));
        }
        assert_eq!("x".parse::<Gender>(), Err(UnknownGender));
    }
}
