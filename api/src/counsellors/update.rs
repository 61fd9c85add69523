use actix_web::{HttpResponse, patch};
use domain::ids::CounsellorId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::{counsellors, resources};

use super::{CounsellorBody, CounsellorView, references_of};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::checks::same_organisation;
use crate::extract::{IfMatch, Patch, Path};
use crate::permit::permit;
use crate::problems::Problem;
use crate::references;
use crate::refusals::{ChangeRefusals, Refusals};
use crate::views::found;

/// Change a counsellor
///
/// A merge patch (RFC 7396): what is left out stays, null removes.
#[utoipa::path(operation_id = "updateCounsellor", tag = "setup", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The counsellor"),
        ("If-Match" = String, Header, description = "The `etag` that was read")),
    request_body(content = ref("#/components/schemas/CounsellorPatch"), content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The counsellor as it is now", body = CounsellorView), Refusals, ChangeRefusals))]
#[patch("/v1/counsellors/{id}")]
pub async fn update_counsellor(
    app: AppData,
    caller: SignedIn,
    id: Path<CounsellorId>,
    read: IfMatch,
    patch: Patch,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    if patch.touches("languages") {
        // They go on to the sessions, which others publish under this lock.
        resources::lock_one(&mut transaction, id.0.into());
    }
    let counsellor = counsellors::find_for_update(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    let organisation = counsellor.value.organisation_id;
    permit(&staff, Permission::ManageCounsellors, organisation)?;
    read.check(counsellor.version)?;
    let body = patch.apply_to(&CounsellorBody::from(&counsellor.value))?;
    let changed = counsellor.changed(body.read(id.0)?);
    same_organisation(organisation, changed.value.organisation_id)?;
    references::check(&mut transaction, &references_of(&changed.value)).await?;
    counsellors::update(&mut transaction, &changed);
    let subject = ("counsellor", id.0.uuid());
    let entry = Entry::by(&staff, organisation, "update", subject, app.clock.now());
    transaction.audit(entry.touching(patch.names()));
    transaction.commit().await?;
    Ok(found(changed.version, &CounsellorView::from(&changed)))
}
