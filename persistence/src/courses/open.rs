//! The first round trip of a booking: the locks of all dates, and what the decision needs.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Nullable, Timestamptz, Uuid as SqlUuid};
use domain::ids::{CourseId, OrganisationId};
use futures_util::future::join3;
use uuid::Uuid;

use super::Found;
use super::rows::{DateRow, one};
use crate::appointments::{Locked, answers, known_of};
use crate::error::Result;
use crate::idempotency::{Attempt, Known};
use crate::slots::{BOOKABLE_COURSE, SlotRow};
use crate::statement::Statement;
use crate::transaction::{Transaction, rows};

/// What the decision about a course needs, read under the locks.
#[derive(Debug)]
pub struct OpenedCourse {
    pub known: Known,
    pub course: Option<Found>,
    /// Whether a date has got another counsellor or room between the lock and the reading: what it
    /// claims now is not locked.
    pub changed: bool,
}

/// Locks counsellors and rooms of all dates of a course and reads it, as it is for the visitors of a
/// partner, if it is wanted for one. One round trip.
pub async fn open_course(
    transaction: &mut Transaction,
    id: CourseId,
    kept_for: Option<OrganisationId>,
    attempt: Option<&Attempt>,
    now: DateTime<Utc>,
) -> Result<OpenedCourse> {
    if let Some(attempt) = attempt {
        transaction.show_key(attempt.key_hash);
    }
    let questions = attempt.map(|attempt| attempt.questions(now));
    let lock = Statement::new(LOCK).bind::<SqlUuid, _>(id.uuid());
    let read = Statement::new(BOOKABLE_COURSE)
        .bind::<Timestamptz, _>(now)
        .bind::<SqlUuid, _>(id.uuid())
        .bind::<Nullable<SqlUuid>, _>(kept_for.map(OrganisationId::uuid));
    let (locked, dates, known) = transaction
        .together(|connection| {
            join3(
                rows::<Locked>(connection, lock),
                rows::<DateRow>(connection, read),
                answers(connection, questions),
            )
        })
        .await?;
    let (locked, dates, known) = (locked?, dates?, known?);
    let is_locked = |id: &Uuid| locked.iter().any(|locked| locked.id == *id);
    let rows: Vec<&SlotRow> = dates.iter().filter_map(|row| row.date.as_ref()).collect();
    let changed = !rows.iter().all(|row| row.resources().iter().all(is_locked));
    let among_expired = rows.iter().any(|row| row.is_among_expired());
    if among_expired {
        remove_expired(transaction, id, now);
    }
    Ok(OpenedCourse {
        known: known_of(attempt, known),
        course: one(dates)?,
        changed,
    })
}

fn remove_expired(transaction: &mut Transaction, id: CourseId, now: DateTime<Utc>) {
    transaction.queue(
        Statement::new(REMOVE_EXPIRED)
            .bind::<SqlUuid, _>(id.uuid())
            .bind::<Timestamptz, _>(now),
    );
}

const LOCK: &str = "
    SELECT r.id FROM resources r
    WHERE (r.organisation_id, r.id) IN (
        SELECT d.organisation_id, unnest(ARRAY[s.counsellor_id, s.room_id])
        FROM courses c
        JOIN course_dates d ON d.organisation_id = c.organisation_id AND d.course_id = c.id
        JOIN sessions s ON s.organisation_id = d.organisation_id AND s.id = d.session_id
        WHERE c.id = $1)
    ORDER BY r.id
    FOR NO KEY UPDATE OF r";

/// No claim is longer than a day.
const REMOVE_EXPIRED: &str = "
    DELETE FROM allocations a
    USING courses c
    JOIN course_dates d ON d.organisation_id = c.organisation_id AND d.course_id = c.id
    JOIN sessions s ON s.organisation_id = d.organisation_id AND s.id = d.session_id
    WHERE c.id = $1 AND a.organisation_id = d.organisation_id AND a.resource_id IN (s.counsellor_id, s.room_id)
      AND a.expires_at <= $2 AND a.starts_at > s.starts_at - interval '48 hours' AND a.starts_at < s.ends_at + interval '24 hours'";
