use actix_web::{HttpResponse, delete};
use domain::ids::RoomId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::{affected, loans, resources, rooms};

use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{IfMatch, Path, Query};
use crate::permit::permit;
use crate::preview::{DryRun, Preview, preview_with_uses};
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};

/// Archive a room
///
/// It leaves the lists; what refers to it stays. With `dry_run=true` nothing is stored, and the open
/// appointments that need it are answered.
#[utoipa::path(operation_id = "archiveRoom", tag = "setup", security(("bearer" = [])),
    params(DryRun, ("id" = Uuid, Path, description = "The room"),
        ("If-Match" = String, Header, description = "The `etag` that was read")),
    responses((status = 204, description = "It is archived"),
        (status = 200, description = "What it would do", body = Preview), Refusals, ChangeRefusals))]
#[delete("/v1/rooms/{id}")]
pub async fn archive_room(
    app: AppData,
    caller: SignedIn,
    id: Path<RoomId>,
    read: IfMatch,
    query: Query<DryRun>,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    resources::lock_one(&mut transaction, id.0.into());
    let room = rooms::find_for_update(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    let organisation = room.value.organisation_id;
    permit(&staff, Permission::ManageSites, organisation)?;
    read.check(room.version)?;
    let now = app.clock.now();
    if query.0.dry_run {
        let affected = affected::ahead(&mut transaction, organisation, id.0, now).await?;
        let uses = loans::lent_from(&mut transaction, organisation, id.0, now, None).await?;
        return preview_with_uses(&app, transaction, &staff, &affected, &uses).await;
    }
    rooms::archive(&mut transaction, &room, now);
    let subject = ("room", id.0.uuid());
    transaction.audit(Entry::by(&staff, organisation, "archive", subject, now));
    transaction.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
