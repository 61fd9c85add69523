//! The first round trip of everything that claims, or changes what has a claim: the locks, and what
//! the decision needs.
//!
//! Resources are locked first, in the order of their ids and nothing before them, so that callers
//! queue and never wait for each other in a circle.

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Binary, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::AsyncPgConnection;
use domain::calendar::Calendar;
use domain::ids::{AppointmentId, HoldId, OrganisationId};
use domain::slot_id::SlotId;
use domain::texts::LanguageTag;
use domain::visits::Doorstep;
use futures_util::future::{join, join4, join5};
use uuid::Uuid;

use super::{Found, for_update};
use crate::claims::{clear_lent, remove_expired};
use crate::error::Result;
use crate::idempotency::{Attempt, Known, Lock, Row as AnswerRow};
use crate::no_shows::{self, Missed};
use crate::slots::{SlotRow, locked_calendar_of, of_slot, of_slot_for};
use crate::statement::Statement;
use crate::transaction::{Transaction, rows};

/// What is booked: a slot, perhaps one that is held.
#[derive(Debug, Clone)]
pub struct Booking {
    pub slot: SlotId,
    pub hold: Option<(HoldId, [u8; 32])>,
    /// The language for which an interpreter is wanted.
    pub interpreted: Option<LanguageTag>,
    /// For whose visitors a place is wanted, if for a partner's.
    pub kept_for: Option<OrganisationId>,
    /// Of what the visitor gives of themselves: to look for talks that they missed.
    pub contact_hashes: Vec<[u8; 32]>,
    /// Where a visit is wanted.
    pub doorstep: Option<Doorstep>,
}

impl Booking {
    /// A slot that nobody holds, for anybody.
    #[must_use]
    pub const fn of(slot: SlotId) -> Self {
        Self {
            slot,
            hold: None,
            interpreted: None,
            kept_for: None,
            contact_hashes: Vec::new(),
            doorstep: None,
        }
    }
}

/// What the decision about a claim needs, read under the locks.
#[derive(Debug)]
pub struct Opened {
    pub known: Known,
    pub calendar: Calendar,
    /// When the hold expires, if it is there.
    pub hold_expires_at: Option<DateTime<Utc>>,
    pub missed: Option<Missed>,
}

/// The calendar of the slot, when it is offered and locked: a session that got another counsellor or
/// room between the lock and the reading is offered no more, for what it claims now is not locked.
/// What is left of expired holds around it goes with the next write.
pub(crate) fn calendar_of(
    transaction: &mut Transaction,
    slot: &SlotId,
    locked: &[Locked],
    row: Option<SlotRow>,
    now: DateTime<Utc>,
) -> Result<Calendar> {
    let Some(row) = row else {
        return Ok(Calendar::default());
    };
    let resources = row.resources();
    let is_locked = |id: Uuid| locked.iter().any(|locked| locked.id == id);
    if !resources.iter().all(|id| is_locked(*id)) {
        return Ok(Calendar::default());
    }
    if row.is_among_expired() || row.is_choosing() {
        let locked: Vec<_> = locked.iter().map(|locked| locked.id).collect();
        let start = (slot.organisation_id, slot.starts_at.instant());
        remove_expired(transaction, start, &locked, now);
    }
    if row.tells_of_loans() {
        let locked: Vec<_> = locked.iter().map(|locked| locked.id).collect();
        let start = slot.starts_at.instant();
        let organisation = slot.organisation_id;
        clear_lent(transaction, organisation, &locked, (start, start), now);
    }
    locked_calendar_of(vec![row], is_locked)
}

/// A resource that this transaction has locked.
#[derive(Debug, QueryableByName)]
pub(crate) struct Locked {
    #[diesel(sql_type = SqlUuid)]
    pub(crate) id: Uuid,
}

#[derive(QueryableByName)]
struct Expiry {
    #[diesel(sql_type = Timestamptz)]
    expires_at: DateTime<Utc>,
}

