//! From arriving to leaving.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Appointment, Status};

/// What was noted between arriving and leaving; neither has to be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Steps {
    pub called_at: Option<DateTime<Utc>>,
    /// When the talk began.
    pub started_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AttendanceError {
    #[error("the appointment is cancelled")]
    AlreadyCancelled,
    #[error("an appointment that is {0} cannot become that")]
    WrongStatus(&'static str),
    #[error("this can be recorded only from {0} on")]
    TooEarly(DateTime<Utc>),
    #[error("somebody has called this person already")]
    AlreadyCalled,
    #[error("the talk has begun already")]
    AlreadyStarted,
}

/// How long before the start somebody can be checked in.
const EARLIEST_CHECK_IN: TimeDelta = TimeDelta::hours(12);

impl Appointment {
    pub fn check_in(self, now: DateTime<Utc>) -> Result<Self, AttendanceError> {
        match self.status {
            Status::Booked | Status::NoShow { .. } => {
                self.not_before(self.place.span.from() - EARLIEST_CHECK_IN, now)?;
                Ok(Self {
                    status: Status::CheckedIn {
                        at: now,
                        steps: Steps::default(),
                    },
                    ..self
                })
            }
            status => Err(wrong(&status)),
        }
    }

    /// Calls who has arrived; of several who do, one.
    pub fn call(self, now: DateTime<Utc>) -> Result<Self, AttendanceError> {
        self.step(|steps| match steps {
            Steps {
                started_at: Some(_),
                ..
            } => Err(AttendanceError::AlreadyStarted),
            Steps {
                called_at: Some(_), ..
            } => Err(AttendanceError::AlreadyCalled),
            Steps { .. } => Ok(Steps {
                called_at: Some(now),
                ..steps
            }),
        })
    }

    /// Begins the talk with who has arrived, called or not.
    pub fn start(self, now: DateTime<Utc>) -> Result<Self, AttendanceError> {
        self.step(|steps| match steps.started_at {
            Some(_) => Err(AttendanceError::AlreadyStarted),
            None => Ok(Steps {
                started_at: Some(now),
                ..steps
            }),
        })
    }

    fn step(
        self,
        next: impl FnOnce(Steps) -> Result<Steps, AttendanceError>,
    ) -> Result<Self, AttendanceError> {
        match self.status {
            Status::CheckedIn { at, steps } => {
                let status = Status::CheckedIn {
                    at,
                    steps: next(steps)?,
                };
                Ok(Self { status, ..self })
            }
            status => Err(wrong(&status)),
        }
    }

    pub fn complete(self, now: DateTime<Utc>) -> Result<Self, AttendanceError> {
        match self.status {
            Status::CheckedIn { at, steps } => Ok(Self {
                status: Status::Completed {
                    checked_in_at: at,
                    steps,
                    at: now,
                },
                ..self
            }),
            status => Err(wrong(&status)),
        }
    }

    pub fn no_show(self, now: DateTime<Utc>) -> Result<Self, AttendanceError> {
        match self.status {
            Status::Booked => {
                self.not_before(self.place.span.from(), now)?;
                Ok(Self {
                    status: Status::NoShow { at: now },
                    ..self
                })
            }
            status => Err(wrong(&status)),
        }
    }

    fn not_before(
        &self,
        earliest: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), AttendanceError> {
        if now < earliest {
            Err(AttendanceError::TooEarly(earliest))
        } else {
            Ok(())
        }
    }
}

const fn wrong(status: &Status) -> AttendanceError {
    match status {
        Status::Cancelled { .. } => AttendanceError::AlreadyCancelled,
        status => AttendanceError::WrongStatus(status.as_str()),
    }
}
