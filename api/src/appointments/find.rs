use actix_web::{HttpResponse, post};
use domain::code::{Code as SpokenCode, Secret};
use persistence::appointments;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{AppointmentView, access};
use crate::app::AppData;
use crate::authentication::Caller;
use crate::extract::Body;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};
use crate::views::found;

/// What a visitor kept of an appointment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "K7QF-2MXP", "secret": "0123456789ABCDEFGHJKMNPQRS"}))]
pub struct FindBody {
    /// In any case, with or without the hyphen.
    pub code: String,
    pub secret: String,
}

/// Find an appointment by its code and secret
///
/// Both must be right; a wrong code and a wrong secret give the same answer.
#[utoipa::path(operation_id = "findAppointment", tag = "booking", request_body = FindBody, security((), ("bearer" = [])),
    responses((status = 200, description = "The appointment", body = AppointmentView), Refusals, ChangeRefusals))]
#[post("/v1/appointments/find")]
pub async fn find_appointment(
    app: AppData,
    _caller: Caller,
    body: Body<FindBody>,
) -> Result<HttpResponse, Problem> {
    let code: SpokenCode = body.value.code.parse().map_err(|_| Problem::not_found())?;
    let secret: Secret = body
        .value
        .secret
        .parse()
        .map_err(|_| Problem::not_found())?;
    let mut transaction = app
        .database
        .visitor(Some(access::hash(&app.vault, &secret)))
        .await?;
    let appointment = appointments::find_by_code(&mut transaction, &code)
        .await?
        .ok_or_else(Problem::not_found)?;
    Ok(found(
        appointment.version,
        &AppointmentView::of(&appointment, &app.vault)?,
    ))
}
