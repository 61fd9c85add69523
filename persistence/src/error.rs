//! What can go wrong between the program and its data base.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::{failover, outage};

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Absence is no error: queries answer `Ok(None)`.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No connection within the time allowed, or Postgres cannot do it at the moment. Nothing
    /// changed.
    #[error("the data base cannot be reached: {0}")]
    Unavailable(String),
    /// The connection broke or fell silent while an answer was due. Without COMMIT, nothing changed.
    #[error("the connection to the data base was lost: {0}")]
    Lost(String),
    /// A named constraint refused the write; nothing changed.
    #[error("the constraint {0} refused the change")]
    Refused(Constraint),
    /// The connection was lost after COMMIT was sent. The write may have happened.
    #[error("the outcome of the commit is unknown: {0}")]
    OutcomeUnknown(String),
    /// A row that the model cannot hold.
    #[error("a stored {what} breaks the model: {why}")]
    Corrupt { what: &'static str, why: String },
    #[error(transparent)]
    Database(DieselError),
}

/// The name of a constraint of the schema, such as `allocations_never_overlap`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint(String);

impl Constraint {
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Constraint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error {
    pub(crate) fn corrupt(what: &'static str, why: impl std::fmt::Display) -> Self {
        Self::Corrupt {
            what,
            why: why.to_string(),
        }
    }

    /// Whether the connection should be thrown away.
    pub(crate) fn is_outage(&self) -> bool {
        matches!(
            self,
            Self::Unavailable(_) | Self::Lost(_) | Self::OutcomeUnknown(_)
        )
    }

    /// Whether this is the refusal by the constraint of that name.
    #[must_use]
    pub fn is_refused_by(&self, name: &str) -> bool {
        matches!(self, Self::Refused(constraint) if constraint.name() == name)
    }
}

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        let DieselError::DatabaseError(kind, details) = &error else {
            return Self::Database(error);
        };
        let why = details.message();
        match kind {
            DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ClosedConnection => {
                Self::Lost(why.to_owned())
            }
            DatabaseErrorKind::SerializationFailure => Self::Unavailable(why.to_owned()),
            DatabaseErrorKind::ReadOnlyTransaction => {
                failover::noticed();
                Self::Unavailable(why.to_owned())
            }
            DatabaseErrorKind::Unknown if outage::ends_the_connection(why) => {
                Self::Lost(why.to_owned())
            }
            DatabaseErrorKind::Unknown if outage::is_temporary(why) => {
                Self::Unavailable(why.to_owned())
            }
            _ => match details.constraint_name() {
                Some(name) => Self::Refused(Constraint(name.to_owned())),
                None => Self::Database(error),
            },
        }
    }
}
