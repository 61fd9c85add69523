use actix_web::{HttpRequest, HttpResponse, get};
use domain::actor::Staff;
use domain::ids::AppointmentId;
use domain::permission::{Permission, Reach};
use domain::span::Span;
use persistence::appointments::{self, DayFilter};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{AppointmentPage, AppointmentView};
use crate::app::AppData;
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
    #[param(minimum = 1, maximum = 200, default = 50)]
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
    let (mut transaction, staff) = app.staff(&caller).await?;
    let filter = query.filter(window, &staff)?;
    let described = (
        &query.from,
        &query.before,
        &query.status,
        &query.counsellor_id,
        &query.organisation_id,
    );
    let after = pages::after_instant(query.cursor.as_deref(), &described)?;
    let after = after.map(|(starts_at, id)| (starts_at, AppointmentId::new(id)));
    let mut items =
        appointments::day(&mut transaction, &filter, after, limit.with_lookahead()).await?;
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
    fn filter(&self, window: Span, staff: &Staff) -> Result<DayFilter, Problem> {
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
        let reaches = |organisation| staff.reach(Permission::ReadAppointments, organisation);
        let members = staff
            .memberships
            .iter()
            .map(|(organisation, _)| *organisation);
        let organisations: Vec<_> = members
            .filter(|organisation| reaches(*organisation) == Reach::All)
            .collect();
        let own = staff
            .counsellors
            .iter()
            .filter(|(organisation, _)| reaches(*organisation) == Reach::Own);
        let counsellors: Vec<_> = own.map(|(_, counsellor)| *counsellor).collect();
        let any = staff
            .memberships
            .iter()
            .any(|(organisation, _)| reaches(*organisation) != Reach::Never);
        if !any {
            return Err(Problem::new(Code::Forbidden));
        }
        Ok(DayFilter {
            window,
            organisations,
            counsellors,
            organisation_id: pages::parsed("organisation_id", self.organisation_id.as_deref())?,
            counsellor_id: pages::parsed("counsellor_id", self.counsellor_id.as_deref())?,
            statuses: self.status.clone(),
        })
    }
}
