//! A booked slot and its life.
//!
//! ```text
//! requested → booked → checked_in (called, in talk) → completed
//!        ↘       ↓  ↘      ↑
//!            cancelled  no_show
//! ```
//! A request is answered in time ([`crate::approval`]) or is cancelled by nobody but the clock.
//! Whoever comes late is checked in after all: a no-show can be taken back.

mod attendance;
mod status;

use chrono::{DateTime, Utc};

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
pub use attendance::{AttendanceError, Steps};
pub use status::{Party, Status, UnknownParty};

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
    /// Who comes along to a visit, where two do.
    pub second_counsellor_id: Option<CounsellorId>,
    pub span: Span,
    pub modality: Modality,
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

impl Appointment {
    #[must_use]
    pub fn visible_to(&self, staff: &Staff) -> bool {
        let counsellor = self.counsellor_for(staff);
        staff.may_for(
            Permission::ReadAppointments,
            self.organisation_id,
            counsellor,
        )
    }

    /// Whose appointment it is to that account: of two who visit together, it is to each their own.
    #[must_use]
    pub fn counsellor_for(&self, staff: &Staff) -> CounsellorId {
        let is_own = |it: &CounsellorId| staff.counsellors.contains(&(self.organisation_id, *it));
        let second = self.place.second_counsellor_id.filter(is_own);
        second.unwrap_or(self.place.counsellor_id)
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
        let is_late = matches!(actor, Actor::Visitor) && !self.may_still_change(deadline, now);
        let cancelled = self.give_up(actor, now)?;
        if is_late {
            return Err(CancelError::TooLate(deadline));
        }
        Ok(cancelled)
    }

    /// Ends it where its time cannot be kept: no deadline stands against that.
    pub fn give_up(self, actor: &Actor, now: DateTime<Utc>) -> Result<Self, CancelError> {
        match self.status {
            Status::Cancelled { .. } => return Err(CancelError::AlreadyCancelled),
            Status::CheckedIn { .. } | Status::Completed { .. } | Status::NoShow { .. } => {
                return Err(CancelError::Over);
            }
            Status::Requested { .. } | Status::Booked => {}
        }
        let by = match actor {
            Actor::Staff(_) => Party::Staff,
            Actor::Visitor => Party::Visitor,
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

    /// Which slot it took.
    pub fn slot(&self) -> Result<SlotId, NotAWholeMinute> {
        Ok(SlotId {
            organisation_id: self.organisation_id,
            session_id: self.place.session_id,
            service_id: self.place.service_id,
            starts_at: WholeMinute::new(self.place.span.from())?,
        })
    }

    fn may_still_change(&self, deadline: Minutes, now: DateTime<Utc>) -> bool {
        now + deadline.time_delta() <= self.place.span.from()
    }
}

#[cfg(test)]
mod tests;
