//! What the decision about an answer needs, read under the locks: first the resources in the order
//! of their ids, then the appointment, under whose lock alone its proposals change.

use chrono::{DateTime, Utc};
use diesel::sql_types::Uuid as SqlUuid;
use domain::appointment::Appointment;
use domain::calendar::Calendar;
use domain::ids::{AppointmentId, ProposalId};
use domain::kept::Reader;
use domain::slot_id::SlotId;
use futures_util::future::join4;
use uuid::Uuid;

use super::{Found, rows, select_proposal};
use crate::appointments::{
    Found as FoundAppointment, Locked, answers, calendar_of, for_update, known_of,
};
use crate::error::Result;
use crate::idempotency::{Attempt, Known};
use crate::slots::{SlotRow, of_slot};
use crate::statement::Statement;
use crate::transaction::{Transaction, rows as load};

/// An appointment and one of its proposals, as far as they are there.
#[derive(Debug)]
pub struct OpenedAnswer {
    pub known: Known,
    pub appointment: Option<FoundAppointment>,
    pub proposal: Option<Found>,
    locked: Vec<Locked>,
}

/// Locks what the appointment claims, what the proposal holds, and the appointment, and reads them.
/// One round trip.
pub async fn open_answer(
    transaction: &mut Transaction,
    id: AppointmentId,
    proposal: ProposalId,
    attempt: Option<&Attempt>,
    now: DateTime<Utc>,
) -> Result<OpenedAnswer> {
    let both = |text: &'static str| {
        Statement::new(text)
            .bind::<SqlUuid, _>(id.uuid())
            .bind::<SqlUuid, _>(proposal.uuid())
    };
    let (lock, find) = (both(LOCK), both(FIND));
    if let Some(attempt) = attempt {
        transaction.show_key(attempt.key_hash);
    }
    let questions = attempt.map(|attempt| attempt.questions(now));
    let (locked, appointment, proposal, known) = transaction
        .together(|connection| {
            join4(
                load::<Locked>(connection, lock),
                load(connection, for_update(id)),
                load::<rows::Row>(connection, find),
                answers(connection, questions),
            )
        })
        .await?;
    let (locked, appointment, proposal, known) = (locked?, appointment?, proposal?, known?);
    let proposal = proposal.into_iter().next();
    Ok(OpenedAnswer {
        known: known_of(attempt, known),
        appointment: crate::appointments::first(appointment)?,
        proposal: proposal.map(TryInto::try_into).transpose()?,
        locked,
    })
}

/// The calendar of a slot that is locked, without the claim of whoever wants to keep or take it. A
/// round trip.
pub async fn calendar_at(
    transaction: &mut Transaction,
    opened: &OpenedAnswer,
    slot: &SlotId,
    but_for: Uuid,
    now: DateTime<Utc>,
) -> Result<Calendar> {
    let appointment = opened.appointment.as_ref().map(|found| &found.appointment);
    let interpreted = appointment.and_then(Appointment::interpreted);
    let asked = of_slot(slot, Some(but_for), None, interpreted, now);
    let rows: Vec<SlotRow> = transaction.ask(asked).await?;
    let row = rows.into_iter().next();
    let mut calendar = calendar_of(transaction, slot, &opened.locked, row, now)?;
    calendar.reader = Reader::Holder;
    Ok(calendar)
}

/// Of the sessions as they are now: what was given to another counsellor since is not offered.
const LOCK: &str = "
    SELECT r.id FROM resources r
    WHERE r.id IN (
        SELECT unnest(ARRAY[s.counsellor_id, s.room_id, p.service_id, (
            SELECT q.lent_room_id FROM rooms q WHERE q.organisation_id = s.organisation_id AND q.id = s.room_id)])
        FROM proposals p
        JOIN sessions s ON s.organisation_id = p.organisation_id AND s.id = p.session_id
        WHERE p.appointment_id = $1 AND p.id = $2
        UNION ALL
        SELECT unnest(ARRAY[s.counsellor_id, s.room_id]) FROM appointments a
        JOIN sessions s ON s.organisation_id = a.organisation_id AND s.id = a.session_id
        WHERE a.id = $1
        UNION ALL
        SELECT unnest(ARRAY[a.counsellor_id, a.room_id]) FROM appointments a WHERE a.id = $1
        UNION ALL
        SELECT c.resource_id FROM allocations c
        WHERE c.organisation_id = (SELECT a.organisation_id FROM appointments a WHERE a.id = $1)
          AND c.claim_id IN ($1, $2)
        UNION ALL
        SELECT q.lent_room_id FROM allocations c
        JOIN rooms q ON q.organisation_id = c.organisation_id AND q.id = c.resource_id
        WHERE c.organisation_id = (SELECT a.organisation_id FROM appointments a WHERE a.id = $1)
          AND c.claim_id IN ($1, $2))
    ORDER BY r.id
    FOR NO KEY UPDATE OF r";

const FIND: &str = select_proposal!("WHERE p.appointment_id = $1 AND p.id = $2");
