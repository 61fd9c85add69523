//! Meetings of staff: once or by a rule, in rooms that take turns.

mod cancel;
mod create;
mod list;
mod read;

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, Utc};
use domain::ids::{OrganisationId, RoomId};
use domain::meeting::{Meeting, MeetingDate, MeetingRoom, Wanted};
use domain::span::Span;
use persistence::Transaction;
use persistence::meetings::{self, Found};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use cancel::{CancelMeetingBody, cancel_meeting};
pub use create::create_meeting;
pub(crate) use create::{decided, found, save};
pub use list::{get_meeting, list_meetings};
pub use read::MeetingBody;
pub(crate) use read::Read;

use crate::pages::page;
use crate::problems::Problem;
use crate::views::local;

/// A meeting of staff.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeetingView {
    pub id: Uuid,
    pub organisation_id: Uuid,
    /// What it is about: told to the staff of the organisation only, and never to the owner of a room.
    pub title: String,
    /// Null of one that takes place once.
    #[schema(required, example = "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE;COUNT=12")]
    pub rule: Option<String>,
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
    pub created_at: DateTime<FixedOffset>,
    /// All of them, by start.
    pub dates: Vec<MeetingDateView>,
    /// In the answer that makes it, the dates that could not be had; empty everywhere else.
    pub left_out: Vec<MeetingRefusalView>,
}

/// One date of a meeting.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeetingDateView {
    pub id: Uuid,
    pub meeting_id: Uuid,
    pub organisation_id: Uuid,
    pub title: String,
    pub room_id: Uuid,
    pub starts_at: DateTime<FixedOffset>,
    pub ends_at: DateTime<FixedOffset>,
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
    #[schema(required)]
    pub cancelled_at: Option<DateTime<FixedOffset>>,
    /// Why it cannot take place there after all; null where it can.
    #[schema(required, example = "the loan of the room has ended")]
    pub needs_attention: Option<String>,
}

/// A date that cannot be had, and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeetingRefusalView {
    pub room_id: Uuid,
    pub starts_at: DateTime<FixedOffset>,
    /// The kind of problem, for programs.
    #[schema(example = "slot-taken")]
    pub code: String,
    /// For people.
    pub detail: String,
}

page!(
    /// Dates of meetings, by their start.
    MeetingPage of MeetingDateView
);

/// What is known of the rooms of an organisation's dates.
type Rooms = BTreeMap<RoomId, MeetingRoom>;

impl MeetingView {
    fn of(found: &Found, rooms: &Rooms, now: DateTime<Utc>) -> Self {
        let meeting = &found.meeting;
        let dates = found.dates.iter();
        Self {
            id: meeting.id.uuid(),
            organisation_id: meeting.organisation_id.uuid(),
            title: meeting.title.to_string(),
            rule: meeting.rule.clone(),
            time_zone: meeting.time_zone.name().to_owned(),
            created_at: local(meeting.created_at, meeting.time_zone),
            dates: dates
                .map(|date| MeetingDateView::of(meeting, date, rooms, now))
                .collect(),
            left_out: Vec::new(),
        }
    }
}

impl MeetingDateView {
    fn of(meeting: &Meeting, date: &MeetingDate, rooms: &Rooms, now: DateTime<Utc>) -> Self {
        let zone = meeting.time_zone;
        let is_ahead = date.cancelled_at.is_none() && date.span.before() > now;
        let room = rooms.get(&date.room_id).filter(|_| is_ahead);
        let stranded = room.and_then(|room| room.strands(date.span));
        Self {
            id: date.id.uuid(),
            meeting_id: meeting.id.uuid(),
            organisation_id: meeting.organisation_id.uuid(),
            title: meeting.title.to_string(),
            room_id: date.room_id.uuid(),
            starts_at: local(date.span.from(), zone),
            ends_at: local(date.span.before(), zone),
            time_zone: zone.name().to_owned(),
            cancelled_at: date.cancelled_at.map(|at| local(at, zone)),
            needs_attention: stranded.map(|why| why.to_string()),
        }
    }
}

impl MeetingRefusalView {
    fn of(wanted: &Wanted, meeting: &Meeting) -> Option<Self> {
        let why = Problem::from(wanted.outcome.err()?);
        Some(Self {
            room_id: wanted.room_id.uuid(),
            starts_at: local(wanted.span.from(), meeting.time_zone),
            code: why.code.as_str().to_owned(),
            detail: why.detail,
        })
    }
}

/// The rooms of these dates, which are one organisation's.
async fn rooms_of(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    dates: &[MeetingDate],
    now: DateTime<Utc>,
) -> Result<Rooms, Problem> {
    let ahead = dates.iter().filter(|date| date.cancelled_at.is_none());
    let spans = ahead.clone().map(|date| date.span);
    let Some(window) = window_of(spans) else {
        return Ok(Rooms::new());
    };
    let ids: Vec<RoomId> = ahead.map(|date| date.room_id).collect();
    let rooms = meetings::rooms(transaction, organisation, &ids, window, now).await?;
    Ok(rooms.into_iter().map(|(room, _)| (room.id, room)).collect())
}

/// From the first to the last of them.
fn window_of(spans: impl Iterator<Item = Span>) -> Option<Span> {
    let around = |one: Span, other: Span| {
        let from = one.from().min(other.from());
        Span::new(from, one.before().max(other.before())).unwrap_or(one)
    };
    spans.reduce(around)
}
