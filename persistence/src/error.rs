//! What can go wrong between the program and its data base.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Absence is no error: queries answer `Ok(None)`.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No connection within the time allowed, or the connection broke before anything was decided.
    #[error("the data base cannot be reached: {0}")]
    Unavailable(String),
    /// A named constraint refused the write; nothing changed.
    #[error("the constraint {0} refused the change")]
    Refused(Constraint),
    /// The connection broke after COMMIT was sent. The write may have happened.
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
        match kind {
            DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ClosedConnection => {
                Self::Unavailable(details.message().to_owned())
            }
            // An administrator or a crash ended the server's side: 57P01 to 57P03 carry no kind.
            DatabaseErrorKind::Unknown
                if details.message().starts_with("terminating connection") =>
            {
                Self::Unavailable(details.message().to_owned())
            }
            _ => match details.constraint_name() {
                Some(name) => Self::Refused(Constraint(name.to_owned())),
                None => Self::Database(error),
            },
        }
    }
}
