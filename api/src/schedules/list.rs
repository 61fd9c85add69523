use actix_web::{HttpRequest, HttpResponse, get};
use domain::ids::ScheduleId;
use domain::permission::Permission;
use persistence::schedules::{self, Filter};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{SchedulePage, ScheduleView};
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
pub struct ListSchedules {
    /// Only schedules of this organisation.
    #[param(format = Uuid)]
    organisation_id: Option<String>,
    /// Only schedules of this counsellor.
    #[param(format = Uuid)]
    counsellor_id: Option<String>,
    /// How many items a page has; more than 200 is answered with 200.
    #[param(minimum = 1, default = 50)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List schedules
///
/// The schedules of the own organisations.
#[utoipa::path(operation_id = "listSchedules", tag = "setup", params(ListSchedules), security(("bearer" = [])),
    responses((status = 200, description = "A page of schedules", body = SchedulePage), Refusals))]
#[get("/v1/schedules")]
pub async fn list_schedules(
    request: HttpRequest,
    app: AppData,
    caller: SignedIn,
    query: Query<ListSchedules>,
) -> Result<HttpResponse, Problem> {
    let limit = Limit::new(query.0.limit)?;
    let organisation = pages::parsed("organisation_id", query.0.organisation_id.as_deref())?;
    let counsellor_id = pages::parsed("counsellor_id", query.0.counsellor_id.as_deref())?;
    let (mut reader, staff) = app.staff_reader(&caller).await?;
    let filter = Filter {
        within: permitted(&staff, Permission::ReadSetup, organisation),
        counsellor_id,
    };
    let after = pages::after(query.0.cursor.as_deref(), &filter)?.map(ScheduleId::new);
    let mut items = schedules::list(&mut reader, &filter, after, limit.with_lookahead()).await?;
    let next_cursor = limit.turn(&mut items, &filter, |schedule| schedule.value.id.uuid());
    Ok(SchedulePage {
        items: items.iter().map(ScheduleView::from).collect(),
        next_cursor,
    }
    .respond(&request))
}

/// Get a schedule
///
/// Also answers 304 when `If-None-Match` has its entity tag.
#[utoipa::path(operation_id = "getSchedule", tag = "setup", params(("id" = Uuid, Path, description = "The schedule")),
    security(("bearer" = [])),
    responses((status = 200, description = "The schedule", body = ScheduleView),
        (status = 304, description = "The caller has this version"), Refusals))]
#[get("/v1/schedules/{id}")]
pub async fn get_schedule(
    app: AppData,
    caller: SignedIn,
    id: Path<ScheduleId>,
    known: IfNoneMatch,
) -> Result<HttpResponse, Problem> {
    let (mut reader, staff) = app.staff_reader(&caller).await?;
    let schedule = schedules::find(&mut reader, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    permit(
        &staff,
        Permission::ReadSetup,
        schedule.value.organisation_id,
    )?;
    let view = ScheduleView::from(&schedule);
    Ok(found_unless_known(&known, schedule.version, &view))
}
