//! Closures.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Uuid as SqlUuid};
use domain::closure::{Closed, Closure};
use domain::ids::{AppointmentId, ClosureId, OrganisationId, RoomId, SiteId};
use domain::span::Span;
use serde_json::Value;
use uuid::Uuid;

use crate::acting::Reader;
use crate::affected::{by_subject, of_one};
use crate::error::{Error, Result};
use crate::schema::closures;
use crate::statement::Statement;
use crate::stored::{Stored, texts_from_json, texts_to_json, uuids_of};
use crate::transaction::Transaction;
use crate::versioned::versioned;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = closures, primary_key(organisation_id, id), treat_none_as_null = true)]
struct Row {
    organisation_id: Uuid,
    id: Uuid,
    site_id: Option<Uuid>,
    room_id: Option<Uuid>,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    reason: Option<Value>,
    version: i64,
}

/// At most `limit` closures of these organisations in the order of their ids, those after `after`.
pub async fn list(
    reader: &mut Reader,
    within: &[OrganisationId],
    after: Option<ClosureId>,
    limit: i64,
) -> Result<Vec<Stored<Closure>>> {
    let mut query = closures::table
        .select(Row::as_select())
        .filter(closures::archived_at.is_null())
        .filter(closures::organisation_id.eq_any(uuids_of(within)))
        .order(closures::id)
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(closures::id.gt(after.uuid()));
    }
    let rows: Vec<Row> = reader.ask(query).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Locks all resources of the organisation: who books meanwhile waits, and then sees the change.
pub fn lock(transaction: &mut Transaction, id: ClosureId) {
    let lock = Statement::new(
        "SELECT id FROM resources
         WHERE organisation_id = (SELECT organisation_id FROM closures WHERE id = $1)
         ORDER BY id FOR NO KEY UPDATE",
    );
    transaction.queue(lock.bind::<SqlUuid, _>(id.uuid()));
}

pub fn insert(transaction: &mut Transaction, closure: &Stored<Closure>) {
    transaction.queue(diesel::insert_into(closures::table).values(Row::from(closure)));
}

versioned!(closures of Closure, by ClosureId);

/// The open appointments over which they lie.
pub async fn affected(
    reader: &mut Reader,
    closures: &[ClosureId],
) -> Result<BTreeMap<ClosureId, Vec<AppointmentId>>> {
    Ok(by_subject(reader.ask(affected_by(closures)).await?))
}

/// As [`affected`], of one that the transaction has written.
pub async fn affected_now(
    transaction: &mut Transaction,
    closure: ClosureId,
) -> Result<Vec<AppointmentId>> {
    Ok(of_one(transaction.ask(affected_by(&[closure])).await?))
}

fn affected_by(closures: &[ClosureId]) -> Statement<'static> {
    Statement::new(AFFECTED).bind::<Array<SqlUuid>, _>(uuids_of(closures))
}

/// No appointment is longer than a day.
const AFFECTED: &str = "
    SELECT x.id AS subject_id, a.id AS appointment_id
    FROM closures x
    JOIN appointments a ON a.organisation_id = x.organisation_id
        AND (x.site_id IS NULL OR x.site_id = a.site_id)
        AND (x.room_id IS NULL OR x.room_id = a.room_id)
        AND a.starts_at < x.ends_at AND a.starts_at > x.starts_at - interval '24 hours'
        AND a.ends_at > x.starts_at
    WHERE x.id = ANY ($1) AND a.status IN ('requested', 'booked', 'checked_in')
    ORDER BY a.starts_at, a.id";

impl Row {
    fn key(&self) -> (Uuid, Uuid) {
        (self.organisation_id, self.id)
    }
}

impl From<&Stored<Closure>> for Row {
    fn from(stored: &Stored<Closure>) -> Self {
        let closure = &stored.value;
        Self {
            organisation_id: closure.organisation_id.uuid(),
            id: closure.id.uuid(),
            site_id: closure.closed.site_id().map(SiteId::uuid),
            room_id: closure.closed.room_id().map(RoomId::uuid),
            starts_at: closure.span.from(),
            ends_at: closure.span.before(),
            reason: closure.reason.as_ref().map(texts_to_json),
            version: stored.version,
        }
    }
}

impl TryFrom<Row> for Stored<Closure> {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let closed = Closed::new(row.site_id.map(SiteId::new), row.room_id.map(RoomId::new));
        let span = Span::new(row.starts_at, row.ends_at);
        let value = Closure {
            id: row.id.into(),
            organisation_id: row.organisation_id.into(),
            closed: closed.map_err(|error| Error::corrupt("closure", error))?,
            span: span.map_err(|error| Error::corrupt("closure", error))?,
            reason: row.reason.map(texts_from_json).transpose()?,
        };
        Ok(Self {
            value,
            version: row.version,
        })
    }
}
