use actix_web::{HttpRequest, HttpResponse, get};
use domain::closure::Closure;
use domain::ids::ClosureId;
use domain::permission::Permission;
use persistence::closures;
use persistence::stored::Stored;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{ClosurePage, ClosureView};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{Path, Query};
use crate::pages::{self, Limit};
use crate::permit::{permit, permitted};
use crate::problems::Problem;
use crate::refusals::Refusals;
use crate::views::found;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListClosures {
    /// Only closures of this organisation.
    #[param(format = Uuid)]
    organisation_id: Option<String>,
    /// How many items a page has; more than 200 is answered with 200.
    #[param(minimum = 1, default = 50)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List closures
///
/// The closures of the own organisations.
#[utoipa::path(operation_id = "listClosures", tag = "setup", params(ListClosures), security(("bearer" = [])),
    responses((status = 200, description = "A page of closures", body = ClosurePage), Refusals))]
#[get("/v1/closures")]
pub async fn list_closures(
    request: HttpRequest,
    app: AppData,
    caller: SignedIn,
    query: Query<ListClosures>,
) -> Result<HttpResponse, Problem> {
    let limit = Limit::new(query.0.limit)?;
    let organisation = pages::parsed("organisation_id", query.0.organisation_id.as_deref())?;
    let (mut reader, staff) = app.staff_reader(&caller).await?;
    let within = permitted(&staff, Permission::ReadSetup, organisation);
    let after = pages::after(query.0.cursor.as_deref(), &within)?.map(ClosureId::new);
    let mut items = closures::list(&mut reader, &within, after, limit.with_lookahead()).await?;
    let next_cursor = limit.turn(&mut items, &within, |closure| closure.value.id.uuid());
    let ids: Vec<_> = items.iter().map(|closure| closure.value.id).collect();
    let affected = closures::affected(&mut reader, &ids).await?;
    let view = |closure: &Stored<Closure>| {
        let affected = affected.get(&closure.value.id);
        ClosureView::new(closure, affected.map_or(&[], Vec::as_slice))
    };
    Ok(ClosurePage {
        items: items.iter().map(view).collect(),
        next_cursor,
    }
    .respond(&request))
}

/// Get a closure
///
/// With the open appointments over which it lies.
#[utoipa::path(operation_id = "getClosure", tag = "setup", params(("id" = Uuid, Path, description = "The closure")),
    security(("bearer" = [])),
    responses((status = 200, description = "The closure", body = ClosureView), Refusals))]
#[get("/v1/closures/{id}")]
pub async fn get_closure(
    app: AppData,
    caller: SignedIn,
    id: Path<ClosureId>,
) -> Result<HttpResponse, Problem> {
    let (mut reader, staff) = app.staff_reader(&caller).await?;
    let closure = closures::find(&mut reader, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    permit(&staff, Permission::ReadSetup, closure.value.organisation_id)?;
    let affected = closures::affected(&mut reader, &[id.0]).await?;
    let affected = affected.get(&id.0).map_or(&[][..], Vec::as_slice);
    let view = ClosureView::new(&closure, affected);
    Ok(found(closure.version, &view))
}
