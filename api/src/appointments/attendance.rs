use actix_web::{HttpResponse, post};
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::appointment::{Appointment, Status};
use domain::ids::AppointmentId;
use domain::permission::Permission;
use persistence::appointments::{Found, open_change};
use persistence::audit::Entry;
use persistence::no_shows;

use super::access::permitted_to;
use super::{AppointmentView, contact};
use crate::app::{App, AppData};
use crate::authentication::SignedIn;
use crate::extract::Path;
use crate::idempotency::Attempt;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};

/// Check in
///
/// The visitor has arrived; from twelve hours before the start on. A no-show who comes late is
/// checked in after all.
#[utoipa::path(operation_id = "checkInAppointment", tag = "appointments", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The appointment"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 200, description = "The appointment", body = AppointmentView), Refusals, ChangeRefusals))]
#[post("/v1/appointments/{id}/check-in")]
pub async fn check_in_appointment(
    app: AppData,
    caller: SignedIn,
    id: Path<AppointmentId>,
    attempt: Attempt,
) -> Result<HttpResponse, Problem> {
    record(
        &app,
        &caller,
        id.0,
        attempt,
        ("check-in", Permission::RecordAttendance),
        Appointment::check_in,
    )
    .await
}

/// Call who has arrived
///
/// Of several who call the same person at once, one does; the others learn that they were late. Nobody has to.
#[utoipa::path(operation_id = "callAppointment", tag = "appointments", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The appointment"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 200, description = "The appointment", body = AppointmentView), Refusals, ChangeRefusals))]
#[post("/v1/appointments/{id}/call")]
pub async fn call_appointment(
    app: AppData,
    caller: SignedIn,
    id: Path<AppointmentId>,
    attempt: Attempt,
) -> Result<HttpResponse, Problem> {
    let allowed = Permission::RecordAttendance;
    record(
        &app,
        &caller,
        id.0,
        attempt,
        ("call", allowed),
        Appointment::call,
    )
    .await
}

/// Begin the talk
///
/// With who has arrived, called or not. Nobody has to: an appointment can be completed without.
#[utoipa::path(operation_id = "startAppointment", tag = "appointments", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The appointment"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 200, description = "The appointment", body = AppointmentView), Refusals, ChangeRefusals))]
#[post("/v1/appointments/{id}/start")]
pub async fn start_appointment(
    app: AppData,
    caller: SignedIn,
    id: Path<AppointmentId>,
    attempt: Attempt,
) -> Result<HttpResponse, Problem> {
    let allowed = Permission::RecordAttendance;
    record(
        &app,
        &caller,
        id.0,
        attempt,
        ("start", allowed),
        Appointment::start,
    )
    .await
}

/// Complete an appointment
///
/// The talk has taken place.
#[utoipa::path(operation_id = "completeAppointment", tag = "appointments", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The appointment"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 200, description = "The appointment", body = AppointmentView), Refusals, ChangeRefusals))]
#[post("/v1/appointments/{id}/complete")]
pub async fn complete_appointment(
    app: AppData,
    caller: SignedIn,
    id: Path<AppointmentId>,
    attempt: Attempt,
) -> Result<HttpResponse, Problem> {
    record(
        &app,
        &caller,
        id.0,
        attempt,
        ("complete", Permission::RecordAttendance),
        Appointment::complete,
    )
    .await
}

/// Record that nobody came
///
/// From the start of the appointment on. It shuts nobody out: see `no_shows` of the organisation.
#[utoipa::path(operation_id = "markAppointmentNoShow", tag = "appointments", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The appointment"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 200, description = "The appointment", body = AppointmentView), Refusals, ChangeRefusals))]
#[post("/v1/appointments/{id}/no-show")]
pub async fn mark_appointment_no_show(
    app: AppData,
    caller: SignedIn,
    id: Path<AppointmentId>,
    attempt: Attempt,
) -> Result<HttpResponse, Problem> {
    record(
        &app,
        &caller,
        id.0,
        attempt,
        ("no-show", Permission::RecordAttendance),
        Appointment::no_show,
    )
    .await
}

/// Forgive missed talks
///
/// Whatever the organisation knows of talks that this visitor missed is forgotten at once, and what
/// they book needs no approval for it any more.
#[utoipa::path(operation_id = "forgiveNoShows", tag = "appointments", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "An appointment that they missed")),
    responses((status = 204, description = "It is forgotten"), Refusals, ChangeRefusals))]
#[post("/v1/appointments/{id}/forgive")]
pub async fn forgive_no_shows(
    app: AppData,
    caller: SignedIn,
    id: Path<AppointmentId>,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let (mut transaction, staff) = app.staff(&caller).await?;
    let (_, found) = open_change(&mut transaction, id.0, None, now).await?;
    let found = found.ok_or_else(Problem::not_found)?;
    permitted_to(&staff, &found, Permission::RecordAttendance)?;
    let actor = Actor::Staff(staff);
    no_shows::forgive(&mut transaction, &found.appointment);
    transaction.audit(Entry::of_appointment(
        "forgive",
        &found.appointment,
        &actor,
        now,
    ));
    transaction.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What staff record of an appointment, in one transaction.
pub(super) async fn record<E>(
    app: &App,
    caller: &SignedIn,
    id: AppointmentId,
    attempt: Attempt,
    (action, permission): (&'static str, Permission),
    decide: impl FnOnce(Appointment, DateTime<Utc>) -> Result<Appointment, E>,
) -> Result<HttpResponse, Problem>
where
    Problem: From<E>,
{
    let now = app.clock.now();
    let keyed = attempt.by(caller).with(app, &format!("{action} {id}"), b"");
    let (mut transaction, staff) = app.staff(caller).await?;
    let (known, found) = open_change(&mut transaction, id, keyed.hashed().as_ref(), now).await?;
    if let Some(answer) = keyed.answer_known(app, known)? {
        return Ok(answer);
    }
    let found = found.ok_or_else(Problem::not_found)?;
    permitted_to(&staff, &found, permission)?;
    let was_missed = matches!(found.appointment.status, Status::NoShow { .. });
    let appointment = decide(found.appointment, now)?;
    transaction.save_status(&appointment, found.version, now);
    if was_missed || matches!(appointment.status, Status::NoShow { .. }) {
        let sealed = found.sealed_contact.as_deref();
        let hashes = contact::hashes_kept(&app.vault, &appointment, sealed)?;
        no_shows::follow(&mut transaction, &appointment, &hashes, now);
    }
    transaction.audit(Entry::of_appointment(
        action,
        &appointment,
        &Actor::Staff(staff),
        now,
    ));
    let found = Found {
        appointment,
        version: found.version + 1,
        ..found
    };
    let view = AppointmentView::of(&found, &app.vault)?;
    keyed.changed(app, transaction, found.version, &view).await
}
