use actix_web::{HttpResponse, delete};
use domain::ids::KeptPlacesId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::kept_places;

use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{IfMatch, Path};
use crate::permit::permit;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};

/// Keep places no more
///
/// They are open to everybody from then on. Whoever has booked one keeps it.
#[utoipa::path(operation_id = "archiveKeptPlaces", tag = "setup", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The kept places"),
        ("If-Match" = String, Header, description = "The `etag` that was read")),
    responses((status = 204, description = "They are open to everybody"), Refusals, ChangeRefusals))]
#[delete("/v1/kept-places/{id}")]
pub async fn archive_kept_places(
    app: AppData,
    caller: SignedIn,
    id: Path<KeptPlacesId>,
    read: IfMatch,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    let stored = kept_places::find_for_update(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    let organisation = stored.value.organisation_id;
    permit(&staff, Permission::ManageSchedules, organisation)?;
    read.check(stored.version)?;
    let now = app.clock.now();
    kept_places::archive(&mut transaction, &stored, now);
    let subject = ("kept_places", id.0.uuid());
    transaction.audit(Entry::by(&staff, organisation, "archive", subject, now));
    transaction.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
