use actix_web::{HttpResponse, delete};
use domain::ids::RoomId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::rooms;

use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{IfMatch, Path};
use crate::permit::permit;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};

/// Archive a room
///
/// It leaves the lists; what refers to it stays.
#[utoipa::path(operation_id = "archiveRoom", tag = "setup", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The room"),
        ("If-Match" = String, Header, description = "The `etag` that was read")),
    responses((status = 204, description = "It is archived"), Refusals, ChangeRefusals))]
#[delete("/v1/rooms/{id}")]
pub async fn archive_room(
    app: AppData,
    caller: SignedIn,
    id: Path<RoomId>,
    read: IfMatch,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    let room = rooms::find_for_update(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    let organisation = room.value.organisation_id;
    permit(&staff, Permission::ManageSites, organisation)?;
    read.check(room.version)?;
    let now = app.clock.now();
    rooms::archive(&mut transaction, &room, now);
    let subject = ("room", id.0.uuid());
    transaction.audit(Entry::by(&staff, organisation, "archive", subject, now));
    transaction.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
