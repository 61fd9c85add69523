//! What staff answer to a request.

use actix_web::{HttpResponse, post};
use domain::actor::Actor;
use domain::appointment::Appointment;
use domain::ids::AppointmentId;
use domain::permission::Permission;
use persistence::appointments::{Found, open_change};
use persistence::audit::Entry;
use serde::Deserialize;
use utoipa::ToSchema;

use super::access::permitted_to;
use super::attendance::record;
use super::cancel::read_reason;
use super::{AppointmentView, contact};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{Body, Path};
use crate::idempotency::Attempt;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};

/// Why a request is declined.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "bitte zuerst zur offenen Sprechstunde kommen"}))]
pub struct DeclineBody {
    /// The visitor can read it. Kept sealed, as long as contacts are; nobody has to give one.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub reason: Option<String>,
}

/// Approve a request
///
/// It is booked then. Until `answer_by`; behind that the request is over.
#[utoipa::path(operation_id = "approveAppointment", tag = "appointments", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The appointment"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 200, description = "The booked appointment", body = AppointmentView), Refusals, ChangeRefusals))]
#[post("/v1/appointments/{id}/approve")]
pub async fn approve_appointment(
    app: AppData,
    caller: SignedIn,
    id: Path<AppointmentId>,
    attempt: Attempt,
) -> Result<HttpResponse, Problem> {
    let action = ("approve", Permission::AnswerRequests);
    record(&app, &caller, id.0, attempt, action, Appointment::approve).await
}

/// Decline a request
///
/// It is cancelled, and its time is free at once. Until `answer_by`; behind that it is over anyway.
#[utoipa::path(operation_id = "declineAppointment", tag = "appointments", request_body = DeclineBody,
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The appointment"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 200, description = "The cancelled request", body = AppointmentView), Refusals, ChangeRefusals))]
#[post("/v1/appointments/{id}/decline")]
pub async fn decline_appointment(
    app: AppData,
    caller: SignedIn,
    id: Path<AppointmentId>,
    attempt: Attempt,
    body: Body<DeclineBody>,
) -> Result<HttpResponse, Problem> {
    let (now, id) = (app.clock.now(), id.0);
    let operation = format!("declineAppointment {id}");
    let keyed = attempt.by(&caller).with(&app, &operation, &body.bytes);
    let reason = read_reason(body.value.reason.as_deref())?;
    let (mut transaction, staff) = app.staff(&caller).await?;
    let (known, found) = open_change(&mut transaction, id, keyed.hashed().as_ref(), now).await?;
    if let Some(answer) = keyed.answer_known(&app, known)? {
        return Ok(answer);
    }
    let found = found.ok_or_else(Problem::not_found)?;
    permitted_to(&staff, &found, Permission::AnswerRequests)?;
    let appointment = found.appointment.decline(now)?;
    transaction.save_status(&appointment, found.version, now);
    let sealed_reason = contact::seal_reason(&app.vault, &appointment, reason.as_ref())?;
    if let Some(sealed) = &sealed_reason {
        transaction.keep_cancel_reason(&appointment, sealed.clone());
    }
    let actor = Actor::Staff(staff);
    transaction.audit(Entry::of_appointment("decline", &appointment, &actor, now));
    let found = Found {
        appointment,
        version: found.version + 1,
        sealed_reason,
        ..found
    };
    let view = AppointmentView::of(&found, &app.vault)?;
    keyed.changed(&app, transaction, found.version, &view).await
}
