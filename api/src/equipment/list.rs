use actix_web::{HttpRequest, HttpResponse, get};
use domain::ids::EquipmentId;
use domain::permission::Permission;
use persistence::equipment;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{EquipmentPage, EquipmentView};
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
pub struct ListEquipment {
    /// Only equipment of this organisation.
    #[param(format = Uuid)]
    organisation_id: Option<String>,
    /// How many items a page has; more than 200 is answered with 200.
    #[param(minimum = 1, default = 50)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List equipment
///
/// The equipment of the own organisations.
#[utoipa::path(operation_id = "listEquipment", tag = "setup", params(ListEquipment), security(("bearer" = [])),
    responses((status = 200, description = "A page of equipment", body = EquipmentPage), Refusals))]
#[get("/v1/equipment")]
pub async fn list_equipment(
    request: HttpRequest,
    app: AppData,
    caller: SignedIn,
    query: Query<ListEquipment>,
) -> Result<HttpResponse, Problem> {
    let limit = Limit::new(query.0.limit)?;
    let organisation = pages::parsed("organisation_id", query.0.organisation_id.as_deref())?;
    let (mut reader, staff) = app.staff_reader(&caller).await?;
    let within = permitted(&staff, Permission::ReadSetup, organisation);
    let after = pages::after(query.0.cursor.as_deref(), &within)?.map(EquipmentId::new);
    let mut items = equipment::list(&mut reader, &within, after, limit.with_lookahead()).await?;
    let next_cursor = limit.turn(&mut items, &within, |stored| stored.value.id.uuid());
    Ok(EquipmentPage {
        items: items.iter().map(EquipmentView::from).collect(),
        next_cursor,
    }
    .respond(&request))
}

/// Get equipment
///
/// Also answers 304 when `If-None-Match` has its entity tag.
#[utoipa::path(operation_id = "getEquipment", tag = "setup", params(("id" = Uuid, Path, description = "The equipment")),
    security(("bearer" = [])),
    responses((status = 200, description = "The equipment", body = EquipmentView),
        (status = 304, description = "The caller has this version"), Refusals))]
#[get("/v1/equipment/{id}")]
pub async fn get_equipment(
    app: AppData,
    caller: SignedIn,
    id: Path<EquipmentId>,
    known: IfNoneMatch,
) -> Result<HttpResponse, Problem> {
    let (mut reader, staff) = app.staff_reader(&caller).await?;
    let stored = equipment::find(&mut reader, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    permit(&staff, Permission::ReadSetup, stored.value.organisation_id)?;
    let view = EquipmentView::from(&stored);
    Ok(found_unless_known(&known, stored.version, &view))
}
