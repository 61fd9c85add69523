use actix_web::{HttpResponse, delete};
use domain::ids::EquipmentId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::{affected, equipment};

use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{IfMatch, Path, Query};
use crate::permit::permit;
use crate::preview::{DryRun, Preview, preview};
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};

/// Archive equipment
///
/// It leaves the lists, and services that need it have no more slots. With `dry_run=true` nothing is stored, and the open
/// appointments that need it are answered.
#[utoipa::path(operation_id = "archiveEquipment", tag = "setup", security(("bearer" = [])),
    params(DryRun, ("id" = Uuid, Path, description = "The equipment"),
        ("If-Match" = String, Header, description = "The `etag` that was read")),
    responses((status = 204, description = "It is archived"),
        (status = 200, description = "What it would do", body = Preview), Refusals, ChangeRefusals))]
#[delete("/v1/equipment/{id}")]
pub async fn archive_equipment(
    app: AppData,
    caller: SignedIn,
    id: Path<EquipmentId>,
    read: IfMatch,
    query: Query<DryRun>,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    equipment::lock(&mut transaction, id.0);
    let stored = equipment::find_for_update(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    let organisation = stored.value.organisation_id;
    permit(&staff, Permission::ManageSites, organisation)?;
    read.check(stored.version)?;
    let now = app.clock.now();
    if query.0.dry_run {
        let affected = affected::with_equipment(&mut transaction, organisation, id.0, now).await?;
        return preview(&app, transaction, &staff, &affected).await;
    }
    equipment::archive(&mut transaction, &stored, now);
    let subject = ("equipment", id.0.uuid());
    transaction.audit(Entry::by(&staff, organisation, "archive", subject, now));
    transaction.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