/// Locks what the slot claims and reads its calendar. One round trip.
pub async fn open_booking(
    transaction: &mut Transaction,
    booking: &Booking,
    attempt: Option<&Attempt>,
    now: DateTime<Utc>,
) -> Result<Opened> {
    let slot = booking.slot;
    let hold_id = booking.hold.map(|(id, _)| id.uuid());
    let interpreted = booking.interpreted.as_ref();
    let calendar = of_slot(&slot, hold_id, booking.kept_for, interpreted, now);
    let lock = Statement::new(LOCK_SESSION)
        .bind::<SqlUuid, _>(slot.organisation_id.uuid())
        .bind::<SqlUuid, _>(slot.session_id.uuid())
        .bind::<SqlUuid, _>(slot.service_id.uuid())
        .bind::<Nullable<Text>, _>(booking.interpreted.as_ref().map(ToString::to_string));
    let held = booking.hold.map(|(id, hash)| {
        Statement::new(HOLD)
            .bind::<SqlUuid, _>(slot.organisation_id.uuid())
            .bind::<SqlUuid, _>(id.uuid())
            .bind::<Binary, _>(hash.to_vec())
    });
    if let Some(attempt) = attempt {
        transaction.show_key(attempt.key_hash);
    }
    let missed = ask_missed(transaction, slot.organisation_id, &booking.contact_hashes);
    let questions = attempt.map(|attempt| attempt.questions(now));
    let (locked, held, calendar, known, missed) = transaction
        .together(|connection| {
            join5(
                rows::<Locked>(connection, lock),
                hold_expiry(connection, held),
                rows::<SlotRow>(connection, calendar),
                answers(connection, questions),
                told_missed(connection, missed),
            )
        })
        .await?;
    // In the order in which they were sent: behind the first that fails, all others fail for it.
    let (locked, hold_expires_at, calendar, known) = (locked?, held?, calendar?, known?);
    let missed = missed?;
    let row = calendar.into_iter().next();
    let mut calendar = calendar_of(transaction, &slot, &locked, row, now)?;
    if let Some(doorstep) = booking.doorstep {
        calendar.lead_to(doorstep);
    }
    Ok(Opened {
        known: known_of(attempt, known),
        calendar,
        hold_expires_at,
        missed,
    })
}

/// Locks the appointment, what it claims and what the slot would claim, and reads them. One round trip.
pub async fn open_move(
    transaction: &mut Transaction,
    id: AppointmentId,
    slot: &SlotId,
    attempt: Option<&Attempt>,
    now: DateTime<Utc>,
) -> Result<(Opened, Option<Found>)> {
    let lock = Statement::new(LOCK_MOVE)
        .bind::<SqlUuid, _>(slot.organisation_id.uuid())
        .bind::<SqlUuid, _>(slot.session_id.uuid())
        .bind::<SqlUuid, _>(id.uuid())
        .bind::<SqlUuid, _>(slot.service_id.uuid());
    let calendar = of_slot_for(id, slot, now);
    if let Some(attempt) = attempt {
        transaction.show_key(attempt.key_hash);
    }
    let questions = attempt.map(|attempt| attempt.questions(now));
    let (locked, found, calendar, known) = transaction
        .together(|connection| {
            join4(
                rows::<Locked>(connection, lock),
                rows::<super::rows::Row>(connection, for_update(id)),
                rows::<SlotRow>(connection, calendar),
                answers(connection, questions),
            )
        })
        .await?;
    let (locked, found, calendar, known) = (locked?, found?, calendar?, known?);
    let row = calendar.into_iter().next();
    let opened = Opened {
        known: known_of(attempt, known),
        calendar: calendar_of(transaction, slot, &locked, row, now)?,
        hold_expires_at: None,
        missed: None,
    };
    Ok((opened, first(found)?))
}

/// Locks the appointment and reads it. One round trip.
pub async fn open_change(
    transaction: &mut Transaction,
    id: AppointmentId,
    attempt: Option<&Attempt>,
    now: DateTime<Utc>,
) -> Result<(Known, Option<Found>)> {
    if let Some(attempt) = attempt {
        transaction.show_key(attempt.key_hash);
    }
    let questions = attempt.map(|attempt| attempt.questions(now));
    let (found, known) = transaction
        .together(|connection| {
            join(
                rows::<super::rows::Row>(connection, for_update(id)),
                answers(connection, questions),
            )
        })
        .await?;
    let (found, known) = (found?, known?);
    Ok((known_of(attempt, known), first(found)?))
}

pub(crate) fn first(rows: Vec<super::rows::Row>) -> Result<Option<Found>> {
    rows.into_iter().next().map(TryInto::try_into).transpose()
}

pub(crate) type Answers = Option<(Vec<Lock>, Vec<AnswerRow>)>;

