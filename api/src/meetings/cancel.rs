use actix_web::{HttpResponse, post};
use chrono::{DateTime, Utc};
use domain::ids::{MeetingDateId, MeetingId};
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::meetings::{self, Found};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{MeetingView, Rooms};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::checks::Checks;
use crate::extract::{Body, Path};
use crate::idempotency::Attempt;
use crate::permit::permit;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};

/// Which dates of a meeting are cancelled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct CancelMeetingBody {
    /// Ids of dates of the meeting; all that are still to come, unless given.
    #[serde(default)]
    #[schema(max_items = 52)]
    pub date_ids: Option<Vec<Uuid>>,
}

/// Cancel a meeting
///
/// Some of its dates, or all that are to come: their rooms are free again. What has begun or was
/// cancelled before stays as it is.
#[utoipa::path(operation_id = "cancelMeeting", tag = "setup", request_body = CancelMeetingBody, security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The meeting"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 200, description = "The meeting", body = MeetingView), Refusals, ChangeRefusals))]
#[post("/v1/meetings/{id}/cancel")]
pub async fn cancel_meeting(
    app: AppData,
    caller: SignedIn,
    id: Path<MeetingId>,
    attempt: Attempt,
    body: Body<CancelMeetingBody>,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    let operation = format!("cancelMeeting {}", id.0);
    let attempt = attempt.by(&caller).with(&app, &operation, &body.bytes);
    if let Some(answer) = attempt.answered(&app, &mut transaction).await? {
        return Ok(answer);
    }
    let mut found = meetings::find_for_update(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    let organisation = found.meeting.organisation_id;
    permit(&staff, Permission::ManageMeetings, organisation)?;
    let now = app.clock.now();
    let dates = chosen(&found, body.value.date_ids, now)?;
    if !dates.is_empty() {
        meetings::cancel(&mut transaction, &found, &dates, now);
        let subject = ("meeting", id.0.uuid());
        transaction.audit(Entry::by(&staff, organisation, "cancel", subject, now));
    }
    let cancelled = found
        .dates
        .iter_mut()
        .filter(|date| dates.contains(&date.id));
    for date in cancelled {
        date.cancelled_at = Some(now);
    }
    let view = MeetingView::of(&found, &Rooms::new(), now);
    attempt.done(&app, transaction, &view).await
}

/// Those of the wanted dates that can still be cancelled.
fn chosen(
    found: &Found,
    wanted: Option<Vec<Uuid>>,
    now: DateTime<Utc>,
) -> Result<Vec<MeetingDateId>, Problem> {
    let all = || found.dates.iter().map(|date| date.id);
    let mut checks = Checks::new();
    let wanted: Vec<MeetingDateId> = match wanted {
        None => all().collect(),
        Some(ids) => ids.into_iter().map(MeetingDateId::new).collect(),
    };
    for (place, id) in wanted.iter().enumerate() {
        if all().all(|known| known != *id) {
            let at = format!("/date_ids/{place}");
            checks.refuse(&at, "is no date of this meeting");
        }
    }
    let dates = found.dates.iter();
    let ahead = dates.filter(|date| date.cancelled_at.is_none() && date.span.from() > now);
    let chosen = ahead.map(|date| date.id).filter(|id| wanted.contains(id));
    checks.finish(|| Some(chosen.collect()))
}
