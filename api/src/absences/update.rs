use actix_web::{HttpResponse, patch};
use domain::ids::AbsenceId;
use domain::permission::Permission;
use persistence::absences;
use persistence::audit::Entry;

use super::{AbsenceBody, AbsenceView};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::checks::same_organisation;
use crate::extract::{IfMatch, Patch, Path, Query};
use crate::permit::permit_for;
use crate::preview::DryRun;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};
use crate::views::found;

/// Change an absence
///
/// A merge patch (RFC 7396): what is left out stays, null removes. Appointments over which it lies
/// stay valid; the answer lists them. With `dry_run=true` nothing is stored, and the answer is what
/// would be.
#[utoipa::path(operation_id = "updateAbsence", tag = "setup", security(("bearer" = [])),
    params(DryRun, ("id" = Uuid, Path, description = "The absence"),
        ("If-Match" = String, Header, description = "The `etag` that was read")),
    request_body(content = ref("#/components/schemas/AbsencePatch"), content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The absence as it is now", body = AbsenceView), Refusals, ChangeRefusals))]
#[patch("/v1/absences/{id}")]
pub async fn update_absence(
    app: AppData,
    caller: SignedIn,
    id: Path<AbsenceId>,
    read: IfMatch,
    query: Query<DryRun>,
    patch: Patch,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    absences::lock(&mut transaction, id.0);
    let absence = absences::find_for_update(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    let organisation = absence.value.organisation_id;
    let counsellor = absence.value.counsellor_id;
    permit_for(&staff, Permission::ManageAbsences, organisation, counsellor)?;
    read.check(absence.version)?;
    let body = patch.apply_to(&AbsenceBody::from(&absence.value))?;
    let changed = absence.changed(body.read(id.0)?);
    same_organisation(organisation, changed.value.organisation_id)?;
    if changed.value.counsellor_id != counsellor {
        let detail = "cannot be changed: enter another absence";
        return Err(Problem::rule("/counsellor_id", detail));
    }
    absences::update(&mut transaction, &changed);
    let affected = absences::affected_now(&mut transaction, id.0).await?;
    let view = AbsenceView::new(&changed, &affected);
    if query.0.dry_run {
        transaction.rollback().await;
        return Ok(HttpResponse::Ok().json(view));
    }
    let subject = ("absence", id.0.uuid());
    let entry = Entry::by(&staff, organisation, "update", subject, app.clock.now());
    transaction.audit(entry.touching(patch.names()));
    transaction.commit().await?;
    Ok(found(changed.version, &view))
}
