use actix_web::{HttpResponse, delete};
use domain::ids::ServiceId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::services;

use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{IfMatch, Path};
use crate::permit::permit;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};

/// Archive a service
///
/// It leaves the lists; what refers to it stays.
#[utoipa::path(operation_id = "archiveService", tag = "setup", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The service"),
        ("If-Match" = String, Header, description = "The `etag` that was read")),
    responses((status = 204, description = "It is archived"), Refusals, ChangeRefusals))]
#[delete("/v1/services/{id}")]
pub async fn archive_service(
    app: AppData,
    caller: SignedIn,
    id: Path<ServiceId>,
    read: IfMatch,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    let service = services::find_for_update(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    let organisation = service.value.organisation_id;
    permit(&staff, Permission::ManageServices, organisation)?;
    read.check(service.version)?;
    let now = app.clock.now();
    services::archive(&mut transaction, &service, now);
    let subject = ("service", id.0.uuid());
    transaction.audit(Entry::by(&staff, organisation, "archive", subject, now));
    transaction.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
