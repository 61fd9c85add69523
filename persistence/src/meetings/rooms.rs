//! What decides about the dates of a meeting: the rooms that take turns.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use diesel::QueryableByName;
use diesel::sql_types::{Array, Bool, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::ids::{OrganisationId, ResourceId, RoomId};
use domain::meeting::MeetingRoom;
use domain::span::Span;
use serde_json::Value;
use uuid::Uuid;

use crate::error::Result;
use crate::loans::lent;
use crate::resources;
use crate::spans::spans;
use crate::statement::Statement;
use crate::stored::{parsed, uuids_of};
use crate::transaction::Transaction;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    time_zone: String,
    #[diesel(sql_type = Bool)]
    is_there: bool,
    #[diesel(sql_type = Jsonb)]
    claims: Value,
    #[diesel(sql_type = Jsonb)]
    closed: Value,
    #[diesel(sql_type = Nullable<Jsonb>)]
    lent: Option<Value>,
}

/// Locks the rooms, and the owners' rooms behind those on loan.
pub fn lock(transaction: &mut Transaction, organisation: OrganisationId, rooms: &[RoomId]) {
    let rooms: BTreeSet<ResourceId> = rooms.iter().map(|room| (*room).into()).collect();
    resources::lock(transaction, organisation, &rooms);
}

/// The rooms of the organisation among these, each with the time zone of its site and all that is
/// in the way in the window.
pub async fn rooms(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    rooms: &[RoomId],
    window: Span,
    now: DateTime<Utc>,
) -> Result<Vec<(MeetingRoom, Tz)>> {
    let query = Statement::new(ROOMS)
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<Array<SqlUuid>, _>(uuids_of(rooms))
        .bind::<Timestamptz, _>(window.from())
        .bind::<Timestamptz, _>(window.before())
        .bind::<Timestamptz, _>(now);
    let rows: Vec<Row> = transaction.ask(query).await?;
    let room = |row: Row| {
        let room = MeetingRoom {
            id: row.id.into(),
            is_there: row.is_there,
            claims: spans(&row.claims)?,
            closed: spans(&row.closed)?,
            lent: row.lent.as_ref().map(lent).transpose()?,
        };
        Ok((room, parsed("site", &row.time_zone)?))
    };
    rows.into_iter().map(room).collect()
}

/// Removes what is left of expired holds in the window; the rooms are locked.
pub fn clear_expired(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    rooms: &[RoomId],
    window: Span,
    now: DateTime<Utc>,
) {
    for text in [CLEAR_OWN, CLEAR_LENT] {
        transaction.queue(
            Statement::new(text)
                .bind::<SqlUuid, _>(organisation.uuid())
                .bind::<Array<SqlUuid>, _>(uuids_of(rooms))
                .bind::<Timestamptz, _>(now)
                .bind::<Timestamptz, _>(window.from())
                .bind::<Timestamptz, _>(window.before()),
        );
    }
}

/// No claim is longer than a day.
const CLEAR_OWN: &str = "
    DELETE FROM allocations
    WHERE organisation_id = $1 AND resource_id = ANY ($2) AND expires_at <= $3
      AND starts_at > $4::timestamptz - interval '24 hours' AND starts_at < $5";

const CLEAR_LENT: &str = "SELECT clear_lent($1, $2, $3, $4, $5)";

const ROOMS: &str = "
    SELECT q.id, p.time_zone, q.archived_at IS NULL AND p.archived_at IS NULL AS is_there,
           (SELECT coalesce(jsonb_agg(jsonb_build_array(extract(epoch FROM a.starts_at), extract(epoch FROM a.ends_at))), '[]')
            FROM allocations a
            WHERE a.organisation_id = q.organisation_id AND a.resource_id = q.id
              AND a.starts_at > $3::timestamptz - interval '24 hours' AND a.starts_at < $4 AND a.ends_at > $3
              AND (a.expires_at IS NULL OR a.expires_at > $5)) AS claims,
           (SELECT coalesce(jsonb_agg(jsonb_build_array(extract(epoch FROM k.starts_at), extract(epoch FROM k.ends_at))), '[]')
            FROM closures k
            WHERE k.organisation_id = q.organisation_id AND (k.room_id IS NULL OR k.room_id = q.id)
              AND (k.site_id IS NULL OR k.site_id = q.site_id) AND k.archived_at IS NULL
              AND k.ends_at > $3 AND k.starts_at < $4) AS closed,
           CASE WHEN q.loan_id IS NOT NULL THEN lent(q.organisation_id, q.id, $3, $4, $5, '{}') END AS lent
    FROM rooms q
    JOIN sites p ON p.organisation_id = q.organisation_id AND p.id = q.site_id
    WHERE q.organisation_id = $1 AND q.id = ANY ($2)";
