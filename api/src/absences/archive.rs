use actix_web::{HttpResponse, delete};
use domain::ids::AbsenceId;
use domain::permission::Permission;
use persistence::absences;
use persistence::audit::Entry;

use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{IfMatch, Path};
use crate::permit::permit_for;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};

/// Archive an absence
///
/// The counsellor can be booked again.
#[utoipa::path(operation_id = "archiveAbsence", tag = "setup", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The absence"),
        ("If-Match" = String, Header, description = "The `etag` that was read")),
    responses((status = 204, description = "It is archived"), Refusals, ChangeRefusals))]
#[delete("/v1/absences/{id}")]
pub async fn archive_absence(
    app: AppData,
    caller: SignedIn,
    id: Path<AbsenceId>,
    read: IfMatch,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    absences::lock(&mut transaction, id.0);
    let absence = absences::find_for_update(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    let organisation = absence.value.organisation_id;
    permit_for(
        &staff,
        Permission::ManageAbsences,
        organisation,
        absence.value.counsellor_id,
    )?;
    read.check(absence.version)?;
    let now = app.clock.now();
    absences::archive(&mut transaction, &absence, now);
    let subject = ("absence", id.0.uuid());
    transaction.audit(Entry::by(&staff, organisation, "archive", subject, now));
    transaction.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
