//! The first round trip of whoever books a time with any counsellor: all who could give it are
//! locked, in the order of their ids as everywhere.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::any_counsellor::Talks;
use domain::calendar::Calendar;
use domain::gender::Gender;
use domain::slot_id::AnySlotId;
use domain::texts::LanguageTag;
use futures_util::future::join5;
use uuid::Uuid;

use super::book::{ask_missed, told_missed};
use super::{Locked, answers, known_of};
use crate::claims::{clear_lent, remove_expired};
use crate::error::Result;
use crate::idempotency::{Attempt, Known};
use crate::no_shows::Missed;
use crate::slots::{SlotRow, locked_calendar_of, of_time};
use crate::statement::Statement;
use crate::transaction::{Transaction, rows};

/// A time that any counsellor may give.
#[derive(Debug, Clone)]
pub struct AnyBooking {
    pub slot: AnySlotId,
    /// The language for which an interpreter is wanted.
    pub interpreted: Option<LanguageTag>,
    pub counsellor_gender: Option<Gender>,
    /// Of what the visitor gives of themselves: to look for talks that they missed.
    pub contact_hashes: Vec<[u8; 32]>,
}

/// What decides about who gives it, read under the locks.
#[derive(Debug)]
pub struct OpenedAny {
    pub known: Known,
    pub calendar: Calendar,
    /// When the talks of each begin, of the weeks around.
    pub talks: Talks,
    pub missed: Option<Missed>,
}

#[derive(QueryableByName)]
struct TalksRow {
    #[diesel(sql_type = SqlUuid)]
    counsellor_id: Uuid,
    #[diesel(sql_type = Array<Timestamptz>)]
    starts: Vec<DateTime<Utc>>,
}

/// Locks all who could give that time and reads their calendars. One round trip.
pub async fn open_any(
    transaction: &mut Transaction,
    booking: &AnyBooking,
    attempt: Option<&Attempt>,
    now: DateTime<Utc>,
) -> Result<OpenedAny> {
    if let Some(attempt) = attempt {
        transaction.show_key(attempt.key_hash);
    }
    let tongue = booking.interpreted.as_ref().map(ToString::to_string);
    let lock = asked(LOCK_TIME, booking).bind::<Nullable<Text>, _>(tongue.clone());
    let talks = asked(TALKS, booking).bind::<Timestamptz, _>(now);
    let calendar = asked(of_time(), booking)
        .bind::<Timestamptz, _>(now)
        .bind::<Nullable<Text>, _>(tongue);
    let missed = ask_missed(
        transaction,
        booking.slot.organisation_id,
        &booking.contact_hashes,
    );
    let questions = attempt.map(|attempt| attempt.questions(now));
    let (locked, calendar, talks, known, missed) = transaction
        .together(|connection| {
            join5(
                rows::<Locked>(connection, lock),
                rows::<SlotRow>(connection, calendar),
                rows::<TalksRow>(connection, talks),
                answers(connection, questions),
                told_missed(connection, missed),
            )
        })
        .await?;
    // In the order in which they were sent: behind the first that fails, all others fail for it.
    let (locked, calendar, talks, known) = (locked?, calendar?, talks?, known?);
    let talks: BTreeMap<_, _> = talks
        .into_iter()
        .map(|row| (row.counsellor_id.into(), row.starts))
        .collect();
    Ok(OpenedAny {
        known: known_of(attempt, known),
        calendar: calendar_of(transaction, &booking.slot, &locked, calendar, now)?,
        talks,
        missed: missed?,
    })
}

/// Binds the first five parameters.
fn asked(text: &'static str, booking: &AnyBooking) -> Statement<'static> {
    let slot = booking.slot;
    Statement::new(text)
        .bind::<SqlUuid, _>(slot.organisation_id.uuid())
        .bind::<SqlUuid, _>(slot.service_id.uuid())
        .bind::<SqlUuid, _>(slot.site_id.uuid())
        .bind::<Timestamptz, _>(slot.starts_at.instant())
        .bind::<Nullable<Text>, _>(booking.counsellor_gender.map(|gender| gender.to_string()))
}

/// The sessions of which everything is locked: one that got another counsellor or room between the
/// lock and the reading is passed over.
fn calendar_of(
    transaction: &mut Transaction,
    slot: &AnySlotId,
    locked: &[Locked],
    mut rows: Vec<SlotRow>,
    now: DateTime<Utc>,
) -> Result<Calendar> {
    let is_locked = |id: Uuid| locked.iter().any(|locked| locked.id == id);
    rows.retain(|row| row.resources().iter().all(|id| is_locked(*id)));
    if rows
        .iter()
        .any(|row| row.is_among_expired() || row.is_choosing())
    {
        let locked: Vec<_> = locked.iter().map(|locked| locked.id).collect();
        let start = (slot.organisation_id, slot.starts_at.instant());
        remove_expired(transaction, start, &locked, now);
    }
    if rows.iter().any(SlotRow::tells_of_loans) {
        let locked: Vec<_> = locked.iter().map(|locked| locked.id).collect();
        let start = slot.starts_at.instant();
        clear_lent(
            transaction,
            slot.organisation_id,
            &locked,
            (start, start),
            now,
        );
    }
    locked_calendar_of(rows, is_locked)
}

/// The sessions `o` that are open at that time: `$1` the organisation, `$2` the service, `$3` the
/// site, `$4` the start, `$5` the gender that is wished. No session is longer than 25 hours.
macro_rules! open_at {
    () => {
        "FROM session_services o JOIN services v ON v.organisation_id = o.organisation_id AND v.id = o.service_id
         WHERE o.organisation_id = $1 AND o.service_id = $2 AND o.site_id = $3 AND o.status = 'published'
           AND o.starts_at <= $4 AND o.starts_at > $4::timestamptz - interval '25 hours' AND o.ends_at > $4
           AND ($5::text IS NULL OR v.allows_gender_wish AND has_gender(o.organisation_id, o.counsellor_id, $5))"
    };
}

/// `$6` the language to be interpreted, if any.
const LOCK_TIME: &str = concat!(
    "SELECT r.id FROM resources r
     WHERE r.id IN (
         SELECT unnest(ARRAY[o.counsellor_id, o.room_id, o.service_id, (
             SELECT q.lent_room_id FROM rooms q WHERE q.organisation_id = $1 AND q.id = o.room_id)]
             || CASE WHEN v.format = 'visit'
                     THEN who_could_visit(v.organisation_id, v.id, o.site_id, o.room_id, o.counsellor_id, $6, o.starts_at, o.ends_at)
                     WHEN v.needs_room OR v.equipment_ids <> '{}' OR v.books_interpreters
                     THEN who_could_serve(v.organisation_id, v.id, o.site_id, o.room_id, o.counsellor_id, $6) END) ",
    open_at!(),
    ")
     ORDER BY r.id
     FOR NO KEY UPDATE OF r"
);

/// What begins in the week before and in the week after: more than the local week. `$6` now.
const TALKS: &str = concat!(
    "SELECT a.resource_id AS counsellor_id, array_agg(a.starts_at) AS starts
     FROM allocations a
     WHERE a.organisation_id = $1 AND a.resource_id IN (SELECT o.counsellor_id ",
    open_at!(),
    ") AND a.starts_at > $4::timestamptz - interval '8 days' AND a.starts_at < $4::timestamptz + interval '8 days'
       AND (a.expires_at IS NULL OR a.expires_at > $6)
     GROUP BY a.resource_id"
);
