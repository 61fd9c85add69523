use actix_web::{HttpResponse, patch};
use domain::ids::ClosureId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::closures;

use super::{ClosureBody, ClosureView, references_of};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::checks::same_organisation;
use crate::extract::{IfMatch, Patch, Path, Query};
use crate::permit::permit;
use crate::preview::DryRun;
use crate::problems::Problem;
use crate::references;
use crate::refusals::{ChangeRefusals, Refusals};
use crate::views::found;

/// Change a closure
///
/// A merge patch (RFC 7396): what is left out stays, null removes. Appointments over which it lies
/// stay valid; the answer lists them. With `dry_run=true` nothing is stored, and the answer is what
/// would be.
#[utoipa::path(operation_id = "updateClosure", tag = "setup", security(("bearer" = [])),
    params(DryRun, ("id" = Uuid, Path, description = "The closure"),
        ("If-Match" = String, Header, description = "The `etag` that was read")),
    request_body(content = ref("#/components/schemas/ClosurePatch"), content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The closure as it is now", body = ClosureView), Refusals, ChangeRefusals))]
#[patch("/v1/closures/{id}")]
pub async fn update_closure(
    app: AppData,
    caller: SignedIn,
    id: Path<ClosureId>,
    read: IfMatch,
    query: Query<DryRun>,
    patch: Patch,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    closures::lock(&mut transaction, id.0);
    let closure = closures::find_for_update(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    let organisation = closure.value.organisation_id;
    permit(&staff, Permission::ManageClosures, organisation)?;
    read.check(closure.version)?;
    let body = patch.apply_to(&ClosureBody::from(&closure.value))?;
    let changed = closure.changed(body.read(id.0)?);
    same_organisation(organisation, changed.value.organisation_id)?;
    references::check(&mut transaction, &references_of(&changed.value)).await?;
    closures::update(&mut transaction, &changed);
    let affected = closures::affected_now(&mut transaction, id.0).await?;
    let view = ClosureView::new(&changed, &affected);
    if query.0.dry_run {
        transaction.rollback().await;
        return Ok(HttpResponse::Ok().json(view));
    }
    let subject = ("closure", id.0.uuid());
    let entry = Entry::by(&staff, organisation, "update", subject, app.clock.now());
    transaction.audit(entry.touching(patch.names()));
    transaction.commit().await?;
    Ok(found(changed.version, &view))
}
