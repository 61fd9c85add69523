use actix_web::{HttpResponse, patch};
use domain::ids::ServiceId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::services;

use super::{ServiceBody, ServiceView};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::checks::same_organisation;
use crate::extract::{IfMatch, Patch, Path};
use crate::permit::permit;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};
use crate::views::found;

/// Change a service
///
/// A merge patch (RFC 7396): what is left out stays, null removes.
#[utoipa::path(operation_id = "updateService", tag = "setup", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The service"),
        ("If-Match" = String, Header, description = "The `etag` that was read")),
    request_body(content = ref("#/components/schemas/ServicePatch"), content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The service as it is now", body = ServiceView), Refusals, ChangeRefusals))]
#[patch("/v1/services/{id}")]
pub async fn update_service(
    app: AppData,
    caller: SignedIn,
    id: Path<ServiceId>,
    read: IfMatch,
    patch: Patch,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    if patch.touches("topic") {
        // It goes on to the sessions, which others publish under these locks.
        services::lock(&mut transaction, id.0);
    }
    let service = services::find_for_update(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    let organisation = service.value.organisation_id;
    permit(&staff, Permission::ManageServices, organisation)?;
    read.check(service.version)?;
    let body = patch.apply_to(&ServiceBody::from(ServiceView::from(&service)))?;
    let changed = service.changed(body.read(id.0)?);
    same_organisation(organisation, changed.value.organisation_id)?;
    services::update(&mut transaction, &changed);
    let subject = ("service", id.0.uuid());
    let entry = Entry::by(&staff, organisation, "update", subject, app.clock.now());
    transaction.audit(entry.touching(patch.names()));
    transaction.commit().await?;
    Ok(found(changed.version, &ServiceView::from(&changed)))
}
