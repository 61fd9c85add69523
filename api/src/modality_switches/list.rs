use actix_web::{HttpRequest, HttpResponse, get};
use domain::ids::ModalitySwitchId;
use domain::permission::Permission;
use persistence::modality_switches;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{ModalitySwitchPage, ModalitySwitchView};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{Path, Query};
use crate::pages::{self, Limit};
use crate::permit::{permit, permitted};
use crate::problems::Problem;
use crate::refusals::Refusals;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListModalitySwitches {
    /// Only switches of this organisation.
    #[param(format = Uuid)]
    organisation_id: Option<String>,
    /// How many items a page has; more than 200 is answered with 200.
    #[param(minimum = 1, default = 50)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List switches of modality
///
/// Those of the own organisations, also those that are over.
#[utoipa::path(operation_id = "listModalitySwitches", tag = "setup", params(ListModalitySwitches), security(("bearer" = [])),
    responses((status = 200, description = "A page of switches", body = ModalitySwitchPage), Refusals))]
#[get("/v1/modality-switches")]
pub async fn list_modality_switches(
    request: HttpRequest,
    app: AppData,
    caller: SignedIn,
    query: Query<ListModalitySwitches>,
) -> Result<HttpResponse, Problem> {
    let limit = Limit::new(query.0.limit)?;
    let organisation = pages::parsed("organisation_id", query.0.organisation_id.as_deref())?;
    let (mut reader, staff) = app.staff_reader(&caller).await?;
    let within = permitted(&staff, Permission::ReadSetup, organisation);
    let after = pages::after(query.0.cursor.as_deref(), &within)?.map(ModalitySwitchId::new);
    let wanted = limit.with_lookahead();
    let mut items = modality_switches::list(&mut reader, &within, after, wanted).await?;
    let next_cursor = limit.turn(&mut items, &within, |switch| switch.id.uuid());
    Ok(ModalitySwitchPage {
        items: items.iter().map(ModalitySwitchView::from).collect(),
        next_cursor,
    }
    .respond(&request))
}

/// Get a switch of modality
///
/// With when it ends, or was ended.
#[utoipa::path(operation_id = "getModalitySwitch", tag = "setup", params(("id" = Uuid, Path, description = "The switch")),
    security(("bearer" = [])),
    responses((status = 200, description = "The switch", body = ModalitySwitchView), Refusals))]
#[get("/v1/modality-switches/{id}")]
pub async fn get_modality_switch(
    app: AppData,
    caller: SignedIn,
    id: Path<ModalitySwitchId>,
) -> Result<HttpResponse, Problem> {
    let (mut reader, staff) = app.staff_reader(&caller).await?;
    let switch = modality_switches::find(&mut reader, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    permit(&staff, Permission::ReadSetup, switch.organisation_id)?;
    Ok(HttpResponse::Ok().json(ModalitySwitchView::from(&switch)))
}
