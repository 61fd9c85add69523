use std::collections::BTreeSet;

use actix_web::{HttpResponse, post};
use domain::ids::{AbsenceId, CounsellorId};
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::stored::Stored;
use persistence::{absences, resources};
use uuid::Uuid;

use super::{AbsenceBody, AbsenceView, references_of};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{Body, Query};
use crate::idempotency::Attempt;
use crate::permit::permit_for;
use crate::preview::{DryRun, Preview, preview};
use crate::problems::Problem;
use crate::references;
use crate::refusals::{ChangeRefusals, Refusals};

/// Enter an absence
///
/// Appointments over which it lies stay valid; the answer lists them. With `dry_run=true` nothing
/// is stored, and only that list is answered.
#[utoipa::path(operation_id = "createAbsence", tag = "setup", request_body = AbsenceBody, security(("bearer" = [])),
    params(DryRun, ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 201, description = "The new absence", body = AbsenceView),
        (status = 200, description = "What it would do", body = Preview), Refusals, ChangeRefusals))]
#[post("/v1/absences")]
pub async fn create_absence(
    app: AppData,
    caller: SignedIn,
    attempt: Attempt,
    query: Query<DryRun>,
    body: Body<AbsenceBody>,
) -> Result<HttpResponse, Problem> {
    let organisation = body.value.organisation_id.into();
    let counsellor: CounsellorId = body.value.counsellor_id.into();
    let (mut transaction, staff) = app.staff(&caller).await?;
    permit_for(&staff, Permission::ManageAbsences, organisation, counsellor)?;
    let attempt = attempt.by(&caller).with(&app, "createAbsence", &body.bytes);
    if !query.0.dry_run
        && let Some(answer) = attempt.answered(&app, &mut transaction).await?
    {
        return Ok(answer);
    }
    let id = AbsenceId::new(Uuid::now_v7());
    let absence = Stored::new(body.value.read(id)?);
    let locked = BTreeSet::from([counsellor.into()]);
    resources::lock(&mut transaction, organisation, &locked);
    references::check(&mut transaction, &references_of(&absence.value)).await?;
    absences::insert(&mut transaction, &absence);
    let affected = absences::affected_now(&mut transaction, id).await?;
    if query.0.dry_run {
        return preview(&app, transaction, &staff, &affected).await;
    }
    let now = app.clock.now();
    transaction.audit(Entry::by(
        &staff,
        organisation,
        "create",
        ("absence", id.uuid()),
        now,
    ));
    let location = format!("/v1/absences/{id}");
    let view = AbsenceView::new(&absence, &affected);
    attempt
        .created(&app, transaction, &location, 1, &view)
        .await
}
