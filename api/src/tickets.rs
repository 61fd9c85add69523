//! Numbers of open hours, and what becomes of them.

mod change;
mod get;

use chrono::{DateTime, FixedOffset, Utc};
use domain::minutes::Minutes;
use domain::open_hours::{Ticket, TicketStatus};
use persistence::tickets::OpenHours;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use change::{finish_ticket, leave_queue, miss_ticket, start_ticket};
pub use get::get_ticket;

use crate::views::local;

/// A number that somebody has drawn.
#[derive(Debug, Serialize, ToSchema)]
pub struct TicketView {
    pub id: Uuid,
    pub session_id: Uuid,
    pub service_id: Uuid,
    /// Counted from one in each session, without gaps.
    #[schema(minimum = 1, example = 7)]
    pub number: u32,
    /// One of `waiting`, `called`, `in_talk`, `done`, `left`, `not_there`.
    #[schema(example = "waiting")]
    pub status: &'static str,
    /// How many come before it; null when it does not wait.
    #[schema(required, example = 2)]
    pub ahead: Option<usize>,
    /// About how long until it is called; null when it does not wait.
    #[schema(required, example = 20)]
    pub estimated_wait_minutes: Option<u32>,
    /// Whether it was called before, and nobody came.
    pub missed: bool,
    /// With the offset of the site.
    pub drawn_at: DateTime<FixedOffset>,
    #[schema(required)]
    pub called_at: Option<DateTime<FixedOffset>>,
    /// When the talk began.
    #[schema(required)]
    pub started_at: Option<DateTime<FixedOffset>>,
    #[schema(required)]
    pub ended_at: Option<DateTime<FixedOffset>>,
}

/// The numbers of a session.
#[derive(Debug, Serialize, ToSchema)]
pub struct TicketList {
    pub items: Vec<TicketView>,
}

impl TicketView {
    pub(crate) fn of(open: &OpenHours, ticket: &Ticket, now: DateTime<Utc>) -> Self {
        let waits = ticket.status == TicketStatus::Waiting;
        let ahead = open.queue.ahead_of(ticket.id).filter(|_| waits);
        let wait = ahead.map(|ahead| open.queue.estimate(ahead, now));
        let at = |instant: DateTime<Utc>| local(instant, open.time_zone);
        Self {
            id: ticket.id.uuid(),
            session_id: open.session_id.uuid(),
            service_id: open.service_id.uuid(),
            number: ticket.number,
            status: ticket.status.as_str(),
            ahead,
            estimated_wait_minutes: wait.map(Minutes::count),
            missed: ticket.missed,
            drawn_at: at(ticket.drawn_at),
            called_at: ticket.called_at.map(at),
            started_at: ticket.started_at.map(at),
            ended_at: ticket.ended_at.map(at),
        }
    }
}
