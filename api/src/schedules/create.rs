use actix_web::{HttpResponse, post};
use domain::ids::ScheduleId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::stored::Stored;
use persistence::{resources, schedules};
use uuid::Uuid;

use super::{PublicationView, ScheduleBody, ScheduleView, references_of, resources_of};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{Body, Query};
use crate::idempotency::Attempt;
use crate::permit::permit_for;
use crate::preview::DryRun;
use crate::problems::Problem;
use crate::references;
use crate::refusals::{ChangeRefusals, Refusals};

/// Create a schedule
///
/// Publishes its sessions in the same step, up to the horizon of its services. With `dry_run=true`
/// nothing is stored, and only what it would publish is answered.
#[utoipa::path(operation_id = "createSchedule", tag = "setup", request_body = ScheduleBody, security(("bearer" = [])),
    params(DryRun, ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 201, description = "The new schedule", body = ScheduleView),
        (status = 200, description = "What it would do", body = PublicationView), Refusals, ChangeRefusals))]
#[post("/v1/schedules")]
pub async fn create_schedule(
    app: AppData,
    caller: SignedIn,
    attempt: Attempt,
    query: Query<DryRun>,
    body: Body<ScheduleBody>,
) -> Result<HttpResponse, Problem> {
    let id = ScheduleId::new(Uuid::now_v7());
    let schedule = Stored::new(body.value.read(id)?);
    let organisation = schedule.value.organisation_id;
    let counsellor = schedule.value.counsellor_id;
    let (mut transaction, staff) = app.staff(&caller).await?;
    permit_for(
        &staff,
        Permission::ManageSchedules,
        organisation,
        counsellor,
    )?;
    let attempt = attempt
        .by(&caller)
        .with(&app, "createSchedule", &body.bytes);
    if !query.0.dry_run
        && let Some(answer) = attempt.answered(&app, &mut transaction).await?
    {
        return Ok(answer);
    }
    let now = app.clock.now();
    resources::lock(
        &mut transaction,
        organisation,
        &resources_of(&schedule.value),
    );
    references::check(&mut transaction, &references_of(&schedule.value)).await?;
    schedules::insert(&mut transaction, &schedule);
    let publication = schedules::publish(&mut transaction, &schedule.value, now).await?;
    let publication = PublicationView::from(&publication);
    if query.0.dry_run {
        transaction.rollback().await;
        return Ok(HttpResponse::Ok().json(publication));
    }
    let subject = ("schedule", id.uuid());
    transaction.audit(Entry::by(&staff, organisation, "create", subject, now));
    let location = format!("/v1/schedules/{id}");
    let view = ScheduleView {
        publication: Some(publication),
        ..ScheduleView::from(&schedule)
    };
    attempt
        .created(&app, transaction, &location, 1, &view)
        .await
}
