use actix_web::{HttpResponse, get};
use domain::ids::AppointmentId;
use domain::permission::Permission;

use super::AppointmentView;
use super::access::Access;
use crate::app::AppData;
use crate::extract::Path;
use crate::problems::Problem;
use crate::refusals::Refusals;
use crate::views::found;

/// Get an appointment
///
/// With its secret in `Appointment-Secret`, or as staff who may see it.
#[utoipa::path(operation_id = "getAppointment", tag = "booking", security((), ("bearer" = [])),
    params(("id" = Uuid, Path, description = "The appointment"),
        ("Appointment-Secret" = Option<String>, Header, description = "The secret, for callers without a token")),
    responses((status = 200, description = "The appointment", body = AppointmentView), Refusals))]
#[get("/v1/appointments/{id}")]
pub async fn get_appointment(
    app: AppData,
    access: Access,
    id: Path<AppointmentId>,
) -> Result<HttpResponse, Problem> {
    let (appointment, actor) = access.find(&app, id.0).await?;
    let appointment = access.permitted(&app, appointment, &actor, Permission::ReadAppointments)?;
    Ok(found(
        appointment.version,
        &AppointmentView::of(&appointment, &app.vault)?,
    ))
}
