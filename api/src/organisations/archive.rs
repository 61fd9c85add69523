use actix_web::{HttpResponse, delete};
use domain::ids::OrganisationId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::{affected, loans, organisations};

use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{IfMatch, Path, Query};
use crate::permit::permit;
use crate::preview::{DryRun, Preview, preview_with_uses};
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};

/// Archive an organisation
///
/// It leaves the lists; what refers to it stays. With `dry_run=true` nothing is stored, and its open
/// appointments are answered, to its members: nobody else sees any.
#[utoipa::path(operation_id = "archiveOrganisation", tag = "setup", security(("bearer" = [])),
    params(DryRun, ("id" = Uuid, Path, description = "The organisation"),
        ("If-Match" = String, Header, description = "The `etag` that was read")),
    responses((status = 204, description = "It is archived"),
        (status = 200, description = "What it would do", body = Preview), Refusals, ChangeRefusals))]
#[delete("/v1/organisations/{id}")]
pub async fn archive_organisation(
    app: AppData,
    caller: SignedIn,
    id: Path<OrganisationId>,
    read: IfMatch,
    query: Query<DryRun>,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    let organisation = organisations::find_for_update(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    permit(&staff, Permission::EditOrganisation, id.0)?;
    read.check(organisation.version)?;
    let now = app.clock.now();
    if query.0.dry_run {
        let affected = affected::ahead(&mut transaction, id.0, id.0, now).await?;
        let uses = loans::lent_from(&mut transaction, id.0, id.0, now, None).await?;
        return preview_with_uses(&app, transaction, &staff, &affected, &uses).await;
    }
    organisations::archive(&mut transaction, &organisation, now);
    let subject = ("organisation", id.0.uuid());
    transaction.audit(Entry::by(&staff, id.0, "archive", subject, now));
    transaction.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
