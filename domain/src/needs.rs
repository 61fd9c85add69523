//! What a service takes beside its counsellor, and what can be taken.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use crate::ids::{EquipmentId, OrganisationId, SiteId};
use crate::line::Line;

/// What each talk of a service takes; nothing, by default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Needs {
    /// A room: that of the session, else any free one of the site.
    pub room: bool,
    /// What the room must have.
    pub room_features: BTreeSet<Feature>,
    /// Whether an interpreter is booked with it for whoever asks for one.
    pub interpreters: bool,
    pub equipment: BTreeMap<EquipmentId, Pieces>,
}

/// What a room may have: an open list of snake_case words (`wheelchair`, `treatment_couch`, …).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Feature(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a feature is a word of 1 to 63 lower-case letters, digits and underscores that starts with a letter"
)]
pub struct MalformedFeature;

impl FromStr for Feature {
    type Err = MalformedFeature;

    fn from_str(text: &str) -> Result<Self, MalformedFeature> {
        if crate::service::is_word(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(MalformedFeature)
        }
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Something that a talk may need, and of which an organisation has some pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Equipment {
    pub id: EquipmentId,
    pub organisation_id: OrganisationId,
    /// `None` when it is carried wherever it is needed.
    pub site_id: Option<SiteId>,
    pub name: Line,
    pub pieces: Pieces,
}

/// 1 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pieces(u8);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there are 1 to 100 pieces of it")]
pub struct PiecesOutOfRange;

impl Pieces {
    pub fn new(count: i64) -> Result<Self, PiecesOutOfRange> {
        match u8::try_from(count) {
            Ok(count) if (1..=100).contains(&count) => Ok(Self(count)),
            _ => Err(PiecesOutOfRange),
        }
    }

    #[must_use]
    pub const fn count(self) -> u8 {
        self.0
    }
}
