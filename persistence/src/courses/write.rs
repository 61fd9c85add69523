//! What staff change of a course. Whoever changes its dates, or how many places they have, has
//! locked their counsellors and rooms, as whoever books it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Timestamptz, Uuid as SqlUuid};
use domain::course::Course;
use domain::ids::{CourseId, OrganisationId, ServiceId, SessionId};
use domain::places::Capacity;
use uuid::Uuid;

use super::rows::CourseRow;
use crate::error::Result;
use crate::places;
use crate::schema::courses;
use crate::sessions;
use crate::statement::Statement;
use crate::stored::{Stored, uuids_of};
use crate::transaction::Transaction;

/// A session that may become a date.
#[derive(Debug, QueryableByName)]
pub struct Candidate {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Whether it offers the service, and is published.
    #[diesel(sql_type = Bool)]
    pub is_offered: bool,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub course_id: Option<Uuid>,
    /// Whether somebody has a place in it.
    #[diesel(sql_type = Bool)]
    pub is_attended: bool,
}

/// The sessions of the organisation among these, by their ids.
pub async fn candidates(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    service: ServiceId,
    sessions: &[SessionId],
) -> Result<Vec<Candidate>> {
    let query = Statement::new(
        "SELECT s.id, d.course_id,
                s.status = 'published' AND EXISTS (
                    SELECT FROM session_services o
                    JOIN services v ON v.organisation_id = o.organisation_id AND v.id = o.service_id
                    WHERE o.organisation_id = s.organisation_id AND o.session_id = s.id AND o.service_id = $2
                      AND v.format = 'course' AND v.archived_at IS NULL) AS is_offered,
                EXISTS (SELECT FROM places p
                        WHERE p.organisation_id = s.organisation_id AND p.session_id = s.id) AS is_attended
         FROM sessions s
         LEFT JOIN course_dates d ON d.organisation_id = s.organisation_id AND d.session_id = s.id
         WHERE s.organisation_id = $1 AND s.id = ANY ($3) ORDER BY s.id",
    );
    let query = query
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<SqlUuid, _>(service.uuid())
        .bind::<Array<SqlUuid>, _>(uuids_of(sessions));
    transaction.ask(query).await
}

/// Locks counsellors and rooms of these sessions, in the order of their ids.
pub fn lock_dates(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    sessions: &[SessionId],
) {
    let lock = Statement::new(
        "SELECT r.id FROM resources r
         WHERE r.organisation_id = $1 AND r.id IN (
             SELECT unnest(ARRAY[s.counsellor_id, s.room_id]) FROM sessions s
             WHERE s.organisation_id = $1 AND s.id = ANY ($2))
         ORDER BY r.id FOR NO KEY UPDATE OF r",
    );
    transaction.queue(
        lock.bind::<SqlUuid, _>(organisation.uuid())
            .bind::<Array<SqlUuid>, _>(uuids_of(sessions)),
    );
}

/// Locks the course until the transaction ends, behind what its dates claim. `None` when it is gone,
/// or not as it was read.
pub async fn lock(
    transaction: &mut Transaction,
    read: &Stored<Course>,
) -> Result<Option<Stored<Course>>> {
    let found = super::find_for_update(transaction, read.value.id).await?;
    Ok(found.filter(|found| found.version == read.version))
}

pub fn insert(transaction: &mut Transaction, stored: &Stored<Course>, dates: &[SessionId]) {
    transaction.queue(diesel::insert_into(courses::table).values(CourseRow::from(stored)));
    let course = &stored.value;
    set_dates(transaction, course.organisation_id, course.id, dates);
}

/// Makes these sessions its dates, and no others.
pub fn set_dates(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    course: CourseId,
    dates: &[SessionId],
) {
    for text in [
        "DELETE FROM course_dates WHERE organisation_id = $1 AND course_id = $2 AND session_id <> ALL ($3)",
        "INSERT INTO course_dates (organisation_id, course_id, session_id)
         SELECT $1, $2, date.id FROM unnest($3) AS date (id)
         WHERE NOT EXISTS (SELECT FROM course_dates d
                           WHERE d.organisation_id = $1 AND d.course_id = $2 AND d.session_id = date.id)",
    ] {
        transaction.queue(
            Statement::new(text)
                .bind::<SqlUuid, _>(organisation.uuid())
                .bind::<SqlUuid, _>(course.uuid())
                .bind::<Array<SqlUuid>, _>(uuids_of(dates)),
        );
    }
}

/// Gives each of these dates so many places; without a number, as many as their service says.
pub fn set_capacity(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    dates: &[SessionId],
    capacity: Option<Capacity>,
    now: DateTime<Utc>,
) {
    places::set_capacity_of_all(transaction, organisation, dates, capacity, now);
}

/// Withdraws the dates that are not over: nobody is in their counsellors' and rooms' way any more.
/// Publishing their schedules again leaves them alone.
pub async fn withdraw_dates(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    course: CourseId,
    now: DateTime<Utc>,
) -> Result<Vec<SessionId>> {
    let query = Statement::new(
        "UPDATE sessions s SET edited_by_hand = true
         FROM course_dates d
         WHERE d.organisation_id = $1 AND d.course_id = $2 AND s.organisation_id = $1 AND s.id = d.session_id
           AND s.status = 'published' AND s.ends_at > $3
         RETURNING s.id",
    );
    let query = query
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<SqlUuid, _>(course.uuid())
        .bind::<Timestamptz, _>(now);
    let ahead: Vec<Ahead> = transaction.ask(query).await?;
    let ahead: Vec<SessionId> = ahead.into_iter().map(|row| row.id.into()).collect();
    sessions::withdraw_all(transaction, organisation, &ahead);
    places::follow(transaction, organisation, &ahead);
    Ok(ahead)
}

/// The next sessions of a service that are of no course yet, in the order of their starts.
pub async fn sessions_ahead(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    service: ServiceId,
    from: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<SessionId>> {
    let query = Statement::new(
        "SELECT o.session_id AS id FROM session_services o
         WHERE o.organisation_id = $1 AND o.service_id = $2 AND o.status = 'published' AND o.starts_at >= $3
           AND NOT EXISTS (SELECT FROM course_dates d
                           WHERE d.organisation_id = o.organisation_id AND d.session_id = o.session_id)
         ORDER BY o.starts_at LIMIT $4",
    );
    let query = query
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<SqlUuid, _>(service.uuid())
        .bind::<Timestamptz, _>(from)
        .bind::<BigInt, _>(limit);
    let ahead: Vec<Ahead> = transaction.ask(query).await?;
    Ok(ahead.into_iter().map(|row| row.id.into()).collect())
}

#[derive(QueryableByName)]
struct Ahead {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}
