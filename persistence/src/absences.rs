//! Absences.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Uuid as SqlUuid};
use domain::absence::Absence;
use domain::ids::{AbsenceId, AppointmentId, CounsellorId, OrganisationId};
use domain::span::Span;
use uuid::Uuid;

use crate::acting::Reader;
use crate::affected::{by_subject, of_one};
use crate::error::{Error, Result};
use crate::schema::absences;
use crate::statement::Statement;
use crate::stored::{Stored, uuids_of};
use crate::transaction::Transaction;
use crate::versioned::versioned;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = absences, primary_key(organisation_id, id), treat_none_as_null = true)]
struct Row {
    organisation_id: Uuid,
    id: Uuid,
    counsellor_id: Uuid,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    version: i64,
}

/// Which absences a list has.
#[derive(Debug, Clone)]
pub struct Filter {
    /// All absences in these organisations,
    pub within: Vec<OrganisationId>,
    /// and those of these counsellors.
    pub own: Vec<CounsellorId>,
    pub organisation_id: Option<OrganisationId>,
    pub counsellor_id: Option<CounsellorId>,
}

/// At most `limit` absences in the order of their ids, those after `after`.
pub async fn list(
    reader: &mut Reader,
    filter: &Filter,
    after: Option<AbsenceId>,
    limit: i64,
) -> Result<Vec<Stored<Absence>>> {
    let within = absences::organisation_id.eq_any(uuids_of(&filter.within));
    let own = absences::counsellor_id.eq_any(uuids_of(&filter.own));
    let mut query = absences::table
        .select(Row::as_select())
        .filter(absences::archived_at.is_null())
        .filter(within.or(own))
        .order(absences::id)
        .limit(limit)
        .into_boxed();
    if let Some(organisation) = filter.organisation_id {
        query = query.filter(absences::organisation_id.eq(organisation.uuid()));
    }
    if let Some(counsellor) = filter.counsellor_id {
        query = query.filter(absences::counsellor_id.eq(counsellor.uuid()));
    }
    if let Some(after) = after {
        query = query.filter(absences::id.gt(after.uuid()));
    }
    let rows: Vec<Row> = reader.ask(query).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Locks the counsellor as a resource: who books meanwhile waits, and then sees the change.
pub fn lock(transaction: &mut Transaction, id: AbsenceId) {
    let lock = Statement::new(
        "SELECT id FROM resources
         WHERE (organisation_id, id) IN (SELECT organisation_id, counsellor_id FROM absences WHERE id = $1)
         ORDER BY id FOR NO KEY UPDATE",
    );
    transaction.queue(lock.bind::<SqlUuid, _>(id.uuid()));
}

pub fn insert(transaction: &mut Transaction, absence: &Stored<Absence>) {
    transaction.queue(diesel::insert_into(absences::table).values(Row::from(absence)));
}

/// The absence of the counsellor, if any, that covers the whole span.
pub async fn covering(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    counsellor: CounsellorId,
    span: Span,
) -> Result<Option<AbsenceId>> {
    let query = absences::table
        .select(absences::id)
        .filter(absences::organisation_id.eq(organisation.uuid()))
        .filter(absences::counsellor_id.eq(counsellor.uuid()))
        .filter(absences::archived_at.is_null())
        .filter(absences::starts_at.le(span.from()))
        .filter(absences::ends_at.ge(span.before()))
        .order(absences::id)
        .limit(1);
    let id: Option<Uuid> = transaction.ask_one(query).await?;
    Ok(id.map(AbsenceId::new))
}

versioned!(absences of Absence, by AbsenceId);

/// The open appointments over which they lie.
pub async fn affected(
    reader: &mut Reader,
    absences: &[AbsenceId],
) -> Result<BTreeMap<AbsenceId, Vec<AppointmentId>>> {
    Ok(by_subject(reader.ask(affected_by(absences)).await?))
}

/// As [`affected`], of one that the transaction has written.
pub async fn affected_now(
    transaction: &mut Transaction,
    absence: AbsenceId,
) -> Result<Vec<AppointmentId>> {
    Ok(of_one(transaction.ask(affected_by(&[absence])).await?))
}

fn affected_by(absences: &[AbsenceId]) -> Statement<'static> {
    Statement::new(AFFECTED).bind::<Array<SqlUuid>, _>(uuids_of(absences))
}

/// No appointment is longer than a day.
const AFFECTED: &str = "
    SELECT x.id AS subject_id, a.id AS appointment_id
    FROM absences x
    JOIN appointments a ON a.organisation_id = x.organisation_id AND x.counsellor_id IN (a.counsellor_id, a.interpreter_id, a.second_counsellor_id)
        AND a.starts_at < x.ends_at AND a.starts_at > x.starts_at - interval '24 hours'
        AND a.ends_at > x.starts_at
    WHERE x.id = ANY ($1) AND a.status IN ('requested', 'booked', 'checked_in')
    ORDER BY a.starts_at, a.id";

impl Row {
    fn key(&self) -> (Uuid, Uuid) {
        (self.organisation_id, self.id)
    }
}

impl From<&Stored<Absence>> for Row {
    fn from(stored: &Stored<Absence>) -> Self {
        let absence = &stored.value;
        Self {
            organisation_id: absence.organisation_id.uuid(),
            id: absence.id.uuid(),
            counsellor_id: absence.counsellor_id.uuid(),
            starts_at: absence.span.from(),
            ends_at: absence.span.before(),
            version: stored.version,
        }
    }
}

impl TryFrom<Row> for Stored<Absence> {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let span = Span::new(row.starts_at, row.ends_at);
        let value = Absence {
            id: row.id.into(),
            organisation_id: row.organisation_id.into(),
            counsellor_id: row.counsellor_id.into(),
            span: span.map_err(|error| Error::corrupt("absence", error))?,
        };
        Ok(Self {
            value,
            version: row.version,
        })
    }
}
