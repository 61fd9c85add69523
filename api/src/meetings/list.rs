use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, get};
use chrono::{DateTime, Utc};
use domain::ids::{MeetingDateId, MeetingId, OrganisationId};
use domain::meeting::{Meeting, MeetingDate};
use domain::permission::Permission;
use persistence::{Transaction, meetings};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{MeetingDateView, MeetingPage, MeetingView, rooms_of};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{Path, Query};
use crate::pages::{self, Limit};
use crate::permit::{permit, permitted};
use crate::problems::Problem;
use crate::refusals::Refusals;
use crate::spans;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListMeetings {
    /// Only meetings of this organisation.
    #[param(format = Uuid)]
    organisation_id: Option<String>,
    /// Only dates that start then or later (RFC 3339); now when left out.
    #[param(format = DateTime)]
    from: Option<String>,
    /// Only dates that start before then (RFC 3339); 14 days after `from` when left out, and at most
    /// 62.
    #[param(format = DateTime)]
    before: Option<String>,
    /// How many items a page has; more than 200 is answered with 200.
    #[param(minimum = 1, default = 50)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List dates of meetings
///
/// Those of the own organisations in a span of time that are not cancelled, each with what may keep it
/// from taking place.
#[utoipa::path(operation_id = "listMeetings", tag = "setup", params(ListMeetings), security(("bearer" = [])),
    responses((status = 200, description = "A page of dates", body = MeetingPage), Refusals,
        (status = 422, description = "The request breaks a rule.", body = crate::problems::ProblemDocument,
            content_type = "application/problem+json")))]
#[get("/v1/meetings")]
pub async fn list_meetings(
    request: HttpRequest,
    app: AppData,
    caller: SignedIn,
    query: Query<ListMeetings>,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let limit = Limit::new(query.limit)?;
    let organisation = pages::parsed("organisation_id", query.organisation_id.as_deref())?;
    let now = app.clock.now();
    let window = spans::window(query.from.as_deref(), query.before.as_deref(), now)?;
    let (mut transaction, staff) = app.staff(&caller).await?;
    let within = permitted(&staff, Permission::ReadSetup, organisation);
    // As it was asked: what is filled in for a part left out moves on with the clock.
    let asked = (&within, &query.from, &query.before);
    let after = pages::after_instant(query.cursor.as_deref(), &asked)?;
    let after = after.map(|(start, id)| (start, MeetingDateId::new(id)));
    let count = limit.with_lookahead();
    let mut dates = meetings::agenda(&mut transaction, &within, window, after, count).await?;
    let next_cursor = limit.turn(&mut dates, &asked, |(_, date)| {
        (date.span.from(), date.id.uuid())
    });
    let items = views(&mut transaction, &dates, now).await?;
    Ok(MeetingPage { items, next_cursor }.respond(&request))
}

/// A question for each of the account's organisations, however many dates there are.
async fn views(
    transaction: &mut Transaction,
    dates: &[(Meeting, MeetingDate)],
    now: DateTime<Utc>,
) -> Result<Vec<MeetingDateView>, Problem> {
    let mut theirs: BTreeMap<OrganisationId, Vec<MeetingDate>> = BTreeMap::new();
    for (meeting, date) in dates {
        theirs
            .entry(meeting.organisation_id)
            .or_default()
            .push(*date);
    }
    let mut rooms = BTreeMap::new();
    for (organisation, dates) in theirs {
        rooms.append(&mut rooms_of(transaction, organisation, &dates, now).await?);
    }
    let views = dates.iter();
    Ok(views
        .map(|(meeting, date)| MeetingDateView::of(meeting, date, &rooms, now))
        .collect())
}

/// Get a meeting
///
/// With all of its dates.
#[utoipa::path(operation_id = "getMeeting", tag = "setup", params(("id" = Uuid, Path, description = "The meeting")),
    security(("bearer" = [])),
    responses((status = 200, description = "The meeting", body = MeetingView), Refusals))]
#[get("/v1/meetings/{id}")]
pub async fn get_meeting(
    app: AppData,
    caller: SignedIn,
    id: Path<MeetingId>,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    let found = meetings::find(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    let organisation = found.meeting.organisation_id;
    permit(&staff, Permission::ReadSetup, organisation)?;
    let now = app.clock.now();
    let rooms = rooms_of(&mut transaction, organisation, &found.dates, now).await?;
    Ok(HttpResponse::Ok().json(MeetingView::of(&found, &rooms, now)))
}
