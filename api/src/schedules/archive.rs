use actix_web::{HttpResponse, delete};
use domain::ids::ScheduleId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::schedules;

use super::{PublicationView, lock, resources_of};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{IfMatch, Path, Query};
use crate::permit::permit_for;
use crate::preview::DryRun;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};

/// Archive a schedule
///
/// Withdraws its sessions from today on, but for those that a person edited. With `dry_run=true`
/// nothing is stored, and only what it would withdraw is answered.
#[utoipa::path(operation_id = "archiveSchedule", tag = "setup", security(("bearer" = [])),
    params(DryRun, ("id" = Uuid, Path, description = "The schedule"),
        ("If-Match" = String, Header, description = "The `etag` that was read")),
    responses((status = 204, description = "It is archived"),
        (status = 200, description = "What it would do", body = PublicationView), Refusals, ChangeRefusals))]
#[delete("/v1/schedules/{id}")]
pub async fn archive_schedule(
    app: AppData,
    caller: SignedIn,
    id: Path<ScheduleId>,
    read: IfMatch,
    query: Query<DryRun>,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    let schedule = schedules::find_before_locking(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    let organisation = schedule.value.organisation_id;
    let counsellor = schedule.value.counsellor_id;
    permit_for(
        &staff,
        Permission::ManageSchedules,
        organisation,
        counsellor,
    )?;
    read.check(schedule.version)?;
    let locked = resources_of(&schedule.value);
    lock(&mut transaction, &schedule, &locked).await?;
    let now = app.clock.now();
    let publication = schedules::withdraw(&mut transaction, &schedule.value, now).await?;
    if query.0.dry_run {
        transaction.rollback().await;
        return Ok(HttpResponse::Ok().json(PublicationView::from(&publication)));
    }
    schedules::archive(&mut transaction, &schedule, now);
    let subject = ("schedule", id.0.uuid());
    transaction.audit(Entry::by(&staff, organisation, "archive", subject, now));
    transaction.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
