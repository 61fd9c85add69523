use actix_web::{HttpResponse, delete};
use domain::ids::ServiceId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::{affected, places, services};

use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{IfMatch, Path, Query};
use crate::permit::permit;
use crate::preview::{DryRun, Preview, preview};
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};

/// Archive a service
///
/// It leaves the lists; what refers to it stays. With `dry_run=true` nothing is stored, and the open
/// appointments that need it are answered.
#[utoipa::path(operation_id = "archiveService", tag = "setup", security(("bearer" = [])),
    params(DryRun, ("id" = Uuid, Path, description = "The service"),
        ("If-Match" = String, Header, description = "The `etag` that was read")),
    responses((status = 204, description = "It is archived"),
        (status = 200, description = "What it would do", body = Preview), Refusals, ChangeRefusals))]
#[delete("/v1/services/{id}")]
pub async fn archive_service(
    app: AppData,
    caller: SignedIn,
    id: Path<ServiceId>,
    read: IfMatch,
    query: Query<DryRun>,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    services::lock(&mut transaction, id.0);
    let service = services::find_for_update(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    let organisation = service.value.organisation_id;
    permit(&staff, Permission::ManageServices, organisation)?;
    read.check(service.version)?;
    let now = app.clock.now();
    if query.0.dry_run {
        let affected = affected::ahead(&mut transaction, organisation, id.0, now).await?;
        return preview(&app, transaction, &staff, &affected).await;
    }
    services::archive(&mut transaction, &service, now);
    places::release_service(&mut transaction, organisation, id.0);
    let subject = ("service", id.0.uuid());
    transaction.audit(Entry::by(&staff, organisation, "archive", subject, now));
    transaction.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
