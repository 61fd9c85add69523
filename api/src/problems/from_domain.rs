//! How decisions and failures become problems: each error of the layers below, in one place.

use domain::appointment::{AttendanceError, CancelError, MoveError};
use domain::approval::AnswerError;
use domain::booking::BookError;
use domain::calendar::HomeError;
use domain::contact::ContactError;
use domain::course::CannotJoin;
use domain::hold::HoldExpired;
use domain::invitation::CannotInvite;
use domain::loan::NotLent;
use domain::meeting::NoMeeting;
use domain::open_hours::{DrawError, WrongTurn};
use domain::proposal::ProposalError;
use domain::series::CannotMove;
use domain::slots::Unbookable;
use domain::waitlist::WaitlistError;
use persistence::claims::{NEVER_OVERLAP, WITHIN_QUOTA};
use persistence::places;

use super::{Code, FieldProblem, Problem};

impl From<persistence::Error> for Problem {
    fn from(error: persistence::Error) -> Self {
        use persistence::Error;
        match error {
            Error::Unavailable(why) | Error::Lost(why) => {
                log::warn!("data base unavailable: {why}");
                Self::new(Code::Unavailable).retry_after(2)
            }
            Error::OutcomeUnknown(why) => {
                log::warn!("outcome of a commit unknown: {why}");
                Self::because(Code::OutcomeUnknown, Code::OutcomeUnknown.description())
                    .retry_after(2)
            }
            Error::Refused(constraint) => refused_by(constraint.name()),
            error @ (Error::Corrupt { .. } | Error::Database(_)) => {
                log::error!("unexpected failure of the data base: {error}");
                Self::new(Code::Internal)
            }
        }
    }
}

/// What a caller can act on, of the constraints that no check before them can hold for sure.
fn refused_by(constraint: &str) -> Problem {
    let taken = |pointer: &str, detail: &str| {
        Problem::because(Code::Conflict, format!("`{pointer}`: {detail}"))
            .with(FieldProblem::at(pointer, "taken", detail))
    };
    match constraint {
        NEVER_OVERLAP => Problem::new(Code::SlotTaken),
        WITHIN_QUOTA => Problem::because(Code::CapReached, NotLent::Quota),
        constraint if places::TAKEN.contains(&constraint) => Problem::new(Code::SlotTaken),
        places::WITHIN_CAPACITY => Problem::new(Code::CapacityTaken).with(FieldProblem::at(
            "/capacity",
            "taken",
            Code::CapacityTaken.description(),
        )),
        "kept_places_service_key" | "kept_places_session_key" | "kept_places_course_key" => taken(
            "/partner_id",
            "places are kept here for this partner already: change how many",
        ),
        "course_dates_pkey" => taken("/session_ids", "a session is a date of another course"),
        "waitlist_entries_key" => Problem::because(
            Code::Conflict,
            "somebody waits under this `Idempotency-Key` already: send a fresh one",
        ),
        "organisations_slug_key" => taken("/slug", "another organisation has this slug"),
        "counsellors_account_key" => taken(
            "/account_id",
            "another counsellor signs in with this account",
        ),
        "rooms_loan_key" => taken("/loan_id", "a room was entered for this loan before"),
        other => {
            log::error!("unexpected refusal by the constraint {other}");
            Problem::new(Code::Internal)
        }
    }
}

impl From<CannotInvite> for Problem {
    fn from(error: CannotInvite) -> Self {
        let code = match error {
            CannotInvite::AdministratorsOnly => Code::Forbidden,
            CannotInvite::HasAdministrator => Code::Conflict,
        };
        Self::because(code, error)
    }
}

impl From<persistence::vault::VaultError> for Problem {
    fn from(error: persistence::vault::VaultError) -> Self {
        log::error!("unexpected failure of the vault: {error}");
        Self::new(Code::Internal)
    }
}

impl From<Unbookable> for Problem {
    fn from(error: Unbookable) -> Self {
        let code = match error {
            Unbookable::CapReached => Code::CapReached,
            Unbookable::Taken | Unbookable::Full | Unbookable::Missing(_) => Code::SlotTaken,
            Unbookable::OutsideSession
            | Unbookable::OffGrid
            | Unbookable::TooLate
            | Unbookable::TooEarly
            | Unbookable::TooFar
            | Unbookable::Unavailable => Code::SlotGone,
        };
        Self::because(code, error)
    }
}

