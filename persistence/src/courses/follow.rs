use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::Uuid as SqlUuid;
use domain::ids::{AccountId, OrganisationId, SessionId};
use uuid::Uuid;

use crate::error::Result;
use crate::series::traces;
use crate::statement::Statement;
use crate::transaction::Transaction;

#[derive(QueryableByName)]
struct Moved {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Moves the participants of a course along with one of its dates: they have booked the course, not
/// an hour. Nothing happens to a session that is no date, or was not moved. Its counsellors and rooms
/// are locked.
pub async fn follow_date(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    session: SessionId,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<()> {
    let follow = Statement::new(FOLLOW)
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<SqlUuid, _>(session.uuid());
    let moved: Vec<Moved> = transaction.ask(follow).await?;
    let moved: Vec<Uuid> = moved.into_iter().map(|row| row.id).collect();
    let (what, by) = (("appointment.moved", "reschedule"), Some(account));
    traces(transaction, what, organisation, &moved, by, now);
    Ok(())
}

/// An answer to a request is due before the date begins.
const FOLLOW: &str = "
    WITH stale AS (
        SELECT a.id, a.ends_at AS before, s.*
        FROM appointments a
        JOIN course_dates d ON d.organisation_id = a.organisation_id AND d.session_id = a.session_id
        CROSS JOIN LATERAL (
            SELECT s.starts_at, s.ends_at, s.counsellor_id, s.site_id, s.room_id, l.time_zone
            FROM sessions s JOIN sites l ON l.organisation_id = s.organisation_id AND l.id = s.site_id
            WHERE s.organisation_id = a.organisation_id AND s.id = a.session_id AND s.status = 'published') s
        WHERE a.organisation_id = $1 AND a.session_id = $2 AND a.status IN ('requested', 'booked')
          AND (a.starts_at, a.ends_at, a.counsellor_id, a.site_id, a.room_id)
              IS DISTINCT FROM (s.starts_at, s.ends_at, s.counsellor_id, s.site_id, s.room_id)
    ), kept AS (
        UPDATE contacts c SET delete_after = c.delete_after + (s.ends_at - s.before)
        FROM stale s WHERE c.organisation_id = $1 AND c.appointment_id = s.id
    )
    UPDATE appointments a
    SET starts_at = s.starts_at, ends_at = s.ends_at, counsellor_id = s.counsellor_id, site_id = s.site_id,
        room_id = s.room_id, time_zone = s.time_zone, version = a.version + 1,
        answer_by = CASE WHEN a.answer_by > s.starts_at THEN s.starts_at ELSE a.answer_by END
    FROM stale s WHERE a.organisation_id = $1 AND a.id = s.id
    RETURNING a.id";
