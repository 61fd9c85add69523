use actix_web::{HttpResponse, post};
use domain::code::{Code as SpokenCode, Secret};
use persistence::appointments::{self, Found};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{AppointmentView, access};
use crate::app::{App, AppData};
use crate::authentication::Caller;
use crate::extract::Body;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};
use crate::throttle::Source;
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
    source: Source,
    body: Body<FindBody>,
) -> Result<HttpResponse, Problem> {
    let Some(appointment) = look_up(&app, &body.value).await? else {
        return Err(app.throttle.wrong_secret(source, Problem::not_found()));
    };
    Ok(found(
        appointment.version,
        &AppointmentView::of(&appointment, &app.vault)?,
    ))
}

async fn look_up(app: &App, body: &FindBody) -> Result<Option<Found>, Problem> {
    let (Ok(code), Ok(secret)) = (
        body.code.parse::<SpokenCode>(),
        body.secret.parse::<Secret>(),
    ) else {
        return Ok(None);
    };
    let hash = access::hash(&app.vault, &secret);
    Ok(appointments::find_by_code(&app.database, hash, &code).await?)
}
