//! What the decision about an answer needs, read under the locks: first the resources in the order
//! of their ids, then the entry, under whose lock alone its offers change.

use chrono::{DateTime, Utc};
use diesel::sql_types::Uuid as SqlUuid;
use domain::calendar::Calendar;
use domain::ids::{WaitlistEntryId, WaitlistOfferId};
use domain::slot_id::SlotId;
use futures_util::future::{join, join3};
use uuid::Uuid;

use super::{Found, rows, select_entry};
use crate::appointments::{Locked, answers, calendar_of, known_of};
use crate::error::Result;
use crate::idempotency::{Attempt, Known};
use crate::slots::{SlotRow, of_slot};
use crate::statement::Statement;
use crate::transaction::{Transaction, rows as load};

/// An entry, if it is there, and what its offer has claimed.
#[derive(Debug)]
pub struct OpenedOffer {
    pub known: Known,
    pub found: Option<Found>,
    locked: Vec<Locked>,
}

/// Locks what the offer holds, and the entry, and reads it. One round trip.
pub async fn open_offer(
    transaction: &mut Transaction,
    id: WaitlistEntryId,
    offer: WaitlistOfferId,
    attempt: Option<&Attempt>,
    now: DateTime<Utc>,
) -> Result<OpenedOffer> {
    let lock = Statement::new(LOCK)
        .bind::<SqlUuid, _>(id.uuid())
        .bind::<SqlUuid, _>(offer.uuid());
    if let Some(attempt) = attempt {
        transaction.show_key(attempt.key_hash);
    }
    let questions = attempt.map(|attempt| attempt.questions(now));
    let (locked, found, known) = transaction
        .together(|connection| {
            join3(
                load::<Locked>(connection, lock),
                join(
                    load::<Locked>(connection, lock_entry(id)),
                    load::<rows::Row>(connection, read(id)),
                ),
                answers(connection, questions),
            )
        })
        .await?;
    let (locked, (entry, found), known) = (locked?, found, known?);
    entry?;
    Ok(OpenedOffer {
        known: known_of(attempt, known),
        found: first(found?)?,
        locked,
    })
}

/// Locks the entry and reads it. One round trip.
pub async fn open_entry(
    transaction: &mut Transaction,
    id: WaitlistEntryId,
    attempt: Option<&Attempt>,
    now: DateTime<Utc>,
) -> Result<(Known, Option<Found>)> {
    if let Some(attempt) = attempt {
        transaction.show_key(attempt.key_hash);
    }
    transaction.queue(lock_entry(id));
    let questions = attempt.map(|attempt| attempt.questions(now));
    let (found, known) = transaction
        .together(|connection| {
            join(
                load::<rows::Row>(connection, read(id)),
                answers(connection, questions),
            )
        })
        .await?;
    let (found, known) = (found?, known?);
    Ok((known_of(attempt, known), first(found)?))
}

/// The calendar of the slot that the offer holds, as it is without that. A round trip.
pub async fn calendar_at(
    transaction: &mut Transaction,
    opened: &OpenedOffer,
    slot: &SlotId,
    offer: WaitlistOfferId,
    now: DateTime<Utc>,
) -> Result<Calendar> {
    let asked = of_slot(slot, Some(offer.uuid()), None, None, now);
    let rows: Vec<SlotRow> = transaction.ask(asked).await?;
    let row = rows.into_iter().next();
    calendar_of(transaction, slot, &opened.locked, row, now)
}

/// A statement of its own: whoever waited for the lock reads what has happened meanwhile behind it,
/// the offers too.
fn lock_entry(id: WaitlistEntryId) -> Statement<'static> {
    Statement::new("SELECT id FROM waitlist_entries WHERE id = $1 FOR NO KEY UPDATE")
        .bind::<SqlUuid, Uuid>(id.uuid())
}

fn read(id: WaitlistEntryId) -> Statement<'static> {
    Statement::new(select_entry!("WHERE e.id = $1")).bind::<SqlUuid, _>(id.uuid())
}

fn first(rows: Vec<rows::Row>) -> Result<Option<Found>> {
    rows.into_iter().next().map(TryInto::try_into).transpose()
}

/// Of the session as it is now: what was given to another counsellor since is not offered.
const LOCK: &str = "
    SELECT r.id FROM resources r
    WHERE r.id IN (
        SELECT unnest(ARRAY[s.counsellor_id, s.room_id, e.service_id, (
            SELECT q.lent_room_id FROM rooms q WHERE q.organisation_id = s.organisation_id AND q.id = s.room_id)])
        FROM waitlist_offers o
        JOIN waitlist_entries e ON e.organisation_id = o.organisation_id AND e.id = o.entry_id
        JOIN sessions s ON s.organisation_id = o.organisation_id AND s.id = o.session_id
        WHERE o.entry_id = $1 AND o.id = $2
        UNION ALL
        SELECT c.resource_id FROM allocations c
        WHERE c.organisation_id = (SELECT e.organisation_id FROM waitlist_entries e WHERE e.id = $1) AND c.claim_id = $2)
    ORDER BY r.id
    FOR NO KEY UPDATE OF r";
