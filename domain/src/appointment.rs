//! A booked slot and its life.
//!
//! ```text
//! requested → booked → checked_in (called, in talk) → completed
//!        ↘       ↓  ↘      ↑
//!            cancelled  no_show
//! ```
//! A request is answered in time ([`crate::approval`]) or is cancelled by nobody but the clock. Whoever comes late is checked in after all: a no-show can be taken back.

use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};

use crate::actor::{Actor, Staff};
use crate::code::Code;
use crate::ids::{
    AppointmentId, CounsellorId, OrganisationId, RoomId, SeriesId, ServiceId, SessionId, SiteId,
};
use crate::minutes::{Minutes, NotAWholeMinute, WholeMinute};
use crate::modality::Modality;
use crate::permission::Permission;
use crate::slot_id::SlotId;
use crate::span::Span;
use crate::texts::LanguageTag;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    pub id: AppointmentId,
    pub organisation_id: OrganisationId,
    pub code: Code,
    pub place: Place,
    pub language: Option<LanguageTag>,
    pub interpreter_needed: bool,
    pub booked_at: DateTime<Utc>,
    /// With which others it was booked, if with any.
    pub series_id: Option<SeriesId>,
    pub status: Status,
}

/// What was booked: when, where, with whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub session_id: SessionId,
    pub service_id: ServiceId,
    pub site_id: SiteId,
    pub counsellor_id: CounsellorId,
    pub room_id: Option<RoomId>,
    /// Who interprets, where one was booked.
    pub interpreter_id: Option<CounsellorId>,
    pub span: Span,
    pub modality: Modality,
}

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

/// What was noted between arriving and leaving; neither has to be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Steps {
    pub called_at: Option<DateTime<Utc>>,
    /// When the talk began.
    pub started_at: Option<DateTime<Utc>>,
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CancelError {
    #[error("the appointment is cancelled already")]
    AlreadyCancelled,
    #[error("the appointment has taken place or was missed, and can no longer be cancelled")]
    Over,
    #[error("it is too late to cancel here, {} minutes before the start: please call", .0.count())]
    TooLate(Minutes),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoveError {
    #[error("the appointment is cancelled and cannot be moved: book anew")]
    AlreadyCancelled,
    #[error("the appointment has taken place or was missed, and can no longer be moved")]
    Over,
    #[error("it is too late to move the appointment here, {} minutes before the start: please call", .0.count())]
    TooLate(Minutes),
    #[error("an appointment moves to a slot of the same service of the same organisation")]
    OtherService,
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
    #[must_use]
    pub fn visible_to(&self, staff: &Staff) -> bool {
        let counsellor = self.place.counsellor_id;
        staff.may_for(
            Permission::ReadAppointments,
            self.organisation_id,
            counsellor,
        )
    }

    /// The language for which an interpreter is booked.
    #[must_use]
    pub fn interpreted(&self) -> Option<&LanguageTag> {
        self.language
            .as_ref()
            .filter(|_| self.place.interpreter_id.is_some())
    }

    /// A visitor can cancel until `deadline` before the start, staff until it is over.
    pub fn cancel(
        self,
        actor: &Actor,
        deadline: Minutes,
        now: DateTime<Utc>,
    ) -> Result<Self, CancelError> {
        match self.status {
            Status::Cancelled { .. } => return Err(CancelError::AlreadyCancelled),
            Status::CheckedIn { .. } | Status::Completed { .. } | Status::NoShow { .. } => {
                return Err(CancelError::Over);
            }
            Status::Requested { .. } | Status::Booked => {}
        }
        let by = match actor {
            Actor::Staff(_) => Party::Staff,
            Actor::Visitor if self.may_still_change(deadline, now) => Party::Visitor,
            Actor::Visitor => return Err(CancelError::TooLate(deadline)),
        };
        Ok(Self {
            status: Status::Cancelled { at: now, by },
            ..self
        })
    }

    /// Takes another place; id, code and secret stay, and what is approved stays approved. Whether
    /// that place is free is decided apart.
    pub fn reschedule(
        self,
        actor: &Actor,
        place: Place,
        deadline: Minutes,
        now: DateTime<Utc>,
    ) -> Result<Self, MoveError> {
        let is_same_service = place.service_id == self.place.service_id;
        let is_late = matches!(actor, Actor::Visitor) && !self.may_still_change(deadline, now);
        let moved = self.take_proposed(place)?;
        if !is_same_service {
            return Err(MoveError::OtherService);
        }
        if is_late {
            return Err(MoveError::TooLate(deadline));
        }
        Ok(moved)
    }

    /// Takes the place that was proposed instead of its own. No deadline stands against it: it was
    /// not the visitor who could not keep the time.
    pub fn take_proposed(self, place: Place) -> Result<Self, MoveError> {
        let status = match self.status {
            Status::Cancelled { .. } => return Err(MoveError::AlreadyCancelled),
            Status::CheckedIn { .. } | Status::Completed { .. } | Status::NoShow { .. } => {
                return Err(MoveError::Over);
            }
            Status::Requested { answer_by } => Status::Requested {
                answer_by: answer_by.min(place.span.from()),
            },
            Status::Booked => Status::Booked,
        };
        Ok(Self {
            place,
            status,
            ..self
        })
    }

    /// Ends it where its time cannot be kept: no deadline stands against that either.
    pub fn give_up(self, actor: &Actor, now: DateTime<Utc>) -> Result<Self, CancelError> {
        let early = now.min(self.place.span.from());
        let cancelled = self.cancel(actor, Minutes::NONE, early)?;
        let by = match actor {
            Actor::Staff(_) => Party::Staff,
            Actor::Visitor => Party::Visitor,
        };
        Ok(Self {
            status: Status::Cancelled { at: now, by },
            ..cancelled
        })
    }

    /// Which slot it took.
    pub fn slot(&self) -> Result<SlotId, NotAWholeMinute> {
        Ok(SlotId {
            organisation_id: self.organisation_id,
            session_id: self.place.session_id,
            service_id: self.place.service_id,
            starts_at: WholeMinute::new(self.place.span.from())?,
        })
    }

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

    fn may_still_change(&self, deadline: Minutes, now: DateTime<Utc>) -> bool {
        now + deadline.time_delta() <= self.place.span.from()
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

#[cfg(test)]
mod tests;
