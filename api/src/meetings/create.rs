use std::collections::BTreeSet;

use actix_web::{HttpResponse, post};
use chrono::{DateTime, FixedOffset, Utc};
use domain::ids::{MeetingDateId, MeetingId, OrganisationId};
use domain::meeting::{Meeting, MeetingDate, MeetingRoom, Wanted, choose, decide};
use domain::permission::Permission;
use persistence::Transaction;
use persistence::audit::Entry;
use persistence::meetings::{self, Found};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::read::Read;
use super::{MeetingBody, MeetingRefusalView, MeetingView, Rooms, window_of};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{Body, Query};
use crate::idempotency::Attempt;
use crate::permit::permit;
use crate::preview::DryRun;
use crate::problems::{Code, FieldProblem, Problem};
use crate::refusals::{ChangeRefusals, Refusals};
use crate::views::local;

/// The dates that a rule means, and which of them could be had at this moment.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeetingPreview {
    pub dates: Vec<MeetingPreviewDate>,
}

/// One date of a rule.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeetingPreviewDate {
    pub room_id: Uuid,
    pub starts_at: DateTime<FixedOffset>,
    pub ends_at: DateTime<FixedOffset>,
    pub bookable: bool,
    /// Why it cannot be had.
    #[schema(required)]
    pub refusal: Option<MeetingRefusalView>,
}

/// Make a meeting
///
/// Claims a room for each date, without visitors: once, or on the dates of a rule, in rooms that take
/// turns. First ask with `dry_run=true`: every date is listed, with its room and what is in the way.
/// Then `all_or_nothing` takes all of them or none, and lists those in the way; `what_fits` takes the
/// others, and lists what it left out.
#[utoipa::path(operation_id = "createMeeting", tag = "setup", request_body = MeetingBody, security(("bearer" = [])),
    params(DryRun, ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 201, description = "The new meeting", body = MeetingView),
        (status = 200, description = "What could be had, of a dry run", body = MeetingPreview), Refusals, ChangeRefusals))]
#[post("/v1/meetings")]
pub async fn create_meeting(
    app: AppData,
    caller: SignedIn,
    attempt: Attempt,
    query: Query<DryRun>,
    body: Body<MeetingBody>,
) -> Result<HttpResponse, Problem> {
    let organisation = body.value.organisation_id.into();
    let (mut transaction, staff) = app.staff(&caller).await?;
    permit(&staff, Permission::ManageMeetings, organisation)?;
    let attempt = attempt.by(&caller).with(&app, "createMeeting", &body.bytes);
    if !query.0.dry_run
        && let Some(answer) = attempt.answered(&app, &mut transaction).await?
    {
        return Ok(answer);
    }
    let now = app.clock.now();
    let read = body.value.read()?;
    let (meeting, wanted) = decided(&mut transaction, organisation, &read, now).await?;
    if query.0.dry_run {
        transaction.rollback().await;
        return Ok(HttpResponse::Ok().json(MeetingPreview::of(&wanted, &meeting)));
    }
    let chosen = choose(read.mode, wanted);
    let (fit, left_out) = chosen.map_err(|refused| refusal(&meeting, &read, refused.0))?;
    let found = found(meeting, &fit);
    save(&mut transaction, &found, &read, now);
    let subject = ("meeting", found.meeting.id.uuid());
    transaction.audit(Entry::by(&staff, organisation, "create", subject, now));
    let left_out = left_out.iter();
    let view = MeetingView {
        left_out: left_out
            .filter_map(|wanted| MeetingRefusalView::of(wanted, &found.meeting))
            .collect(),
        ..MeetingView::of(&found, &Rooms::new(), now)
    };
    let location = format!("/v1/meetings/{}", view.id);
    attempt
        .created_without_version(&app, transaction, &location, &view)
        .await
}

/// Each of its dates with what is in the way. Its rooms are locked.
pub(crate) async fn decided(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    read: &Read,
    now: DateTime<Utc>,
) -> Result<(Meeting, Vec<Wanted>), Problem> {
    meetings::lock(transaction, organisation, &read.rooms);
    let near = meetings::rooms(transaction, organisation, &read.rooms, read.first, now).await?;
    let known: BTreeSet<_> = near.iter().map(|(room, _)| room.id).collect();
    let first = read
        .rooms
        .first()
        .and_then(|first| near.iter().find(|(room, _)| room.id == *first));
    let zone = first.filter(|_| read.rooms.iter().all(|room| known.contains(room)));
    let (_, zone) =
        *zone.ok_or_else(|| Problem::rule("/room_ids", "not all are rooms of the organisation"))?;
    let turns = read.turns(zone)?;
    let rooms: Vec<MeetingRoom> = match window_of(turns.iter().map(|(_, span)| *span)) {
        Some(window) if window != read.first => {
            meetings::rooms(transaction, organisation, &read.rooms, window, now).await?
        }
        _ => near,
    }
    .into_iter()
    .map(|(room, _)| room)
    .collect();
    let meeting = Meeting {
        id: MeetingId::new(Uuid::now_v7()),
        organisation_id: organisation,
        title: read.title.clone(),
        rule: read.rule.map(|rule| rule.to_string()),
        time_zone: zone,
        created_at: now,
    };
    Ok((meeting, decide(turns, rooms, now)))
}

pub(crate) fn found(meeting: Meeting, fit: &[Wanted]) -> Found {
    let date = |wanted: &Wanted| MeetingDate {
        id: MeetingDateId::new(Uuid::now_v7()),
        room_id: wanted.room_id,
        span: wanted.span,
        cancelled_at: None,
    };
    Found {
        meeting,
        dates: fit.iter().map(date).collect(),
    }
}

pub(crate) fn save(transaction: &mut Transaction, found: &Found, read: &Read, now: DateTime<Utc>) {
    let organisation = found.meeting.organisation_id;
    if let Some(window) = window_of(found.dates.iter().map(|date| date.span)) {
        meetings::clear_expired(transaction, organisation, &read.rooms, window, now);
    }
    meetings::insert(transaction, found);
}

/// Nothing was taken, for these dates.
fn refusal(
    meeting: &Meeting,
    read: &Read,
    dates: Vec<(DateTime<Utc>, domain::meeting::NoMeeting)>,
) -> Problem {
    if let ([(_, why)], None) = (&dates[..], &read.rule) {
        return Problem::from(*why);
    }
    let detail = format!(
        "{} of the dates cannot be had, and nothing was changed",
        dates.len()
    );
    let mut problem = Problem::because(Code::DatesUnbookable, detail);
    for (start, why) in dates {
        let why = Problem::from(why);
        let start = local(start, meeting.time_zone).to_rfc3339();
        let detail = format!("{start}: {}", why.detail);
        problem = problem.with(FieldProblem::at("/rule", why.code.as_str(), detail));
    }
    problem
}

impl MeetingPreview {
    fn of(wanted: &[Wanted], meeting: &Meeting) -> Self {
        let date = |wanted: &Wanted| MeetingPreviewDate {
            room_id: wanted.room_id.uuid(),
            starts_at: local(wanted.span.from(), meeting.time_zone),
            ends_at: local(wanted.span.before(), meeting.time_zone),
            bookable: wanted.outcome.is_ok(),
            refusal: MeetingRefusalView::of(wanted, meeting),
        };
        Self {
            dates: wanted.iter().map(date).collect(),
        }
    }
}
