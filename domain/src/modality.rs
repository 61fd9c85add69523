//! The way on which counsel is given.

use std::fmt;
use std::str::FromStr;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Modality {
    /// At the site.
    InPerson,
    Phone,
    Video,
    /// At the visitor's home.
    AtHome,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a modality is one of in_person, phone, video, at_home")]
pub struct UnknownModality;

impl Modality {
    pub const ALL: [Self; 4] = [Self::InPerson, Self::Phone, Self::Video, Self::AtHome];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InPerson => "in_person",
            Self::Phone => "phone",
            Self::Video => "video",
            Self::AtHome => "at_home",
        }
    }
}

impl FromStr for Modality {
    type Err = UnknownModality;

    fn from_str(text: &str) -> Result<Self, UnknownModality> {
        Self::ALL
            .into_iter()
            .find(|modality| modality.as_str() == text)
            .ok_or(UnknownModality)
    }
}

impl fmt::Display for Modality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_modality_is_read_back_from_its_text() {
        for modality in Modality::ALL {
            assert_eq!(modality.to_string().parse(), Ok(modality));
        }
        assert_eq!("In_Person".parse::<Modality>(), Err(UnknownModality));
    }
}
