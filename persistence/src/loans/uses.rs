//! When a room on loan is used. Owners learn spans and who uses them; borrowers learn of others'
//! nothing but the span.

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Bool, Timestamptz, Uuid as SqlUuid};
use domain::loan::Loan;
use domain::span::Span;

use crate::error::Result;
use crate::spans::span;
use crate::statement::Statement;
use crate::transaction::Transaction;

/// A span of the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Use {
    pub span: Span,
    /// Whether it is used under the loan.
    pub is_of_loan: bool,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Timestamptz)]
    starts_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    ends_at: DateTime<Utc>,
    #[diesel(sql_type = Bool)]
    is_of_loan: bool,
}

/// What is used under the loan, in the order of time.
pub async fn uses(
    transaction: &mut Transaction,
    loan: &Loan,
    window: Span,
    now: DateTime<Utc>,
) -> Result<Vec<Use>> {
    let query = Statement::new(USES)
        .bind::<SqlUuid, _>(loan.organisation_id.uuid())
        .bind::<SqlUuid, _>(loan.room_id.uuid())
        .bind::<SqlUuid, _>(loan.borrower_id.uuid())
        .bind::<Timestamptz, _>(window.from())
        .bind::<Timestamptz, _>(window.before())
        .bind::<Timestamptz, _>(now);
    read(transaction.ask(query).await?)
}

/// As [`uses`], and when others are in the room.
pub async fn busy(
    transaction: &mut Transaction,
    loan: &Loan,
    window: Span,
    now: DateTime<Utc>,
) -> Result<Vec<Use>> {
    let query = Statement::new(BUSY)
        .bind::<SqlUuid, _>(loan.organisation_id.uuid())
        .bind::<SqlUuid, _>(loan.room_id.uuid())
        .bind::<SqlUuid, _>(loan.borrower_id.uuid())
        .bind::<Timestamptz, _>(window.from())
        .bind::<Timestamptz, _>(window.before())
        .bind::<Timestamptz, _>(now);
    read(transaction.ask(query).await?)
}

/// What is used under the loan and is not over: whom it would strand to end it.
pub async fn uses_ahead(
    transaction: &mut Transaction,
    loan: &Loan,
    now: DateTime<Utc>,
) -> Result<Vec<Span>> {
    let query = Statement::new(AHEAD)
        .bind::<SqlUuid, _>(loan.organisation_id.uuid())
        .bind::<SqlUuid, _>(loan.room_id.uuid())
        .bind::<SqlUuid, _>(loan.borrower_id.uuid())
        .bind::<Timestamptz, _>(now);
    let uses = read(transaction.ask(query).await?)?;
    Ok(uses.iter().map(|it| it.span).collect())
}

fn read(rows: Vec<Row>) -> Result<Vec<Use>> {
    let read = |row: Row| {
        Ok(Use {
            span: span(row.starts_at, row.ends_at)?,
            is_of_loan: row.is_of_loan,
        })
    };
    rows.into_iter().map(read).collect()
}

/// No claim is longer than a day.
const USES: &str = "
    SELECT a.starts_at, a.ends_at, true AS is_of_loan FROM allocations a
    WHERE a.organisation_id = $1 AND a.resource_id = $2 AND a.kind = 'loan' AND a.claimed_by_organisation_id = $3
      AND a.starts_at > $4::timestamptz - interval '24 hours' AND a.starts_at < $5 AND a.ends_at > $4
      AND (a.expires_at IS NULL OR a.expires_at > $6)
    ORDER BY a.starts_at";

const BUSY: &str = "
    SELECT b.starts_at, b.ends_at, EXISTS (
        SELECT FROM allocations a
        WHERE a.organisation_id = $1 AND a.resource_id = $2 AND a.kind = 'loan' AND a.claimed_by_organisation_id = $3
          AND a.starts_at = b.starts_at) AS is_of_loan
    FROM busy_in_loan($1, $2, $4, $5, $6) b
    ORDER BY b.starts_at";

const AHEAD: &str = "
    SELECT a.starts_at, a.ends_at, true AS is_of_loan FROM allocations a
    WHERE a.organisation_id = $1 AND a.resource_id = $2 AND a.kind = 'loan' AND a.claimed_by_organisation_id = $3
      AND a.starts_at > $4::timestamptz - interval '24 hours' AND a.ends_at > $4
      AND (a.expires_at IS NULL OR a.expires_at > $4)
    ORDER BY a.starts_at";
