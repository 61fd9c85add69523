//! Appointments that something happens to together.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Timestamptz, Uuid as SqlUuid};
use domain::ids::{AppointmentId, CounsellorId, OrganisationId};
use domain::span::Span;

use super::{Found, rows, select_appointment};
use crate::error::Result;
use crate::statement::Statement;
use crate::stored::uuids_of;
use crate::transaction::Transaction;

/// Those with the counsellor in that span for which somebody still intends to come, by their start;
/// locked. The resources of the organisation are locked before. Those to whom something is proposed
/// already come last.
pub async fn in_span_of(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    counsellor: CounsellorId,
    span: Span,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Vec<Found>> {
    let query = Statement::new(select_appointment!(
        "WHERE a.organisation_id = $1 AND $2 IN (a.counsellor_id, a.second_counsellor_id) AND a.status IN ('requested', 'booked')
           AND a.starts_at < $4 AND a.starts_at > $3::timestamptz - interval '24 hours' AND a.ends_at > greatest($3, $5)
         ORDER BY EXISTS (SELECT FROM proposals p WHERE p.organisation_id = $1 AND p.appointment_id = a.id
                              AND p.state = 'open' AND p.expires_at > $5), a.starts_at, a.id
         LIMIT $6 FOR NO KEY UPDATE OF a"
    ))
    .bind::<SqlUuid, _>(organisation.uuid())
    .bind::<SqlUuid, _>(counsellor.uuid())
    .bind::<Timestamptz, _>(span.from())
    .bind::<Timestamptz, _>(span.before())
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(limit);
    load(transaction, query).await
}

/// Those of these appointments that the walls let through, by their start.
pub async fn among(transaction: &mut Transaction, ids: &[AppointmentId]) -> Result<Vec<Found>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = Statement::new(select_appointment!(
        "WHERE a.id = ANY ($1) ORDER BY a.starts_at, a.id"
    ))
    .bind::<Array<SqlUuid>, _>(uuids_of(ids));
    load(transaction, query).await
}

async fn load(transaction: &mut Transaction, query: Statement<'static>) -> Result<Vec<Found>> {
    let rows: Vec<rows::Row> = transaction.ask(query).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}
