use actix_web::{HttpResponse, patch};
use domain::ids::EquipmentId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::equipment;

use super::{EquipmentBody, EquipmentView, references_of};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::checks::same_organisation;
use crate::extract::{IfMatch, Patch, Path};
use crate::permit::permit;
use crate::problems::Problem;
use crate::references;
use crate::refusals::{ChangeRefusals, Refusals};
use crate::views::found;

/// Change equipment
///
/// A merge patch (RFC 7396): what is left out stays, null removes. Of fewer pieces the last are out of
/// use; whoever has booked them keeps them.
#[utoipa::path(operation_id = "updateEquipment", tag = "setup", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The equipment"),
        ("If-Match" = String, Header, description = "The `etag` that was read")),
    request_body(content = ref("#/components/schemas/EquipmentPatch"), content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The equipment as it is now", body = EquipmentView), Refusals, ChangeRefusals))]
#[patch("/v1/equipment/{id}")]
pub async fn update_equipment(
    app: AppData,
    caller: SignedIn,
    id: Path<EquipmentId>,
    read: IfMatch,
    patch: Patch,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    let stored = equipment::find_for_update(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    let organisation = stored.value.organisation_id;
    permit(&staff, Permission::ManageSites, organisation)?;
    read.check(stored.version)?;
    let body = patch.apply_to(&EquipmentBody::from(&stored.value))?;
    let changed = stored.changed(body.read(id.0)?);
    same_organisation(organisation, changed.value.organisation_id)?;
    references::check(&mut transaction, &references_of(&changed.value)).await?;
    equipment::update(&mut transaction, &changed);
    equipment::add_pieces(&mut transaction, &changed.value);
    let subject = ("equipment", id.0.uuid());
    let entry = Entry::by(&staff, organisation, "update", subject, app.clock.now());
    transaction.audit(entry.touching(patch.names()));
    transaction.commit().await?;
    Ok(found(changed.version, &EquipmentView::from(&changed)))
}
