//! Sessions: dated openings.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use diesel::sql_types::{
    Array, BigInt, Bool, Date, Integer, Nullable, Timestamptz, Uuid as SqlUuid,
};
use domain::ids::{CounsellorId, OrganisationId, ScheduleId, SessionId};
use domain::places::{Capacity, Minimum};
use domain::publication::{Attended, PublishedSession};
use domain::session::Session;
use uuid::Uuid;

use crate::acting::Reader;
use crate::error::Result;
use crate::statement::Statement;
use crate::stored::{Stored, uuids_of};
use crate::transaction::Transaction;

mod rows;
mod write;

pub(crate) use write::{Batch, insert_all, update_all, withdraw_all};
pub use write::{insert, update};

/// A session with the time zone of its site.
#[derive(Debug, Clone)]
pub struct Found {
    pub session: Stored<Session>,
    pub time_zone: Tz,
    pub group: Option<Group>,
}

/// What is known of a session that many attend.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    pub capacity: Capacity,
    pub minimum: Option<Minimum>,
    /// How many have booked.
    pub participants: u32,
    /// How many came without a booking, if that was recorded.
    pub drop_ins: Option<u32>,
}

/// Which sessions a list has: those that start at `from` or later, and before `before`.
#[derive(Debug, Clone)]
pub struct Filter {
    pub within: Vec<OrganisationId>,
    pub counsellor_id: Option<CounsellorId>,
    pub from: DateTime<Utc>,
    pub before: DateTime<Utc>,
    /// Only withdrawn ones, or only published ones.
    pub withdrawn: bool,
    /// Only those below their minimum, as of then, about which nobody has decided yet.
    pub below_minimum_at: Option<DateTime<Utc>>,
}

/// A date of a course has no minimum of its own: the course has.
macro_rules! select_session {
    ($rest:literal) => {
        concat!(
            "SELECT s.organisation_id, s.id, s.schedule_id, s.original_start, s.counsellor_id, s.site_id,
                    s.room_id, s.starts_at, s.ends_at, s.modalities, s.opens_on_holidays, s.audience, s.opens_to_all_minutes, s.desk_places,
                    s.status = 'withdrawn' AS withdrawn, s.edited_by_hand, s.version,
                    (SELECT l.time_zone FROM sites l
                     WHERE l.organisation_id = s.organisation_id AND l.id = s.site_id) AS time_zone,
                    ARRAY(SELECT o.service_id FROM session_services o
                          WHERE o.organisation_id = s.organisation_id AND o.session_id = s.id) AS service_ids,
                    CASE WHEN m.capacity IS NOT NULL THEN s.capacity END AS capacity, s.capacity_by_hand, s.takes_place,
                    m.minimum_participants, m.minimum_deadline_minutes, m.participants, m.drop_ins
             FROM sessions s
             LEFT JOIN LATERAL (
                 SELECT max(v.capacity) AS capacity, CASE WHEN NOT EXISTS (
                            SELECT FROM course_dates d WHERE d.organisation_id = s.organisation_id AND d.session_id = s.id)
                        THEN max(v.minimum_participants) END AS minimum_participants,
                        max(v.minimum_deadline_minutes) AS minimum_deadline_minutes,
                        (SELECT count(*) FROM places p
                         WHERE p.organisation_id = s.organisation_id AND p.session_id = s.id
                           AND p.expires_at IS NULL) AS participants,
                        (SELECT d.count FROM drop_ins d
                         WHERE d.organisation_id = s.organisation_id AND d.session_id = s.id) AS drop_ins
                 FROM session_services o
                 JOIN services v ON v.organisation_id = o.organisation_id AND v.id = o.service_id
                 WHERE o.organisation_id = s.organisation_id AND o.session_id = s.id
             ) m ON s.capacity IS NOT NULL ",
            $rest
        )
    };
}

