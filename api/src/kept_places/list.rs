use actix_web::{HttpRequest, HttpResponse, get};
use domain::ids::KeptPlacesId;
use domain::permission::Permission;
use persistence::kept_places;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{KeptPlacesPage, KeptPlacesView};
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
pub struct ListKeptPlaces {
    /// Only what this organisation keeps, or what is kept for its visitors.
    #[param(format = Uuid)]
    organisation_id: Option<String>,
    /// How many items a page has; more than 200 is answered with 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List kept places
///
/// What the own organisations keep for others, and what others keep for their visitors.
#[utoipa::path(operation_id = "listKeptPlaces", tag = "setup", params(ListKeptPlaces), security(("bearer" = [])),
    responses((status = 200, description = "A page of kept places", body = KeptPlacesPage), Refusals))]
#[get("/v1/kept-places")]
pub async fn list_kept_places(
    request: HttpRequest,
    app: AppData,
    caller: SignedIn,
    query: Query<ListKeptPlaces>,
) -> Result<HttpResponse, Problem> {
    let limit = Limit::new(query.0.limit)?;
    let organisation = pages::parsed("organisation_id", query.0.organisation_id.as_deref())?;
    let (mut reader, staff) = app.staff_reader(&caller).await?;
    let within = permitted(&staff, Permission::ReadSetup, organisation);
    let after = pages::after(query.0.cursor.as_deref(), &within)?.map(KeptPlacesId::new);
    let mut items = kept_places::list(&mut reader, &within, after, limit.with_lookahead()).await?;
    let next_cursor = limit.turn(&mut items, &within, |stored| stored.value.id.uuid());
    Ok(KeptPlacesPage {
        items: items.iter().map(KeptPlacesView::from).collect(),
        next_cursor,
    }
    .respond(&request))
}

/// Get kept places
///
/// Also answers 304 when `If-None-Match` has its entity tag.
#[utoipa::path(operation_id = "getKeptPlaces", tag = "setup", params(("id" = Uuid, Path, description = "The kept places")),
    security(("bearer" = [])),
    responses((status = 200, description = "The kept places", body = KeptPlacesView),
        (status = 304, description = "The caller has this version"), Refusals))]
#[get("/v1/kept-places/{id}")]
pub async fn get_kept_places(
    app: AppData,
    caller: SignedIn,
    id: Path<KeptPlacesId>,
    known: IfNoneMatch,
) -> Result<HttpResponse, Problem> {
    let (mut reader, staff) = app.staff_reader(&caller).await?;
    let stored = kept_places::find(&mut reader, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    // A partner sees what is kept for it.
    if !staff.may(Permission::ReadSetup, stored.value.partner_id) {
        permit(&staff, Permission::ReadSetup, stored.value.organisation_id)?;
    }
    let view = KeptPlacesView::from(&stored);
    Ok(found_unless_known(&known, stored.version, &view))
}
