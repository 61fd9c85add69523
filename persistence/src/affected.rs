//! Open appointments that lose what they rest on: they stay valid and need attention.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Timestamptz, Uuid as SqlUuid};
use domain::ids::{AppointmentId, OrganisationId};
use uuid::Uuid;

use crate::error::Result;
use crate::statement::Statement;
use crate::transaction::Transaction;

#[derive(QueryableByName)]
pub(crate) struct Row {
    #[diesel(sql_type = SqlUuid)]
    subject_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    appointment_id: Uuid,
}

/// The appointments of each subject that has any, in their order.
pub(crate) fn by_subject<Id: From<Uuid> + Ord>(rows: Vec<Row>) -> BTreeMap<Id, Vec<AppointmentId>> {
    let mut affected: BTreeMap<Id, Vec<AppointmentId>> = BTreeMap::new();
    for row in rows {
        let appointments = affected.entry(row.subject_id.into()).or_default();
        appointments.push(row.appointment_id.into());
    }
    affected
}

/// The appointments of the only subject.
pub(crate) fn of_one(rows: Vec<Row>) -> Vec<AppointmentId> {
    rows.into_iter()
        .map(|row| row.appointment_id.into())
        .collect()
}

/// Those that are not over yet and are with that counsellor, for that service, or at that site or
/// in that room, or at all of that organisation, by their start: whom it would strand to archive it.
pub async fn ahead(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    subject: impl Into<Uuid>,
    now: DateTime<Utc>,
) -> Result<Vec<AppointmentId>> {
    let query = Statement::new(AHEAD)
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<SqlUuid, _>(subject.into())
        .bind::<Timestamptz, _>(now);
    Ok(of_one(transaction.ask(query).await?))
}

/// No appointment is longer than a day.
const AHEAD: &str = "
    SELECT $2 AS subject_id, id AS appointment_id
    FROM appointments
    WHERE organisation_id = $1 AND starts_at > $3 - interval '24 hours' AND ends_at > $3
      AND $2 IN (organisation_id, counsellor_id, service_id, site_id, room_id)
      AND status IN ('requested', 'booked', 'checked_in')
    ORDER BY starts_at, id";
