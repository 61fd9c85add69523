use actix_web::{HttpResponse, patch};
use domain::actor::Staff;
use domain::ids::ScheduleId;
use domain::permission::Permission;
use domain::schedule::Schedule;
use persistence::audit::Entry;
use persistence::stored::Stored;
use persistence::{Transaction, schedules};

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
    let changed = change(&mut transaction, &staff, id.0, read, &patch).await?;
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
    let organisation = changed.value.organisation_id;
    let subject = ("schedule", id.0.uuid());
    let entry = Entry::by(&staff, organisation, "update", subject, now);
    transaction.audit(entry.touching(patch.names()));
    transaction.commit().await?;
    Ok(found(changed.version, &view))
}

/// The schedule as it is to be. What it claims now and then is locked.
async fn change(
    transaction: &mut Transaction,
    staff: &Staff,
    id: ScheduleId,
    read: IfMatch,
    patch: &Patch,
) -> Result<Stored<Schedule>, Problem> {
    let schedule = schedules::find_before_locking(transaction, id)
        .await?
        .ok_or_else(Problem::not_found)?;
    let organisation = schedule.value.organisation_id;
    let manage =
        |counsellor| permit_for(staff, Permission::ManageSchedules, organisation, counsellor);
    manage(schedule.value.counsellor_id)?;
    read.check(schedule.version)?;
    let body = patch.apply_to(&ScheduleBody::from(&schedule.value))?;
    let changed = schedule.changed(body.read(id)?);
    same_organisation(organisation, changed.value.organisation_id)?;
    manage(changed.value.counsellor_id)?;
    let locked = &resources_of(&schedule.value) | &resources_of(&changed.value);
    lock(transaction, &schedule, &locked).await?;
    references::check(transaction, &references_of(&changed.value)).await?;
    Ok(changed)
}