/// At most `limit` sessions in the order of their starts, those after `after`.
pub async fn list(
    reader: &mut Reader,
    filter: &Filter,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Found>> {
    let query = Statement::new(select_session!(
        "WHERE s.organisation_id = ANY ($1) AND ($2 IS NULL OR s.counsellor_id = $2)
           AND s.starts_at >= $3 AND s.starts_at < $4 AND (s.starts_at, s.id) > ($5, $6)
           AND s.status = CASE WHEN $8 THEN 'withdrawn' ELSE 'published' END
           AND ($9 IS NULL OR (NOT s.takes_place AND m.participants < m.minimum_participants
                AND s.starts_at <= $9 + m.minimum_deadline_minutes * interval '1 minute') IS TRUE)
         ORDER BY s.starts_at, s.id LIMIT $7"
    ));
    let (after, after_id) =
        after.unwrap_or((filter.from - TimeDelta::microseconds(1), Uuid::nil()));
    let query = query
        .bind::<Array<SqlUuid>, _>(uuids_of(&filter.within))
        .bind::<Nullable<SqlUuid>, _>(filter.counsellor_id.map(CounsellorId::uuid))
        .bind::<Timestamptz, _>(filter.from)
        .bind::<Timestamptz, _>(filter.before)
        .bind::<Timestamptz, _>(after)
        .bind::<SqlUuid, _>(after_id)
        .bind::<BigInt, _>(limit)
        .bind::<Bool, _>(filter.withdrawn)
        .bind::<Nullable<Timestamptz>, _>(filter.below_minimum_at);
    let rows: Vec<rows::Row> = reader.ask(query).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Locks nothing: also tells which resources a change will have to lock.
pub async fn find(transaction: &mut Transaction, id: SessionId) -> Result<Option<Found>> {
    let query = Statement::new(select_session!("WHERE s.id = $1")).bind::<SqlUuid, _>(id.uuid());
    let row: Option<rows::Row> = transaction.ask_one(query).await?;
    row.map(TryInto::try_into).transpose()
}

/// Locks the session until the transaction ends. Its resources are locked before.
pub async fn find_for_update(
    transaction: &mut Transaction,
    id: SessionId,
) -> Result<Option<Found>> {
    let query = Statement::new(select_session!("WHERE s.id = $1 FOR NO KEY UPDATE OF s"));
    let query = query.bind::<SqlUuid, _>(id.uuid());
    let row: Option<rows::Row> = transaction.ask_one(query).await?;
    row.map(TryInto::try_into).transpose()
}

/// What a schedule has published for the local dates from `from` on, locked for a change.
pub(crate) async fn of_schedule(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    schedule: ScheduleId,
    from: NaiveDate,
) -> Result<Vec<PublishedSession>> {
    let query = Statement::new(select_session!(
        "WHERE s.organisation_id = $1 AND s.schedule_id = $2 AND s.original_start >= $3
         ORDER BY s.id FOR NO KEY UPDATE OF s"
    ));
    let query = query
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<SqlUuid, _>(schedule.uuid())
        .bind::<Date, _>(from);
    let rows: Vec<rows::Row> = transaction.ask(query).await?;
    let mut sessions = Vec::with_capacity(rows.len());
    for row in rows {
        let found: Found = row.try_into()?;
        sessions.extend(found.session.value.published());
    }
    Ok(sessions)
}

/// The open appointments in these sessions, by their start.
pub async fn attended(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    sessions: &[SessionId],
) -> Result<Vec<Attended>> {
    if sessions.is_empty() {
        return Ok(Vec::new());
    }
    let query = Statement::new(
        "SELECT id, session_id, service_id, counsellor_id, site_id, room_id, modality, starts_at, ends_at,
                (SELECT v.needs_room FROM services v
                 WHERE v.organisation_id = appointments.organisation_id AND v.id = service_id) AS takes_any_room
         FROM appointments
         WHERE organisation_id = $1 AND session_id = ANY ($2)
           AND status IN ('requested', 'booked', 'checked_in')
           AND starts_at >= (SELECT min(starts_at) FROM sessions
                             WHERE organisation_id = $1 AND id = ANY ($2))
         ORDER BY starts_at, id",
    );
    let query = query
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<Array<SqlUuid>, _>(uuids_of(sessions));
    let rows: Vec<rows::AttendedRow> = transaction.ask(query).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Records how many came without a booking, instead of what was recorded before.
pub fn record_drop_ins(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    session: SessionId,
    count: i32,
) {
    let record = Statement::new(
        "INSERT INTO drop_ins (organisation_id, session_id, count) VALUES ($1, $2, $3)
         ON CONFLICT ON CONSTRAINT drop_ins_pkey DO UPDATE SET count = excluded.count",
    );
    transaction.queue(
        record
            .bind::<SqlUuid, _>(organisation.uuid())
            .bind::<SqlUuid, _>(session.uuid())
            .bind::<Integer, _>(count),
    );
}
