use actix_web::{HttpResponse, delete};
use domain::ids::ClosureId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::closures;

use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{IfMatch, Path};
use crate::permit::permit;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};

/// Archive a closure
///
/// What was closed can be booked again.
#[utoipa::path(operation_id = "archiveClosure", tag = "setup", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The closure"),
        ("If-Match" = String, Header, description = "The `etag` that was read")),
    responses((status = 204, description = "It is archived"), Refusals, ChangeRefusals))]
#[delete("/v1/closures/{id}")]
pub async fn archive_closure(
    app: AppData,
    caller: SignedIn,
    id: Path<ClosureId>,
    read: IfMatch,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    closures::lock(&mut transaction, id.0);
    let closure = closures::find_for_update(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    let organisation = closure.value.organisation_id;
    permit(&staff, Permission::ManageClosures, organisation)?;
    read.check(closure.version)?;
    let now = app.clock.now();
    closures::archive(&mut transaction, &closure, now);
    let subject = ("closure", id.0.uuid());
    transaction.audit(Entry::by(&staff, organisation, "archive", subject, now));
    transaction.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
