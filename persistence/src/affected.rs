//! Open appointments over which something lies: they stay valid and need attention.

use std::collections::BTreeMap;

use diesel::QueryableByName;
use diesel::sql_types::Uuid as SqlUuid;
use domain::ids::AppointmentId;
use uuid::Uuid;

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
