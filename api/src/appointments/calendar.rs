use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use domain::appointment::Status;
use domain::ids::AppointmentId;
use domain::permission::Permission;
use persistence::appointments::Found;

use super::access::Access;
use crate::app::AppData;
use crate::extract::{Languages, Path};
use crate::problems::Problem;
use crate::refusals::Refusals;

/// Get an appointment as a calendar entry
///
/// iCalendar (RFC 5545). It tells the time and nothing else: neither what it is about nor where.
#[utoipa::path(operation_id = "getAppointmentCalendar", tag = "booking", security((), ("bearer" = [])),
    params(("id" = Uuid, Path, description = "The appointment"),
        ("Appointment-Secret" = Option<String>, Header, description = "The secret, for callers without a token")),
    responses((status = 200, description = "The calendar entry", body = String, content_type = "text/calendar"), Refusals))]
#[get("/v1/appointments/{id}/calendar.ics")]
pub async fn get_appointment_calendar(
    app: AppData,
    access: Access,
    id: Path<AppointmentId>,
    languages: Languages,
) -> Result<HttpResponse, Problem> {
    let (found, actor) = access.find(&app, id.0).await?;
    let found = access.permitted(&app, found, &actor, Permission::ReadAppointments)?;
    let german = languages
        .0
        .first()
        .is_none_or(|language| language.as_str().starts_with("de"));
    let summary = if german { "Termin" } else { "Appointment" };
    Ok(HttpResponse::Ok()
        .content_type("text/calendar; charset=utf-8")
        .insert_header(("Cache-Control", "no-store"))
        .body(entry(&found, summary, app.clock.now())))
}

/// Instants in UTC: a `TZID` would need its whole time zone beside it.
fn entry(found: &Found, summary: &str, now: DateTime<Utc>) -> String {
    let instant = |instant: DateTime<Utc>| instant.format("%Y%m%dT%H%M%SZ").to_string();
    let appointment = &found.appointment;
    let status = match appointment.status {
        Status::Cancelled { .. } => "CANCELLED",
        Status::Requested { .. } => "TENTATIVE",
        _ => "CONFIRMED",
    };
    let span = appointment.place.span;
    let lines = [
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Sprechstunde//Sprechstunde//EN".to_owned(),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}", appointment.id),
        format!("DTSTAMP:{}", instant(now)),
        format!("DTSTART:{}", instant(span.from())),
        format!("DTEND:{}", instant(span.before())),
        format!("SEQUENCE:{}", found.version - 1),
        format!("STATUS:{status}"),
        format!("SUMMARY:{summary}"),
        "CLASS:PRIVATE".to_owned(),
        "END:VEVENT".to_owned(),
        "END:VCALENDAR".to_owned(),
    ];
    lines.map(|line| line + "\r\n").concat()
}
