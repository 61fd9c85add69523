use actix_web::{HttpResponse, post};
use domain::appointment::AttendanceError;
use domain::ids::SessionId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::sessions;
use serde::Deserialize;
use utoipa::ToSchema;

use super::SessionView;
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{Body, Path};
use crate::idempotency::Attempt;
use crate::permit::permit_for;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};

/// How many came without a booking.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"count": 4}))]
pub struct DropInsBody {
    #[schema(minimum = 0, maximum = 10000)]
    pub count: i64,
}

/// Record how many came without a booking
///
/// Of a session that many attend, from its start on; the number recorded last counts. Only staff see it.
#[utoipa::path(operation_id = "recordDropIns", tag = "appointments", request_body = DropInsBody, security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The session"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 200, description = "The session", body = SessionView), Refusals, ChangeRefusals))]
#[post("/v1/sessions/{id}/drop-ins")]
pub async fn record_drop_ins(
    app: AppData,
    caller: SignedIn,
    id: Path<SessionId>,
    attempt: Attempt,
    body: Body<DropInsBody>,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let (mut transaction, staff) = app.staff(&caller).await?;
    let keyed = attempt
        .by(&caller)
        .with(&app, &format!("recordDropIns {}", id.0), &body.bytes);
    if let Some(answer) = keyed.answered(&app, &mut transaction).await? {
        return Ok(answer);
    }
    let found = sessions::find(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    let session = &found.session.value;
    let (organisation, counsellor) = (session.organisation_id, session.content.counsellor_id);
    permit_for(
        &staff,
        Permission::RecordAttendance,
        organisation,
        counsellor,
    )?;
    let count = i32::try_from(body.value.count).ok();
    let count = count.filter(|count| (0..=10_000).contains(count));
    let count = count.ok_or_else(|| Problem::rule("/count", "is 0 to 10000"))?;
    if found.group.is_none() {
        return Err(Problem::rule(
            "/count",
            "only a group or a course has places",
        ));
    }
    let starts_at = session.content.span.from();
    if now < starts_at {
        return Err(AttendanceError::TooEarly(starts_at).into());
    }
    sessions::record_drop_ins(&mut transaction, organisation, id.0, count);
    let subject = ("session", id.0.uuid());
    transaction.audit(Entry::by(&staff, organisation, "drop_ins", subject, now));
    let found = sessions::find(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    let view = SessionView::at(&found, now);
    keyed
        .changed(&app, transaction, found.session.version, &view)
        .await
}