pub(crate) async fn answers(
    connection: &AsyncPgConnection,
    questions: Option<(Statement<'static>, Statement<'static>)>,
) -> Result<Answers> {
    let Some((lock, answer)) = questions else {
        return Ok(None);
    };
    let (locks, answers) = join(rows(connection, lock), rows(connection, answer)).await;
    Ok(Some((locks?, answers?)))
}

/// The question what the visitor missed, when they gave an address or a number.
pub(super) fn ask_missed(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    hashes: &[[u8; 32]],
) -> Option<Statement<'static>> {
    let is_known = !hashes.is_empty();
    is_known.then(|| no_shows::missed_by(transaction, organisation, hashes))
}

pub(super) async fn told_missed(
    connection: &AsyncPgConnection,
    asked: Option<Statement<'static>>,
) -> Result<Option<Missed>> {
    let Some(asked) = asked else {
        return Ok(None);
    };
    no_shows::first(rows(connection, asked).await?)
}

async fn hold_expiry(
    connection: &AsyncPgConnection,
    held: Option<Statement<'static>>,
) -> Result<Option<DateTime<Utc>>> {
    let Some(held) = held else {
        return Ok(None);
    };
    let found = rows::<Expiry>(connection, held).await?;
    Ok(found.first().map(|row| row.expires_at))
}

pub(crate) fn known_of(attempt: Option<&Attempt>, answers: Answers) -> Known {
    match (attempt, answers) {
        (Some(attempt), Some((locks, answers))) => attempt.known(&locks, answers),
        _ => Known::Fresh,
    }
}

const HOLD: &str =
    "SELECT expires_at FROM holds WHERE organisation_id = $1 AND id = $2 AND token_hash = $3";

/// A service is a resource when its weeks have a cap. The owner's room behind one on loan is locked
/// with the own resources, in one order.
const LOCK_SESSION: &str = "
    SELECT r.id FROM resources r
    WHERE r.id = ANY ((
        SELECT ARRAY[s.counsellor_id, s.room_id, $3::uuid, (
            SELECT q.lent_room_id FROM rooms q WHERE q.organisation_id = $1 AND q.id = s.room_id)] || (
            SELECT CASE WHEN v.format = 'visit'
                THEN who_could_visit(v.organisation_id, v.id, s.site_id, s.room_id, s.counsellor_id, $4, s.starts_at, s.ends_at)
                WHEN v.needs_room OR v.equipment_ids <> '{}' OR v.books_interpreters
                THEN who_could_serve(v.organisation_id, v.id, s.site_id, s.room_id, s.counsellor_id, $4) END
            FROM services v WHERE v.organisation_id = $1 AND v.id = $3)
        FROM sessions s
        WHERE s.organisation_id = $1 AND s.id = $2)::uuid[])
    ORDER BY r.id
    FOR NO KEY UPDATE OF r";

const LOCK_MOVE: &str = "
    SELECT r.id FROM resources r
    WHERE r.id IN (
        SELECT unnest(ARRAY[s.counsellor_id, s.room_id, (
            SELECT q.lent_room_id FROM rooms q WHERE q.organisation_id = $1 AND q.id = s.room_id)] || (
            SELECT CASE WHEN v.format = 'visit'
                THEN who_could_visit(v.organisation_id, v.id, s.site_id, s.room_id, s.counsellor_id, (
                    SELECT m.language FROM appointments m
                    WHERE m.organisation_id = $1 AND m.id = $3 AND m.interpreter_id IS NOT NULL), s.starts_at, s.ends_at)
                WHEN v.needs_room OR v.equipment_ids <> '{}' OR v.books_interpreters
                THEN who_could_serve(v.organisation_id, v.id, s.site_id, s.room_id, s.counsellor_id, (
                    SELECT m.language FROM appointments m
                    WHERE m.organisation_id = $1 AND m.id = $3 AND m.interpreter_id IS NOT NULL)) END
            FROM services v WHERE v.organisation_id = $1 AND v.id = $4))
        FROM sessions s
        WHERE s.organisation_id = $1 AND s.id = $2
        UNION ALL
        SELECT unnest(ARRAY[a.counsellor_id, a.room_id]) FROM appointments a
        WHERE a.organisation_id = $1 AND a.id = $3
        UNION ALL
        SELECT $4::uuid)
    ORDER BY r.id
    FOR NO KEY UPDATE OF r";
