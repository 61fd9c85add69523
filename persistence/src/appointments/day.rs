//! The day's list.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::ids::{AppointmentId, CounsellorId, OrganisationId};
use domain::span::Span;
use uuid::Uuid;

use super::{Found, rows, select_appointment};
use crate::error::Result;
use crate::statement::Statement;
use crate::transaction::Transaction;

/// Which appointments a list has, and whose the reader may see.
#[derive(Debug, Clone)]
pub struct DayFilter {
    pub window: Span,
    /// Organisations of which the reader sees every appointment.
    pub organisations: Vec<OrganisationId>,
    /// Counsellors of whom the reader sees every appointment.
    pub counsellors: Vec<CounsellorId>,
    pub organisation_id: Option<OrganisationId>,
    pub counsellor_id: Option<CounsellorId>,
    /// Statuses, by their names; none means all.
    pub statuses: Vec<String>,
}

/// At most `limit` appointments in the order of their starts, those after `after`.
pub async fn day(
    transaction: &mut Transaction,
    filter: &DayFilter,
    after: Option<(DateTime<Utc>, AppointmentId)>,
    limit: i64,
) -> Result<Vec<Found>> {
    let uuids = |ids: &[OrganisationId]| ids.iter().map(|id| id.uuid()).collect::<Vec<Uuid>>();
    let query = Statement::new(select_appointment!(
        "WHERE a.starts_at >= $1 AND a.starts_at < $2
           AND (a.organisation_id = ANY ($3) OR a.counsellor_id = ANY ($4))
           AND ($5::uuid IS NULL OR a.organisation_id = $5)
           AND ($6::uuid IS NULL OR a.counsellor_id = $6)
           AND (cardinality($7) = 0 OR a.status = ANY ($7))
           AND ($8::timestamptz IS NULL OR (a.starts_at, a.id) > ($8, $9))
         ORDER BY a.starts_at, a.id LIMIT $10"
    ))
    .bind::<Timestamptz, _>(filter.window.from())
    .bind::<Timestamptz, _>(filter.window.before())
    .bind::<Array<SqlUuid>, _>(uuids(&filter.organisations))
    .bind::<Array<SqlUuid>, _>(
        filter
            .counsellors
            .iter()
            .map(|id| id.uuid())
            .collect::<Vec<Uuid>>(),
    )
    .bind::<Nullable<SqlUuid>, _>(filter.organisation_id.map(Uuid::from))
    .bind::<Nullable<SqlUuid>, _>(filter.counsellor_id.map(Uuid::from))
    .bind::<Array<Text>, _>(filter.statuses.clone())
    .bind::<Nullable<Timestamptz>, _>(after.map(|(starts_at, _)| starts_at))
    .bind::<Nullable<SqlUuid>, _>(after.map(|(_, id)| id.uuid()))
    .bind::<BigInt, _>(limit);
    transaction
        .ask::<rows::Row, _>(query)
        .await?
        .into_iter()
        .map(TryInto::try_into)
        .collect()
}
