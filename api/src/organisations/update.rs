use actix_web::{HttpResponse, patch};
use domain::ids::OrganisationId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::organisations;

use super::{OrganisationBody, OrganisationView};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{IfMatch, Patch, Path};
use crate::permit::permit;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};
use crate::views::found;

/// Change an organisation
///
/// A merge patch (RFC 7396): what is left out stays, null removes.
#[utoipa::path(operation_id = "updateOrganisation", tag = "setup", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The organisation"),
        ("If-Match" = String, Header, description = "The `etag` that was read")),
    request_body(content = ref("#/components/schemas/OrganisationPatch"), content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The organisation as it is now", body = OrganisationView), Refusals, ChangeRefusals))]
#[patch("/v1/organisations/{id}")]
pub async fn update_organisation(
    app: AppData,
    caller: SignedIn,
    id: Path<OrganisationId>,
    read: IfMatch,
    patch: Patch,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    let organisation = organisations::find_for_update(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    permit(&staff, Permission::EditOrganisation, id.0)?;
    read.check(organisation.version)?;
    let body = patch.apply_to(&OrganisationBody::from(&organisation.value))?;
    let changed = organisation.changed(body.read(id.0)?);
    organisations::update(&mut transaction, &changed);
    let subject = ("organisation", id.0.uuid());
    let entry = Entry::by(&staff, id.0, "update", subject, app.clock.now());
    transaction.audit(entry.touching(patch.names()));
    transaction.commit().await?;
    Ok(found(changed.version, &OrganisationView::from(&changed)))
}
