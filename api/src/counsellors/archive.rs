use actix_web::{HttpResponse, delete};
use domain::ids::CounsellorId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::{affected, counsellors, resources};

use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{IfMatch, Path, Query};
use crate::permit::permit;
use crate::preview::{DryRun, Preview, preview};
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};

/// Archive a counsellor
///
/// It leaves the lists; what refers to it stays. With `dry_run=true` nothing is stored, and the open
/// appointments that need it are answered.
#[utoipa::path(operation_id = "archiveCounsellor", tag = "setup", security(("bearer" = [])),
    params(DryRun, ("id" = Uuid, Path, description = "The counsellor"),
        ("If-Match" = String, Header, description = "The `etag` that was read")),
    responses((status = 204, description = "It is archived"),
        (status = 200, description = "What it would do", body = Preview), Refusals, ChangeRefusals))]
#[delete("/v1/counsellors/{id}")]
pub async fn archive_counsellor(
    app: AppData,
    caller: SignedIn,
    id: Path<CounsellorId>,
    read: IfMatch,
    query: Query<DryRun>,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    resources::lock_one(&mut transaction, id.0.into());
    let counsellor = counsellors::find_for_update(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    let organisation = counsellor.value.organisation_id;
    permit(&staff, Permission::ManageCounsellors, organisation)?;
    read.check(counsellor.version)?;
    let now = app.clock.now();
    if query.0.dry_run {
        let affected = affected::ahead(&mut transaction, organisation, id.0, now).await?;
        return preview(&app, transaction, &staff, &affected).await;
    }
    counsellors::archive(&mut transaction, &counsellor, now);
    let subject = ("counsellor", id.0.uuid());
    transaction.audit(Entry::by(&staff, organisation, "archive", subject, now));
    transaction.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
