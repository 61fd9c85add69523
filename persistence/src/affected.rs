//! Open appointments that lose what they rest on: they stay valid and need attention.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Timestamptz, Uuid as SqlUuid};
use domain::ids::{AppointmentId, EquipmentId, OrganisationId};
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

/// Those that are not over yet and have claimed a piece of that equipment, by their start.
pub async fn with_equipment(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    equipment: EquipmentId,
    now: DateTime<Utc>,
) -> Result<Vec<AppointmentId>> {
    let query = Statement::new(WITH_EQUIPMENT)
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<SqlUuid, _>(equipment.uuid())
        .bind::<Timestamptz, _>(now);
    Ok(of_one(transaction.ask(query).await?))
}

const WITH_EQUIPMENT: &str = "
    SELECT $2 AS subject_id, a.id AS appointment_id
    FROM appointments a
    WHERE a.organisation_id = $1 AND a.starts_at > $3 - interval '24 hours' AND a.ends_at > $3
      AND a.status IN ('requested', 'booked', 'checked_in')
      AND EXISTS (SELECT FROM allocations c
                  JOIN equipment_pieces p ON p.organisation_id = c.organisation_id AND p.id = c.resource_id
                  WHERE c.organisation_id = a.organisation_id AND c.claim_id = a.id AND p.equipment_id = $2)
    ORDER BY a.starts_at, a.id";

/// No appointment is longer than a day.
const AHEAD: &str = "
    SELECT $2 AS subject_id, id AS appointment_id
    FROM appointments
    WHERE organisation_id = $1 AND starts_at > $3 - interval '24 hours' AND ends_at > $3
      AND $2 IN (organisation_id, counsellor_id, service_id, site_id, room_id, interpreter_id, second_counsellor_id)
      AND status IN ('requested', 'booked', 'checked_in')
    ORDER BY starts_at, id";
