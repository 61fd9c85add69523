use actix_web::{HttpRequest, HttpResponse, get};
use domain::ids::RoomId;
use domain::permission::Permission;
use persistence::rooms::{self, Filter};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{RoomPage, RoomView};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{IfNoneMatch, Path, Query};
use crate::pages::{self, Limit};
use crate::permit::{permit, permitted};
use crate::problems::Problem;
use crate::refusals::Refusals;
use crate::views::found_unless_known;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListRooms {
    /// Only rooms of this organisation.
    #[param(format = Uuid)]
    organisation_id: Option<String>,
    /// Only rooms of this site.
    #[param(format = Uuid)]
    site_id: Option<String>,
    /// How many items a page has; more than 200 is answered with 200.
    #[param(minimum = 1, default = 50)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List rooms
///
/// The rooms of the own organisations.
#[utoipa::path(operation_id = "listRooms", tag = "setup", params(ListRooms), security(("bearer" = [])),
    responses((status = 200, description = "A page of rooms", body = RoomPage), Refusals))]
#[get("/v1/rooms")]
pub async fn list_rooms(
    request: HttpRequest,
    app: AppData,
    caller: SignedIn,
    query: Query<ListRooms>,
) -> Result<HttpResponse, Problem> {
    let limit = Limit::new(query.0.limit)?;
    let organisation = pages::parsed("organisation_id", query.0.organisation_id.as_deref())?;
    let site_id = pages::parsed("site_id", query.0.site_id.as_deref())?;
    let (mut reader, staff) = app.staff_reader(&caller).await?;
    let filter = Filter {
        within: permitted(&staff, Permission::ReadSetup, organisation),
        site_id,
    };
    let after = pages::after(query.0.cursor.as_deref(), &filter)?.map(RoomId::new);
    let mut items = rooms::list(&mut reader, &filter, after, limit.with_lookahead()).await?;
    let next_cursor = limit.turn(&mut items, &filter, |room| room.value.id.uuid());
    Ok(RoomPage {
        items: items.iter().map(RoomView::from).collect(),
        next_cursor,
    }
    .respond(&request))
}

/// Get a room
///
/// Also answers 304 when `If-None-Match` has its entity tag.
#[utoipa::path(operation_id = "getRoom", tag = "setup", params(("id" = Uuid, Path, description = "The room")),
    security(("bearer" = [])),
    responses((status = 200, description = "The room", body = RoomView),
        (status = 304, description = "The caller has this version"), Refusals))]
#[get("/v1/rooms/{id}")]
pub async fn get_room(
    app: AppData,
    caller: SignedIn,
    id: Path<RoomId>,
    known: IfNoneMatch,
) -> Result<HttpResponse, Problem> {
    let (mut reader, staff) = app.staff_reader(&caller).await?;
    let room = rooms::find(&mut reader, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    permit(&staff, Permission::ReadSetup, room.value.organisation_id)?;
    let view = RoomView::from(&room);
    Ok(found_unless_known(&known, room.version, &view))
}
