//! Appointments, and the claims and contacts that belong to them.

mod any;
mod attention;
mod book;
mod day;
mod expire;
mod rows;
mod save;
mod several;

use diesel::sql_types::{Binary, Text, Uuid as SqlUuid};
use domain::actor::Staff;
use domain::appointment::Appointment;
use domain::booking::Terms;
use domain::code::Code;
use domain::ids::{AccountId, AppointmentId};
use domain::reason::ReasonCode;

use crate::acting::{as_holder, as_staff};
use crate::database::Database;
use crate::error::Result;
use crate::statement::Statement;
pub use any::{AnyBooking, OpenedAny, open_any};
pub use attention::{AttentionFilter, Cause, Dealing, DealtWith, NeedsAttention, attention};
pub use book::{Booking, Opened, open_booking, open_change, open_move};
pub(crate) use book::{Locked, answers, calendar_of, first, known_of};
pub use day::{DayFilter, day, waiting};
pub use expire::expire_requests;
pub(crate) use rows::{Row, StatusColumns};
pub use save::{NewContact, Saved};
pub(crate) use save::{deadline_minutes, happened, move_deadline_minutes};
pub use several::{among, in_span_of};

/// An appointment with what belongs to its answer.
#[derive(Debug, Clone)]
pub struct Found {
    pub appointment: Appointment,
    pub version: i64,
    pub terms: Terms,
    /// What the visitor gave, sealed and bound to the appointment's id.
    pub sealed_contact: Option<Vec<u8>>,
    pub reasons: Reasons,
    /// Why it was cancelled in words, sealed and bound likewise.
    pub sealed_reason: Option<Vec<u8>>,
}

/// Why it was cancelled, and moved the last time, of the list.
#[derive(Debug, Clone, Default)]
pub struct Reasons {
    pub cancelled: Option<ReasonCode>,
    pub moved: Option<ReasonCode>,
}

/// The columns of an appointment and what belongs to its answer; needs a condition behind.
macro_rules! select_appointment {
    ($rest:literal) => {
        concat!(
            "SELECT a.organisation_id, a.id, a.code, a.session_id, a.service_id, a.site_id, a.counsellor_id, a.room_id,
       a.starts_at, a.ends_at, a.time_zone, a.cancellation_deadline_minutes, a.modality, a.language, a.interpreter_needed, a.status, a.booked_at,
       a.interpreter_id, a.second_counsellor_id, a.checked_in_at, a.called_at, a.started_at, a.ended_at, a.cancelled_by, a.answer_by, a.version, a.series_id,
       coalesce(a.reschedule_deadline_minutes, a.cancellation_deadline_minutes) AS reschedule_deadline_minutes, a.cancel_reason, a.move_reason,
       c.sealed AS sealed_contact, c.sealed_reason
FROM appointments a
LEFT JOIN contacts c ON c.organisation_id = a.organisation_id AND c.appointment_id = a.id ",
            $rest
        )
    };
}
pub(crate) use select_appointment;

/// The appointment, if the secret with that hash opens it.
pub async fn find_as_holder(
    database: &Database,
    secret_hash: [u8; 32],
    id: AppointmentId,
) -> Result<Option<Found>> {
    let query = Statement::new(as_holder!(select_appointment!("WHERE a.id = $2")))
        .bind::<Binary, _>(secret_hash.to_vec())
        .bind::<SqlUuid, _>(id.uuid());
    database.holder_finds::<rows::Row, Found>(query).await
}

/// The appointment, if the walls let it through to that account, and who that is. `None` when the
/// account is gone.
pub async fn find_as_staff(
    database: &Database,
    account: AccountId,
    id: AppointmentId,
) -> Result<Option<(Staff, Option<Found>)>> {
    let query = Statement::new(as_staff!(select_appointment!("WHERE a.id = $2")))
        .bind::<SqlUuid, _>(account.uuid())
        .bind::<SqlUuid, _>(id.uuid());
    let found = database
        .staff_finds::<rows::Row, Found>(account, query)
        .await?;
    Ok(found.map(|(staff, found)| (staff, found.into_iter().next())))
}

/// The appointment with that code, if the secret with that hash opens it.
pub async fn find_by_code(
    database: &Database,
    secret_hash: [u8; 32],
    code: &Code,
) -> Result<Option<Found>> {
    let query = Statement::new(as_holder!(select_appointment!("WHERE a.code = $2")))
        .bind::<Binary, _>(secret_hash.to_vec())
        .bind::<Text, _>(code.letters().to_owned());
    database.holder_finds::<rows::Row, Found>(query).await
}

pub(crate) fn for_update(id: AppointmentId) -> Statement<'static> {
    Statement::new(select_appointment!(
        "WHERE a.id = $1 FOR NO KEY UPDATE OF a"
    ))
    .bind::<SqlUuid, _>(id.uuid())
}
