use actix_web::{HttpRequest, HttpResponse, get};
use domain::actor::Staff;
use domain::ids::AppointmentId;
use domain::permission::{Permission, Reach};
use domain::span::Span;
use persistence::appointments::{self, DayFilter};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{AppointmentPage, AppointmentView};
use crate::app::{AppData, account_gone};
use crate::authentication::SignedIn;
use crate::extract::Query;
use crate::pages::{self, Limit};
use crate::problems::{Code, Problem};
use crate::refusals::{ChangeRefusals, Refusals};
use crate::spans::window;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListAppointments {
    /// Appointments that start at this instant or later; now, unless given.
    #[param(format = DateTime)]
    from: Option<String>,
    /// Appointments that start before this instant; 14 days after `from` unless given, at most 62.
    #[param(format = DateTime)]
    before: Option<String>,
    /// Only those in one of these statuses; may be repeated.
    #[serde(default)]
    status: Vec<String>,
    /// Only appointments with this counsellor.
    #[param(format = Uuid)]
    counsellor_id: Option<String>,
    /// Only appointments of this organisation.
    #[param(format = Uuid)]
    organisation_id: Option<String>,
    /// How many items a page has; more than 200 is answered with 200.
    #[param(minimum = 1, default = 50)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List appointments
///
/// The day's list: coordinators see all of their organisation, counsellors their own.
#[utoipa::path(operation_id = "listAppointments", tag = "appointments", params(ListAppointments), security(("bearer" = [])),
    responses((status = 200, description = "A page of appointments", body = AppointmentPage), Refusals, ChangeRefusals))]
#[get("/v1/appointments")]
pub async fn list_appointments(
    request: HttpRequest,
    app: AppData,
    caller: SignedIn,
    query: Query<ListAppointments>,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let limit = Limit::new(query.limit)?;
    let window = window(
        query.from.as_deref(),
        query.before.as_deref(),
        app.clock.now(),
    )?;
    let filter = query.filter(window)?;
    let described = (
        &query.from,
        &query.before,
        &query.status,
        &query.counsellor_id,
        &query.organisation_id,
    );
    let after = pages::after_instant(query.cursor.as_deref(), &described)?;
    let after = after.map(|(starts_at, id)| (starts_at, AppointmentId::new(id)));
    let wanted = limit.with_lookahead();
    let found = appointments::day(&app.database, caller.account_id, &filter, after, wanted).await?;
    let (staff, mut items) = found.ok_or_else(account_gone)?;
    permit_somewhere(&staff)?;
    let last = limit.cut(&mut items).map(|found| &found.appointment);
    let last = last.map(|appointment| (appointment.place.span.from(), appointment.id.uuid()));
    let next_cursor = last.and_then(|last| pages::cursor(last, &described));
    let items = items
        .iter()
        .map(|found| AppointmentView::of(found, &app.vault))
        .collect::<Result<_, _>>()?;
    Ok(AppointmentPage { items, next_cursor }.respond(&request))
}

const STATUSES: [&str; 6] = [
    "requested",
    "booked",
    "checked_in",
    "completed",
    "no_show",
    "cancelled",
];

impl ListAppointments {
    fn filter(&self, window: Span) -> Result<DayFilter, Problem> {
        if self
            .status
            .iter()
            .any(|status| !STATUSES.contains(&status.as_str()))
        {
            return Err(Problem::parameter(
                "status",
                format!("is one of {}", STATUSES.join(", ")),
            ));
        }
        Ok(DayFilter {
            window,
            organisation_id: pages::parsed("organisation_id", self.organisation_id.as_deref())?,
            counsellor_id: pages::parsed("counsellor_id", self.counsellor_id.as_deref())?,
            statuses: self.status.clone(),
        })
    }
}

/// Refuses whoever may read appointments in no organisation, not even their own.
pub(crate) fn permit_somewhere(staff: &Staff) -> Result<(), Problem> {
    let mut organisations = staff.memberships.iter().map(|(id, _)| *id);
    if organisations.any(|id| staff.reach(Permission::ReadAppointments, id) != Reach::Never) {
        return Ok(());
    }
    Err(Problem::new(Code::Forbidden))
}
