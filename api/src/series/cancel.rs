use actix_web::{HttpResponse, post};
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::appointment::Appointment;
use domain::ids::{AppointmentId, SeriesId};
use domain::reason::ReasonCode;
use domain::series::cancel_from;
use persistence::Transaction;
use persistence::series::{Cancelled, FoundSeries, open_series};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{LeftOutView, SeriesView, agreed, permit_changes, seen};
use crate::app::{App, AppData};
use crate::appointments::access::Access;
use crate::appointments::{check_code, contact, read_code, read_reason};
use crate::extract::{Body, Path};
use crate::idempotency::Attempt;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};
use domain::line::Line;

/// Which part of a series is cancelled, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "ill"}))]
pub struct CancelSeriesBody {
    /// The id of an appointment of the series, or an instant: what starts then or later is cancelled.
    /// Everything that is still to come, unless given.
    #[serde(default)]
    #[schema(example = "2026-12-01T09:00:00+01:00")]
    pub from: Option<String>,
    /// One of `/v1/cancellation-reasons`, for figures; nobody has to give one.
    #[serde(default)]
    #[schema(example = "ill")]
    pub reason_code: Option<String>,
    /// Kept sealed, as long as contacts are; nobody has to give one.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub reason: Option<String>,
}

/// Cancel a series
///
/// From one of its appointments on, or all that are to come. Each that may be cancelled is; visitors
/// may until the deadline of the service, and what stays for that is listed in `left_out`. Refused,
/// with nothing changed, when none may be cancelled.
#[utoipa::path(operation_id = "cancelSeries", tag = "booking", request_body = CancelSeriesBody, security((), ("bearer" = [])),
    params(("id" = Uuid, Path, description = "The series"),
        ("Appointment-Secret" = Option<String>, Header, description = "The secret, for callers without a token"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 200, description = "The series", body = SeriesView), Refusals, ChangeRefusals))]
#[post("/v1/series/{id}/cancel")]
pub async fn cancel_series(
    app: AppData,
    access: Access,
    id: Path<SeriesId>,
    attempt: Attempt,
    body: Body<CancelSeriesBody>,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let operation = format!("cancelSeries {}", id.0);
    let keyed = access
        .binds(&app, attempt)?
        .with(&app, &operation, &body.bytes);
    let code = read_code(body.value.reason_code.as_deref())?;
    let reason = read_reason(body.value.reason.as_deref())?;
    let (mut transaction, actor) = access.enter(&app).await?;
    let (known, found) = open_series(&mut transaction, id.0, keyed.hashed().as_ref(), now).await?;
    if let Some(answer) = keyed.answer_known(&app, known)? {
        // Waited for, so that the key is free for whoever comes next with it.
        transaction.rollback().await;
        return Ok(answer);
    }
    let mut found = seen(found, &actor).ok_or_else(|| access.nothing_there(&app))?;
    let organisation = found.series.organisation_id;
    check_code(&mut transaction, code.as_ref(), organisation, &actor).await?;
    let from = from(body.value.from.as_deref(), &found, now)?;
    let cancellation = cancel_from(
        found
            .appointments
            .iter()
            .map(|found| agreed(found, found.terms.cancellation_deadline))
            .collect(),
        from,
        &actor,
        now,
    )?;
    let cancelled: Vec<&Appointment> = cancellation.cancelled.iter().collect();
    if let Actor::Staff(staff) = &actor {
        permit_changes(staff, &cancelled)?;
    }
    save(
        &app,
        &mut transaction,
        &mut found,
        cancelled,
        &actor,
        (code.as_ref(), reason.as_ref()),
        now,
    )?;
    let mut view = SeriesView::of(&found, &app.vault)?;
    let zone = found.series.time_zone;
    view.left_out = cancellation
        .kept
        .iter()
        .map(|(kept, why)| LeftOutView::of_appointment(kept, zone, (*why).into()))
        .collect();
    keyed.done(&app, transaction, &view).await
}

/// Stores the cancellations, and notes them in what was found.
fn save(
    app: &App,
    transaction: &mut Transaction,
    found: &mut FoundSeries,
    cancelled: Vec<&Appointment>,
    actor: &Actor,
    (code, reason): (Option<&ReasonCode>, Option<&Line>),
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    let mut sealed_reasons = Vec::new();
    for one in &cancelled {
        let sealed = contact::seal_reason(&app.vault, one, reason)?;
        let known = found.appointments.iter_mut();
        let known = known.filter(|known| known.appointment.id == one.id);
        for known in known {
            known.appointment = (*one).clone();
            known.version += 1;
            known.reasons.cancelled = code.cloned();
            known.sealed_reason = sealed.clone();
        }
        sealed_reasons.extend(sealed);
    }
    let cancelled = Cancelled {
        organisation: found.series.organisation_id,
        appointments: cancelled,
        reason: code,
        sealed_reasons,
        actor,
        now,
    };
    cancelled.save(transaction);
    Ok(())
}

/// From which start on: that of the appointment, or the instant; now unless given.
fn from(
    text: Option<&str>,
    found: &FoundSeries,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, Problem> {
    let Some(text) = text else {
        return Ok(now);
    };
    if let Ok(id) = text.parse::<AppointmentId>() {
        let mut all = found.appointments.iter().map(|found| &found.appointment);
        let one = all.find(|one| one.id == id);
        let unknown = || Problem::rule("/from", "is no appointment of this series");
        return one.map(|one| one.place.span.from()).ok_or_else(unknown);
    }
    let instant = DateTime::parse_from_rfc3339(text).map(|instant| instant.to_utc());
    instant.map_err(|_| {
        Problem::rule(
            "/from",
            "is the id of an appointment of this series, or an instant with its offset",
        )
    })
}
