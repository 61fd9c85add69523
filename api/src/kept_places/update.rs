use actix_web::{HttpResponse, patch};
use domain::ids::KeptPlacesId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::kept_places;

use super::{KeptPlacesBody, KeptPlacesView, check};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::checks::same_organisation;
use crate::extract::{IfMatch, Patch, Path};
use crate::permit::permit;
use crate::problems::Problem;

use crate::refusals::{ChangeRefusals, Refusals};
use crate::views::found;

/// Change kept places
///
/// A merge patch (RFC 7396): what is left out stays, null removes. Whoever has booked one keeps it.
#[utoipa::path(operation_id = "updateKeptPlaces", tag = "setup", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The kept places"),
        ("If-Match" = String, Header, description = "The `etag` that was read")),
    request_body(content = ref("#/components/schemas/KeptPlacesPatch"), content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The kept places as they are now", body = KeptPlacesView), Refusals, ChangeRefusals))]
#[patch("/v1/kept-places/{id}")]
pub async fn update_kept_places(
    app: AppData,
    caller: SignedIn,
    id: Path<KeptPlacesId>,
    read: IfMatch,
    patch: Patch,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    let stored = kept_places::find_for_update(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    let organisation = stored.value.organisation_id;
    permit(&staff, Permission::ManageSchedules, organisation)?;
    read.check(stored.version)?;
    let body = patch.apply_to(&KeptPlacesBody::from(&stored.value))?;
    let changed = stored.changed(body.read(id.0)?);
    same_organisation(organisation, changed.value.organisation_id)?;
    check(&mut transaction, &changed.value).await?;
    kept_places::update(&mut transaction, &changed);
    let subject = ("kept_places", id.0.uuid());
    let entry = Entry::by(&staff, organisation, "update", subject, app.clock.now());
    transaction.audit(entry.touching(patch.names()));
    transaction.commit().await?;
    Ok(found(changed.version, &KeptPlacesView::from(&changed)))
}
