use actix_web::{HttpResponse, delete};
use domain::ids::SiteId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::{affected, loans, sites};

use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{IfMatch, Path, Query};
use crate::permit::permit;
use crate::preview::{DryRun, Preview, preview_with_uses};
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};

/// Archive a site
///
/// It leaves the directory, and loans of its rooms end; what was booked there stays. With
/// `dry_run=true` nothing is stored, and the open appointments there are answered.
#[utoipa::path(operation_id = "archiveSite", tag = "setup", security(("bearer" = [])),
    params(DryRun, ("id" = Uuid, Path, description = "The site"),
        ("If-Match" = String, Header, description = "The `etag` that was read")),
    responses((status = 204, description = "It is archived"),
        (status = 200, description = "What it would do", body = Preview), Refusals, ChangeRefusals))]
#[delete("/v1/sites/{id}")]
pub async fn archive_site(
    app: AppData,
    caller: SignedIn,
    id: Path<SiteId>,
    read: IfMatch,
    query: Query<DryRun>,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    sites::lock(&mut transaction, id.0);
    let site = sites::find_for_update(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    let organisation = site.value.organisation_id;
    permit(&staff, Permission::ManageSites, organisation)?;
    read.check(site.version)?;
    let now = app.clock.now();
    if query.0.dry_run {
        let affected = affected::ahead(&mut transaction, organisation, id.0, now).await?;
        let uses = loans::lent_from(&mut transaction, organisation, id.0, now, None).await?;
        return preview_with_uses(&app, transaction, &staff, &affected, &uses).await;
    }
    sites::archive(&mut transaction, &site, now);
    loans::end_at(&mut transaction, organisation, id.0, now);
    let subject = ("site", id.0.uuid());
    transaction.audit(Entry::by(&staff, organisation, "archive", subject, now));
    transaction.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
