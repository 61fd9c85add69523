use actix_web::{HttpResponse, post};
use domain::ids::ModalitySwitchId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::modality_switches;

use super::{ModalitySwitchView, permit_to_switch};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{Path, Query};
use crate::permit::permit;
use crate::preview::DryRun;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};

/// Switch back
///
/// Sessions that begin from now on are held in person again, and so are the appointments that were
/// agreed to; what was booked meanwhile stays on its way, and `GET /v1/attention` lists it. Ending a
/// switch again changes nothing. With `dry_run=true` nothing is stored, and the answer has the
/// appointments that would change.
#[utoipa::path(operation_id = "endModalitySwitch", tag = "setup", security(("bearer" = [])),
    params(DryRun, ("id" = Uuid, Path, description = "The switch")),
    responses((status = 200, description = "The switch, ended", body = ModalitySwitchView), Refusals, ChangeRefusals))]
#[post("/v1/modality-switches/{id}/end")]
pub async fn end_modality_switch(
    app: AppData,
    caller: SignedIn,
    id: Path<ModalitySwitchId>,
    query: Query<DryRun>,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let (mut transaction, staff) = app.staff(&caller).await?;
    modality_switches::lock(&mut transaction, id.0);
    let found = modality_switches::find_for_update(&mut transaction, id.0).await?;
    let found = found.ok_or_else(Problem::not_found)?;
    let organisation = found.organisation_id;
    permit(&staff, Permission::ReadSetup, organisation)?;
    permit_to_switch(&staff, &found)?;
    let was_ended = found.ended_at.is_some();
    let switch = found.end(now);
    let subject = ("modality_switch", id.0.uuid());
    let entry = Entry::by(&staff, organisation, "end", subject, now);
    modality_switches::end(&mut transaction, &switch);
    let switched = modality_switches::follow(&mut transaction, &switch, &entry).await?;
    let view = ModalitySwitchView::from(&switch).switching(&switched);
    if query.0.dry_run {
        transaction.rollback().await;
        return Ok(HttpResponse::Ok().json(view));
    }
    if !was_ended {
        transaction.audit(entry);
    }
    transaction.commit().await?;
    Ok(HttpResponse::Ok().json(view))
}
