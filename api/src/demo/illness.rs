//! Somebody falls ill, so that there is something that needs attention.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Europe::Berlin;
use domain::absence::Absence;
use domain::ids::AbsenceId;
use domain::schedule::instant_of;
use domain::span::Span;
use persistence::stored::Stored;
use persistence::{Transaction, absences, appointments};
use uuid::Uuid;

use super::DemoError;
use super::bookings::today;
use super::model::ruled;
use super::tables::Body;

/// How far ahead an appointment is looked for.
const AHEAD: TimeDelta = TimeDelta::days(42);

/// The first of those in the table who has an appointment from tomorrow on is away on that day.
pub(super) async fn load(
    transaction: &mut Transaction,
    body: &Body,
    now: DateTime<Utc>,
) -> Result<(), DemoError> {
    let tomorrow = today(now)
        .succ_opt()
        .and_then(|day| instant_of(day.into(), Berlin));
    let from = tomorrow.unwrap_or(now);
    let ahead = ruled(Span::new(from, from + AHEAD))?;
    for number in body.ill {
        let counsellor = body.counsellor_id(*number);
        let found =
            appointments::in_span_of(transaction, body.id(), counsellor, ahead, 1, now).await?;
        let Some(found) = found.first() else {
            continue;
        };
        let day = today(found.appointment.place.span.from());
        let midnight = |day: chrono::NaiveDate| instant_of(day.into(), Berlin).unwrap_or(from);
        let next = day.succ_opt().map_or(from, midnight);
        let absence = Absence {
            id: AbsenceId::new(Uuid::now_v7()),
            organisation_id: body.id(),
            counsellor_id: counsellor,
            span: ruled(Span::new(midnight(day), next))?,
        };
        absences::insert(transaction, &Stored::new(absence));
        return Ok(());
    }
    Ok(())
}