impl From<NoMeeting> for Problem {
    fn from(error: NoMeeting) -> Self {
        let code = match error {
            NoMeeting::Taken => Code::SlotTaken,
            NoMeeting::NotLent(NotLent::Quota) => Code::CapReached,
            NoMeeting::Past | NoMeeting::NoRoom | NoMeeting::NotLent(_) | NoMeeting::Closed => {
                Code::SlotGone
            }
        };
        Self::because(code, error)
    }
}

impl From<CannotJoin> for Problem {
    fn from(error: CannotJoin) -> Self {
        let code = match error {
            CannotJoin::NotOpen(_) => Code::TooEarly,
            CannotJoin::Closed | CannotJoin::Begun => Code::TooLate,
            CannotJoin::NoDates => Code::SlotGone,
        };
        Self::because(code, error)
    }
}

impl From<HoldExpired> for Problem {
    fn from(error: HoldExpired) -> Self {
        Self::because(Code::HoldExpired, error)
    }
}

impl From<ProposalError> for Problem {
    fn from(error: ProposalError) -> Self {
        let code = match error {
            ProposalError::Expired(_) => Code::ProposalExpired,
            ProposalError::Answered(_) => Code::ProposalAnswered,
        };
        Self::because(code, error)
    }
}

impl From<WaitlistError> for Problem {
    fn from(error: WaitlistError) -> Self {
        let code = match error {
            WaitlistError::Ended(_) => Code::WaitlistEntryEnded,
            WaitlistError::NotOffered | WaitlistError::Expired(_) => Code::OfferGone,
        };
        Self::because(code, error)
    }
}

impl From<ContactError> for Problem {
    fn from(error: ContactError) -> Self {
        match error {
            ContactError::Required => Self::because(Code::ContactRequired, error),
            ContactError::NotTaken => Self::rule("/client", error),
        }
    }
}

impl From<CancelError> for Problem {
    fn from(error: CancelError) -> Self {
        let code = match error {
            CancelError::AlreadyCancelled => Code::AlreadyCancelled,
            CancelError::Over => Code::WrongStatus,
            CancelError::TooLate(_) => Code::TooLate,
        };
        Self::because(code, error)
    }
}

impl From<MoveError> for Problem {
    fn from(error: MoveError) -> Self {
        let code = match error {
            MoveError::AlreadyCancelled => Code::AlreadyCancelled,
            MoveError::Over => Code::WrongStatus,
            MoveError::TooLate(_) => Code::TooLate,
            MoveError::OtherService => return Self::rule("/slot_id", error),
        };
        Self::because(code, error)
    }
}

impl From<AnswerError> for Problem {
    fn from(error: AnswerError) -> Self {
        let code = match error {
            AnswerError::AlreadyCancelled => Code::AlreadyCancelled,
            AnswerError::NotRequested(_) => Code::WrongStatus,
            AnswerError::TooLate(_) => Code::TooLate,
        };
        Self::because(code, error)
    }
}

impl From<AttendanceError> for Problem {
    fn from(error: AttendanceError) -> Self {
        let code = match error {
            AttendanceError::AlreadyCancelled => Code::AlreadyCancelled,
            AttendanceError::WrongStatus(_) => Code::WrongStatus,
            AttendanceError::TooEarly(_) => Code::TooEarly,
            AttendanceError::AlreadyCalled | AttendanceError::AlreadyStarted => Code::AlreadyCalled,
        };
        Self::because(code, error)
    }
}

impl From<BookError> for Problem {
    fn from(error: BookError) -> Self {
        match error {
            BookError::Unbookable(error) => error.into(),
            BookError::Contact(error) => error.into(),
            BookError::ModalityNotOffered(_) => Self::rule("/modality", error),
            BookError::Home(error) => error.into(),
        }
    }
}

impl From<HomeError> for Problem {
    fn from(error: HomeError) -> Self {
        Self::rule("/visit", error)
    }
}

impl From<CannotMove> for Problem {
    fn from(error: CannotMove) -> Self {
        match error {
            CannotMove::Move(error) => error.into(),
            CannotMove::Slot(error) => error.into(),
            CannotMove::Place(error) => error.into(),
        }
    }
}

impl From<DrawError> for Problem {
    fn from(error: DrawError) -> Self {
        let code = match error {
            DrawError::TooEarly(_) => Code::TooEarly,
            DrawError::Over | DrawError::Full => Code::TooLate,
            DrawError::Shut => Code::SlotGone,
        };
        Self::because(code, error)
    }
}

impl From<WrongTurn> for Problem {
    fn from(error: WrongTurn) -> Self {
        Self::because(Code::WrongStatus, error)
    }
}
