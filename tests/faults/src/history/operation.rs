use std::fmt;

use serde::{Deserialize, Serialize};

/// What a call is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    FindSlots,
    Hold,
    Release,
    Book,
    Read,
    Find,
    Move,
    Cancel,
    CheckIn,
    Complete,
    NoShow,
    /// Of a request.
    Approve,
    Decline,
    /// From the waiting room, into the talk.
    Call,
    Start,
    /// Somebody is away: other slots are proposed, or everything is cancelled.
    SickDay,
    CancelDay,
    Proposals,
    AcceptProposal,
    /// As `GiveUp`, but the appointment stays.
    DeclineProposal,
    /// Declines a proposal, and cancels the appointment.
    GiveUp,
    PreviewSeries,
    BookSeries,
    ReadSeries,
    MoveSeries,
    CancelSeries,
    FindCourses,
    /// All of its dates, as a series.
    BookCourse,
    JoinWaitlist,
    ReadEntry,
    AcceptOffer,
    /// As `LeaveWaitlist`, but the entry goes on waiting.
    DeclineOffer,
    /// Ends the entry, whatever is offered.
    LeaveWaitlist,
    /// Numbers of open hours.
    DrawTicket,
    ReadTicket,
    LeaveQueue,
    CallNext,
    StartTicket,
    FinishTicket,
    /// Nobody came when it was called.
    MissTicket,
    Day,
    SignIn,
}

impl Operation {
    /// Whether it takes the dates of a series.
    #[must_use]
    pub const fn is_about_dates(self) -> bool {
        matches!(self, Self::BookSeries | Self::BookCourse | Self::MoveSeries)
    }

    /// Whether it only looks, or leaves nothing that a law is about.
    #[must_use]
    pub const fn only_looks(self) -> bool {
        matches!(
            self,
            Self::FindSlots
                | Self::Read
                | Self::Find
                | Self::Proposals
                | Self::PreviewSeries
                | Self::ReadSeries
                | Self::FindCourses
                | Self::ReadEntry
                | Self::ReadTicket
                | Self::Day
                | Self::SignIn
        )
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FindSlots => "find-slots",
            Self::Hold => "hold",
            Self::Release => "release",
            Self::Book => "book",
            Self::Read => "read",
            Self::Find => "find",
            Self::Move => "move",
            Self::Cancel => "cancel",
            Self::CheckIn => "check-in",
            Self::Complete => "complete",
            Self::NoShow => "no-show",
            Self::Approve => "approve",
            Self::Decline => "decline",
            Self::Call => "call",
            Self::Start => "start",
            Self::SickDay => "sick-day",
            Self::CancelDay => "cancel-day",
            Self::Proposals => "proposals",
            Self::AcceptProposal => "accept-proposal",
            Self::DeclineProposal => "decline-proposal",
            Self::GiveUp => "give-up",
            Self::PreviewSeries => "preview-series",
            Self::BookSeries => "book-series",
            Self::ReadSeries => "read-series",
            Self::MoveSeries => "move-series",
            Self::CancelSeries => "cancel-series",
            Self::FindCourses => "find-courses",
            Self::BookCourse => "book-course",
            Self::JoinWaitlist => "join-waitlist",
            Self::ReadEntry => "read-entry",
            Self::AcceptOffer => "accept-offer",
            Self::DeclineOffer => "decline-offer",
            Self::LeaveWaitlist => "leave-waitlist",
            Self::DrawTicket => "draw-ticket",
            Self::ReadTicket => "read-ticket",
            Self::LeaveQueue => "leave-queue",
            Self::CallNext => "call-next",
            Self::StartTicket => "start-ticket",
            Self::FinishTicket => "finish-ticket",
            Self::MissTicket => "miss-ticket",
            Self::Day => "day",
            Self::SignIn => "sign-in",
        })
    }
}
