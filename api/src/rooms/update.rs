use actix_web::{HttpResponse, patch};
use domain::ids::RoomId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::rooms;

use super::{RoomBody, RoomView, references_of};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::checks::same_organisation;
use crate::extract::{IfMatch, Patch, Path};
use crate::permit::permit;
use crate::problems::Problem;
use crate::references;
use crate::refusals::{ChangeRefusals, Refusals};
use crate::views::found;

/// Change a room
///
/// A merge patch (RFC 7396): what is left out stays, null removes.
#[utoipa::path(operation_id = "updateRoom", tag = "setup", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The room"),
        ("If-Match" = String, Header, description = "The `etag` that was read")),
    request_body(content = ref("#/components/schemas/RoomPatch"), content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The room as it is now", body = RoomView), Refusals, ChangeRefusals))]
#[patch("/v1/rooms/{id}")]
pub async fn update_room(
    app: AppData,
    caller: SignedIn,
    id: Path<RoomId>,
    read: IfMatch,
    patch: Patch,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    let room = rooms::find_for_update(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    let organisation = room.value.organisation_id;
    permit(&staff, Permission::ManageSites, organisation)?;
    read.check(room.version)?;
    let body = patch.apply_to(&RoomBody::from(&room.value))?;
    let on_loan = room.value.on_loan;
    if body.loan_id != on_loan.map(|loan| loan.loan_id.uuid()) {
        return Err(Problem::rule("/loan_id", "cannot be changed"));
    }
    let changed = room.changed(body.read(id.0, on_loan)?);
    same_organisation(organisation, changed.value.organisation_id)?;
    references::check(&mut transaction, &references_of(&changed.value)).await?;
    rooms::update(&mut transaction, &changed);
    let subject = ("room", id.0.uuid());
    let entry = Entry::by(&staff, organisation, "update", subject, app.clock.now());
    transaction.audit(entry.touching(patch.names()));
    transaction.commit().await?;
    Ok(found(changed.version, &RoomView::from(&changed)))
}
