use actix_web::{HttpRequest, HttpResponse, get};
use domain::ids::SessionId;
use domain::permission::Permission;
use persistence::tickets::{self, Filter};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{OpenHoursPage, OpenHoursView};
use crate::app::AppData;
use crate::authentication::{Caller, SignedIn};
use crate::extract::{Path, Query};
use crate::pages::{self, Limit};
use crate::permit::permit_for;
use crate::problems::Problem;
use crate::refusals::Refusals;
use crate::tickets::{TicketList, TicketView};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListOpenHours {
    /// Only open hours of this organisation.
    #[param(format = Uuid)]
    organisation_id: Option<String>,
    /// Only open hours at this site.
    #[param(format = Uuid)]
    site_id: Option<String>,
    /// Only open hours of this service.
    #[param(format = Uuid)]
    service_id: Option<String>,
    /// How many items a page has; more than 200 is answered with 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List open hours
///
/// Those that are on or begin within a day, how many wait there, and for how long.
#[utoipa::path(operation_id = "listOpenHours", tag = "booking", params(ListOpenHours), security((), ("bearer" = [])),
    responses((status = 200, description = "A page of open hours", body = OpenHoursPage), Refusals))]
#[get("/v1/open-hours")]
pub async fn list_open_hours(
    request: HttpRequest,
    app: AppData,
    _caller: Caller,
    query: Query<ListOpenHours>,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let limit = Limit::new(query.0.limit)?;
    let filter = Filter {
        organisation_id: pages::parsed("organisation_id", query.0.organisation_id.as_deref())?,
        site_id: pages::parsed("site_id", query.0.site_id.as_deref())?,
        service_id: pages::parsed("service_id", query.0.service_id.as_deref())?,
    };
    let after = pages::after_instant(query.0.cursor.as_deref(), &filter)?;
    let after = after.map(|(starts_at, id)| (starts_at, SessionId::new(id)));
    let mut reader = app.database.public_reader().await?;
    let wanted = limit.with_lookahead();
    let mut items = tickets::list(&mut reader, &filter, after, wanted, now).await?;
    let next_cursor = limit.turn(&mut items, &filter, |open| {
        (open.queue.open.from(), open.session_id.uuid())
    });
    Ok(OpenHoursPage {
        items: items
            .iter()
            .map(|open| OpenHoursView::at(open, now))
            .collect(),
        next_cursor,
    }
    .respond(&request))
}

/// List the numbers of a session
///
/// All that were drawn in these open hours, by number.
#[utoipa::path(operation_id = "listTickets", tag = "appointments", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The session")),
    responses((status = 200, description = "The numbers", body = TicketList), Refusals))]
#[get("/v1/open-hours/{id}/tickets")]
pub async fn list_tickets(
    app: AppData,
    caller: SignedIn,
    id: Path<SessionId>,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let (mut transaction, staff) = app.staff(&caller).await?;
    let open = tickets::of_session(&mut transaction, id.0, now).await?;
    let open = open.ok_or_else(Problem::not_found)?;
    transaction.rollback().await;
    let (organisation, counsellor) = (open.organisation_id, open.counsellor_id);
    permit_for(
        &staff,
        Permission::RecordAttendance,
        organisation,
        counsellor,
    )?;
    let items = open.queue.tickets.iter();
    let items = items.map(|ticket| TicketView::of(&open, ticket, now));
    Ok(HttpResponse::Ok().json(TicketList {
        items: items.collect(),
    }))
}
