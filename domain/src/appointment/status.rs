//! Where an appointment is in its life, and who ended it.

use std::str::FromStr;

use chrono::{DateTime, Utc};

use super::Steps;

/// Where an appointment is in its life, with the facts that are true there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// Waits for the approval of the organisation, and is over by then.
    Requested {
        answer_by: DateTime<Utc>,
    },
    Booked,
    CheckedIn {
        at: DateTime<Utc>,
        steps: Steps,
    },
    Completed {
        checked_in_at: DateTime<Utc>,
        steps: Steps,
        at: DateTime<Utc>,
    },
    NoShow {
        at: DateTime<Utc>,
    },
    Cancelled {
        at: DateTime<Utc>,
        by: Party,
    },
}

impl Status {
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Requested { .. } => "requested",
            Self::Booked => "booked",
            Self::CheckedIn { .. } => "checked_in",
            Self::Completed { .. } => "completed",
            Self::NoShow { .. } => "no_show",
            Self::Cancelled { .. } => "cancelled",
        }
    }

    /// Until when a request is answered.
    #[must_use]
    pub const fn answer_by(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Requested { answer_by } => Some(*answer_by),
            _ => None,
        }
    }

    /// Whether somebody still intends to come.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Requested { .. } | Self::Booked)
    }
}

/// Who cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    Visitor,
    Staff,
    /// Nobody: a request that was not answered in time.
    Program,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a party is one of visitor, staff, program")]
pub struct UnknownParty;

impl Party {
    pub const ALL: [Self; 3] = [Self::Visitor, Self::Staff, Self::Program];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Staff => "staff",
            Self::Program => "program",
        }
    }
}

impl FromStr for Party {
    type Err = UnknownParty;

    fn from_str(text: &str) -> Result<Self, UnknownParty> {
        Self::ALL
            .into_iter()
            .find(|party| party.as_str() == text)
            .ok_or(UnknownParty)
    }
}
