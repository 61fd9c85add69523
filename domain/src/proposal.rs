//! Other slots, proposed to somebody whose appointment cannot take place.

mod choose;

use chrono::{DateTime, TimeDelta, Utc};

use crate::appointment::Place;
use crate::ids::{AppointmentId, OrganisationId, ProposalId};
use crate::minutes::{Minutes, NotAWholeMinute, WholeMinute};
use crate::slot_id::SlotId;

pub use choose::{Choice, Stranded, Wanted, choose};

/// A slot that nobody else gets until the answer is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    pub id: ProposalId,
    pub organisation_id: OrganisationId,
    pub appointment_id: AppointmentId,
    /// What would be booked instead.
    pub place: Place,
    /// 1 for the best of those that are open for the appointment.
    pub rank: u8,
    pub proposed_at: DateTime<Utc>,
    /// When the answer is due.
    pub expires_at: DateTime<Utc>,
    pub answer: Answer,
}

/// What became of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// None yet.
    Open,
    Accepted,
    Declined,
    /// The appointment was moved or cancelled, or something else was accepted or proposed.
    Withdrawn,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProposalError {
    #[error("the answer was due at {0}, and the slot is not held any more")]
    Expired(DateTime<Utc>),
    #[error("the proposal is {} already", .0.as_str())]
    Answered(Answer),
}

/// What a visitor can be asked to decide between at once.
pub const MOST_PROPOSALS: u8 = 3;

/// The answer is due so long before the proposed slot begins: others can still book it then.
const DUE_BEFORE_START: TimeDelta = TimeDelta::hours(2);

/// Who is asked has at least so long to answer.
const LEAST_TO_ANSWER: TimeDelta = TimeDelta::minutes(30);

/// When the answer to a proposal of a slot is due; `None` where it begins too soon to be proposed.
#[must_use]
pub fn answer_due(
    starts_at: DateTime<Utc>,
    within: Minutes,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let due = (now + within.time_delta()).min(starts_at - DUE_BEFORE_START);
    (due >= now + LEAST_TO_ANSWER).then_some(due)
}

impl Answer {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl Proposal {
    /// The slot that is held.
    pub fn slot(&self) -> Result<SlotId, NotAWholeMinute> {
        Ok(SlotId {
            organisation_id: self.organisation_id,
            session_id: self.place.session_id,
            service_id: self.place.service_id,
            starts_at: WholeMinute::new(self.place.span.from())?,
        })
    }

    /// As a person reads it: what was not answered in time has expired.
    #[must_use]
    pub fn state(&self, now: DateTime<Utc>) -> &'static str {
        if self.answer == Answer::Open && now >= self.expires_at {
            "expired"
        } else {
            self.answer.as_str()
        }
    }

    pub fn accept(self, now: DateTime<Utc>) -> Result<Self, ProposalError> {
        self.answer(Answer::Accepted, now)
    }

    pub fn decline(self, now: DateTime<Utc>) -> Result<Self, ProposalError> {
        self.answer(Answer::Declined, now)
    }

    fn answer(self, answer: Answer, now: DateTime<Utc>) -> Result<Self, ProposalError> {
        if self.answer != Answer::Open {
            return Err(ProposalError::Answered(self.answer));
        }
        if now >= self.expires_at {
            return Err(ProposalError::Expired(self.expires_at));
        }
        Ok(Self { answer, ..self })
    }
}

#[cfg(test)]
mod tests;
