//! Proposals, and what is held for their answers.

mod answer;
mod rows;
mod save;

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Timestamptz, Uuid as SqlUuid};
use domain::ids::{AppointmentId, OrganisationId};
use domain::proposal::Proposal;

use crate::error::Result;
use crate::statement::Statement;
use crate::stored::uuids_of;
use crate::transaction::Transaction;
pub use answer::{OpenedAnswer, calendar_at, open_answer};
pub use rows::Found;
pub use save::{NewProposal, insert_all, save_answer};

/// The columns of a proposal; needs a condition behind.
macro_rules! select_proposal {
    ($rest:literal) => {
        concat!(
            "SELECT p.organisation_id, p.id, p.appointment_id, p.session_id, p.service_id, p.site_id, p.counsellor_id,
                    p.room_id, p.starts_at, p.ends_at, p.time_zone, p.modality, p.rank, p.state, p.proposed_at, p.expires_at
             FROM proposals p ",
            $rest
        )
    };
}
pub(crate) use select_proposal;

/// All that was ever proposed instead of the appointment, the newest first.
pub async fn of_appointment(
    transaction: &mut Transaction,
    id: AppointmentId,
) -> Result<Vec<Found>> {
    let query = Statement::new(select_proposal!(
        "WHERE p.appointment_id = $1 ORDER BY p.proposed_at DESC, p.rank LIMIT 200"
    ));
    let rows: Vec<rows::Row> = transaction.ask(query.bind::<SqlUuid, _>(id.uuid())).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Those that still wait for an answer.
pub async fn open_of(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    appointments: &[AppointmentId],
    now: DateTime<Utc>,
) -> Result<Vec<Found>> {
    let query = Statement::new(select_proposal!(
        "WHERE p.organisation_id = $1 AND p.appointment_id = ANY ($2) AND p.state = 'open' AND p.expires_at > $3
         ORDER BY p.appointment_id, p.rank"
    ));
    let query = query
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<Array<SqlUuid>, _>(uuids_of(appointments))
        .bind::<Timestamptz, _>(now);
    let rows: Vec<rows::Row> = transaction.ask(query).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The proposals of one appointment among those of several.
pub fn among(found: &[Found], id: AppointmentId) -> impl Iterator<Item = &Found> {
    let is_its = move |proposal: &Proposal| proposal.appointment_id == id;
    found.iter().filter(move |found| is_its(&found.proposal))
}
