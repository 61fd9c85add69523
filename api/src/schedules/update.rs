use actix_web::{HttpResponse, patch};
use domain::ids::ScheduleId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::schedules;

use super::{PublicationView, ScheduleBody, ScheduleView, lock, references_of, resources_of};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::checks::same_organisation;
use crate::extract::{IfMatch, Patch, Path, Query};
use crate::permit::permit_for;
use crate::preview::DryRun;
use crate::problems::Problem;
use crate::references;
use crate::refusals::{ChangeRefusals, Refusals};
use crate::views::found;

/// Change a schedule
///
/// A merge patch (RFC 7396): what is left out stays, null removes. Its sessions from today on are
/// published again in the same step; those that a person edited stay as they are. With
/// `dry_run=true` nothing is stored, and the answer is what would be.
#[utoipa::path(operation_id = "updateSchedule", tag = "setup", security(("bearer" = [])),
    params(DryRun, ("id" = Uuid, Path, description = "The schedule"),
        ("If-Match" = String, Header, description = "The `etag` that was read")),
    request_body(content = ref("#/components/schemas/SchedulePatch"), content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The schedule as it is now", body = ScheduleView), Refusals, ChangeRefusals))]
#[patch("/v1/schedules/{id}")]
pub async fn update_schedule(
    app: AppData,
    caller: SignedIn,
    id: Path<ScheduleId>,
    read: IfMatch,
    query: Query<DryRun>,
    patch: Patch,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    let schedule = schedules::find_before_locking(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    let organisation = schedule.value.organisation_id;
    let before = schedule.value.counsellor_id;
    permit_for(&staff, Permission::ManageSchedules, organisation, before)?;
    read.check(schedule.version)?;
    let body = patch.apply_to(&ScheduleBody::from(&schedule.value))?;
    let changed = schedule.changed(body.read(id.0)?);
    same_organisation(organisation, changed.value.organisation_id)?;
    let after = changed.value.counsellor_id;
    permit_for(&staff, Permission::ManageSchedules, organisation, after)?;
    let locked = &resources_of(&schedule.value) | &resources_of(&changed.value);
    lock(&mut transaction, &schedule, &locked).await?;
    references::check(&mut transaction, &references_of(&changed.value)).await?;
    let now = app.clock.now();
    schedules::update(&mut transaction, &changed);
    let publication = schedules::publish(&mut transaction, &changed.value, now).await?;
    let view = ScheduleView {
        publication: Some(PublicationView::from(&publication)),
        ..ScheduleView::from(&changed)
    };
    if query.0.dry_run {
        transaction.rollback().await;
        return Ok(HttpResponse::Ok().json(view));
    }
    let subject = ("schedule", id.0.uuid());
    let entry = Entry::by(&staff, organisation, "update", subject, now);
    transaction.audit(entry.touching(patch.names()));
    transaction.commit().await?;
    Ok(found(changed.version, &view))
}
