use actix_web::{HttpResponse, post};
use domain::ids::AppointmentId;
use domain::line::Line;
use domain::permission::Permission;
use persistence::appointments::{Found, Reasons, open_change};
use persistence::audit::Entry;
use serde::Deserialize;
use utoipa::ToSchema;

use super::access::Access;
use super::{AppointmentView, check_code, contact, read_code};
use crate::app::AppData;
use crate::extract::{Body, Path};
use crate::idempotency::Attempt;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};

/// Why an appointment is cancelled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason_code": "ill", "reason": "Erkältung"}))]
pub struct CancelBody {
    /// One of `/v1/cancellation-reasons`, for figures; nobody has to give one.
    #[serde(default)]
    #[schema(example = "ill")]
    pub reason_code: Option<String>,
    /// Kept sealed, as long as contacts are; nobody has to give one.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub reason: Option<String>,
}

/// Cancel an appointment
///
/// Visitors can until the deadline of the service, staff until it is over. The slot is free at once.
#[utoipa::path(operation_id = "cancelAppointment", tag = "booking", request_body = CancelBody, security((), ("bearer" = [])),
    params(("id" = Uuid, Path, description = "The appointment"),
        ("Appointment-Secret" = Option<String>, Header, description = "The secret, for callers without a token"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 200, description = "The cancelled appointment", body = AppointmentView), Refusals, ChangeRefusals))]
#[post("/v1/appointments/{id}/cancel")]
pub async fn cancel_appointment(
    app: AppData,
    access: Access,
    id: Path<AppointmentId>,
    attempt: Attempt,
    body: Body<CancelBody>,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let keyed = access.binds(&app, attempt)?.with(
        &app,
        &format!("cancelAppointment {}", id.0),
        &body.bytes,
    );
    let code = read_code(body.value.reason_code.as_deref())?;
    let reason = read_reason(body.value.reason.as_deref())?;
    let (mut transaction, actor) = access.enter(&app).await?;
    let (known, found) = open_change(&mut transaction, id.0, keyed.hashed().as_ref(), now).await?;
    if let Some(answer) = keyed.answer_known(&app, known)? {
        // Waited for, so that the key is free for whoever comes next with it.
        transaction.rollback().await;
        return Ok(answer);
    }
    let found = access.permitted(&app, found, &actor, Permission::ChangeAppointments)?;
    let organisation = found.appointment.organisation_id;
    check_code(&mut transaction, code.as_ref(), organisation, &actor).await?;
    let appointment = found
        .appointment
        .cancel(&actor, found.terms.cancellation_deadline, now)?;
    transaction.save_cancelled_for(&appointment, found.version, code.as_ref(), now);
    let sealed_reason = contact::seal_reason(&app.vault, &appointment, reason.as_ref())?;
    if let Some(sealed) = &sealed_reason {
        transaction.keep_cancel_reason(&appointment, sealed.clone());
    }
    transaction.audit(Entry::of_appointment("cancel", &appointment, &actor, now));
    let found = Found {
        appointment,
        version: found.version + 1,
        reasons: Reasons {
            cancelled: code,
            ..found.reasons
        },
        sealed_reason,
        ..found
    };
    let view = AppointmentView::of(&found, &app.vault)?;
    keyed.changed(&app, transaction, found.version, &view).await
}

/// Whoever sends an empty reason gives none.
pub(crate) fn read_reason(text: Option<&str>) -> Result<Option<Line>, Problem> {
    text.filter(|text| !text.trim().is_empty())
        .map(|text| Line::new(text).map_err(|error| Problem::rule("/reason", error)))
        .transpose()
}
