//! When a room on loan is used. Owners learn spans and who uses them; borrowers learn of others'
//! nothing but the span.

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Bool, Nullable, Timestamptz, Uuid as SqlUuid};
use domain::ids::OrganisationId;
use domain::loan::Loan;
use domain::span::Span;
use uuid::Uuid;

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
    let query = in_window(USES, loan, window, now);
    read(transaction.ask(query).await?)
}

/// As [`uses`], and when others are in the room.
pub async fn busy(
    transaction: &mut Transaction,
    loan: &Loan,
    window: Span,
    now: DateTime<Utc>,
) -> Result<Vec<Use>> {
    let query = in_window(BUSY, loan, window, now);
    read(transaction.ask(query).await?)
}

/// What is used under the loan and is not over: whom it would strand to end it.
pub async fn uses_ahead(
    transaction: &mut Transaction,
    loan: &Loan,
    now: DateTime<Utc>,
) -> Result<Vec<Span>> {
    let query = of_loan(AHEAD, loan).bind::<Timestamptz, _>(now);
    let uses = read(transaction.ask(query).await?)?;
    Ok(uses.iter().map(|it| it.span).collect())
}

fn in_window(
    text: &'static str,
    loan: &Loan,
    window: Span,
    now: DateTime<Utc>,
) -> Statement<'static> {
    of_loan(text, loan)
        .bind::<Timestamptz, _>(window.from())
        .bind::<Timestamptz, _>(window.before())
        .bind::<Timestamptz, _>(now)
}

/// Binds the first three parameters.
fn of_loan(text: &'static str, loan: &Loan) -> Statement<'static> {
    Statement::new(text)
        .bind::<SqlUuid, _>(loan.organisation_id.uuid())
        .bind::<SqlUuid, _>(loan.room_id.uuid())
        .bind::<SqlUuid, _>(loan.borrower_id.uuid())
}

/// What borrowers use of the rooms of an organisation: of one of them, of a site, or of all.
#[derive(Debug, Clone, Copy)]
pub struct LentUse {
    pub borrower_id: OrganisationId,
    pub span: Span,
}

#[derive(QueryableByName)]
struct LentRow {
    #[diesel(sql_type = SqlUuid)]
    borrower_id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    starts_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    ends_at: DateTime<Utc>,
}

/// What is used in a room, at a site, or of the whole organisation from an instant on, or until
/// another: whom it would strand to take that away.
pub async fn lent_from(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    subject: impl Into<Uuid>,
    from: DateTime<Utc>,
    before: Option<DateTime<Utc>>,
) -> Result<Vec<LentUse>> {
    let query = Statement::new(LENT)
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<SqlUuid, _>(subject.into())
        .bind::<Timestamptz, _>(from)
        .bind::<Nullable<Timestamptz>, _>(before);
    let rows: Vec<LentRow> = transaction.ask(query).await?;
    let read = |row: LentRow| {
        Ok(LentUse {
            borrower_id: row.borrower_id.into(),
            span: span(row.starts_at, row.ends_at)?,
        })
    };
    rows.into_iter().map(read).collect()
}

/// No claim is longer than a day.
const LENT: &str = "
    SELECT a.claimed_by_organisation_id AS borrower_id, a.starts_at, a.ends_at
    FROM rooms q
    JOIN allocations a ON a.organisation_id = q.organisation_id AND a.resource_id = q.id AND a.kind = 'loan'
    WHERE q.organisation_id = $1 AND $2 IN (q.organisation_id, q.site_id, q.id)
      AND a.starts_at > $3::timestamptz - interval '24 hours' AND a.ends_at > $3 AND ($4 IS NULL OR a.starts_at < $4)
      AND (a.expires_at IS NULL OR a.expires_at > $3)
    ORDER BY a.starts_at, a.resource_id";

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
