//! Whether an organisation agrees to what visitors book, and until when.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};

use crate::appointment::{Appointment, Party, Status};
use crate::minutes::Minutes;

/// Whether what visitors book is only requested at first. Staff book at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Approval {
    None,
    Required,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an approval is one of none, required")]
pub struct UnknownApproval;

impl Approval {
    pub const ALL: [Self; 2] = [Self::None, Self::Required];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Required => "required",
        }
    }
}

impl FromStr for Approval {
    type Err = UnknownApproval;

    fn from_str(text: &str) -> Result<Self, UnknownApproval> {
        Self::ALL
            .into_iter()
            .find(|approval| approval.as_str() == text)
            .ok_or(UnknownApproval)
    }
}

impl fmt::Display for Approval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    #[error("the request is cancelled")]
    AlreadyCancelled,
    #[error("an appointment that is {0} is no request any more")]
    NotRequested(&'static str),
    #[error("the request could be answered until {0} and is over: book anew")]
    TooLate(DateTime<Utc>),
}

/// Until when a request is answered: so long after it, and before the start at the latest.
#[must_use]
pub fn answer_by(
    within: Minutes,
    requested_at: DateTime<Utc>,
    starts_at: DateTime<Utc>,
) -> DateTime<Utc> {
    starts_at.min(requested_at + within.time_delta())
}

impl Appointment {
    /// The organisation agrees to a request.
    pub fn approve(self, now: DateTime<Utc>) -> Result<Self, AnswerError> {
        self.answer(Status::Booked, now)
    }

    /// The organisation does not agree to a request.
    pub fn decline(self, now: DateTime<Utc>) -> Result<Self, AnswerError> {
        let by = Party::Staff;
        self.answer(Status::Cancelled { at: now, by }, now)
    }

    fn answer(self, status: Status, now: DateTime<Utc>) -> Result<Self, AnswerError> {
        match self.status {
            Status::Requested { answer_by } if now < answer_by => Ok(Self { status, ..self }),
            Status::Requested { answer_by } => Err(AnswerError::TooLate(answer_by)),
            Status::Cancelled { .. } => Err(AnswerError::AlreadyCancelled),
            status => Err(AnswerError::NotRequested(status.as_str())),
        }
    }
}

impl Status {
    /// What becomes of a request that nobody has answered in time; everything else stays as it is.
    #[must_use]
    pub fn expire(&self, now: DateTime<Utc>) -> Option<Self> {
        match self {
            Self::Requested { answer_by } if *answer_by <= now => Some(Self::Cancelled {
                at: now,
                by: Party::Program,
            }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::appointment::{Place, Steps};
    use crate::code::Code;
    use crate::modality::Modality;
    use crate::span::Span;

    fn start() -> DateTime<Utc> {
        "2026-12-01T09:00:00Z".parse().expect("an instant")
    }

    fn in_status(status: Status) -> Appointment {
        let id = uuid::Uuid::from_u128(1);
        let place = Place {
            session_id: id.into(),
            service_id: id.into(),
            site_id: id.into(),
            counsellor_id: id.into(),
            room_id: None,
            interpreter_id: None,
            second_counsellor_id: None,
            span: Span::new(start(), start() + TimeDelta::minutes(50)).expect("a span"),
            modality: Modality::Phone,
        };
        Appointment {
            id: id.into(),
            organisation_id: id.into(),
            code: Code::from_random([1; 5]),
            place,
            language: None,
            interpreter_needed: false,
            booked_at: start() - TimeDelta::days(9),
            series_id: None,
            status,
        }
    }

    fn edge() -> DateTime<Utc> {
        start() - TimeDelta::days(7)
    }

    fn requested() -> Appointment {
        in_status(Status::Requested { answer_by: edge() })
    }

    #[test]
    fn a_request_is_answered_in_its_time_and_before_the_start() {
        let day = Minutes::DAY;
        let early = start() - TimeDelta::days(2);
        let late = start() - TimeDelta::minutes(5);
        assert_eq!(answer_by(day, early, start()), early + TimeDelta::days(1));
        assert_eq!(answer_by(day, late, start()), start());
    }

    #[test]
    fn until_its_edge_a_request_is_answered_and_from_there_on_it_is_over() {
        let in_time = edge() - TimeDelta::microseconds(1);
        assert_eq!(requested().approve(in_time), Ok(in_status(Status::Booked)));
        let by = Party::Staff;
        let declined = in_status(Status::Cancelled { at: in_time, by });
        assert_eq!(requested().decline(in_time), Ok(declined));
        assert_eq!(requested().status.expire(in_time), None);
        let late = Err(AnswerError::TooLate(edge()));
        assert_eq!(requested().approve(edge()), late);
        assert_eq!(requested().decline(edge()), late);
        let (at, by) = (edge(), Party::Program);
        let expired = Status::Cancelled { at, by };
        assert_eq!(requested().status.expire(edge()), Some(expired));
    }

    #[test]
    fn only_requests_are_answered_and_expire() {
        let at = start();
        let (by, checked_in_at) = (Party::Visitor, at);
        for status in [
            Status::Booked,
            Status::CheckedIn {
                at,
                steps: Steps::default(),
            },
            Status::Completed {
                checked_in_at,
                steps: Steps::default(),
                at,
            },
            Status::NoShow { at },
        ] {
            let refused = Err(AnswerError::NotRequested(status.as_str()));
            assert_eq!(in_status(status.clone()).approve(at), refused);
            assert_eq!(in_status(status.clone()).decline(at), refused);
            assert_eq!(status.expire(at), None);
        }
        let cancelled = || in_status(Status::Cancelled { at, by });
        let refused = Err(AnswerError::AlreadyCancelled);
        assert_eq!(cancelled().approve(at), refused);
        assert_eq!(cancelled().decline(at), refused);
        assert_eq!(cancelled().status.expire(at), None);
    }

    #[test]
    fn approvals_have_names() {
        for approval in Approval::ALL {
            assert_eq!(approval.to_string().parse(), Ok(approval));
        }
        assert_eq!("maybe".parse::<Approval>(), Err(UnknownApproval));
    }
}
