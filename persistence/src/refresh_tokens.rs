//! Refresh tokens: each is good for one use and is followed by the next of its family.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Binary, Timestamptz, Uuid as SqlUuid};
use domain::ids::AccountId;
use uuid::Uuid;

use crate::error::Result;
use crate::statement::Statement;
use crate::transaction::Transaction;

/// How long a token can be used. A family lives as long as it is used within this time.
pub const LASTS: TimeDelta = TimeDelta::days(14);

/// The tokens that one sign-in led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Family {
    pub id: Uuid,
    pub account_id: AccountId,
}

#[derive(QueryableByName)]
struct FamilyRow {
    #[diesel(sql_type = SqlUuid)]
    family_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    account_id: Uuid,
}

pub fn insert(
    transaction: &mut Transaction,
    family: Family,
    token_hash: [u8; 32],
    now: DateTime<Utc>,
) {
    let insert = Statement::new(
        "INSERT INTO refresh_tokens (token_hash, family_id, account_id, issued_at, expires_at)
         VALUES ($1, $2, $3, $4, $5)",
    );
    transaction.queue(
        insert
            .bind::<Binary, _>(token_hash.to_vec())
            .bind::<SqlUuid, _>(family.id)
            .bind::<SqlUuid, _>(family.account_id.uuid())
            .bind::<Timestamptz, _>(now)
            .bind::<Timestamptz, _>(now + LASTS),
    );
}

/// Uses a token up. `None` when it is unknown, expired or used: then its family is ended, for the
/// thief of a token and its owner cannot be told apart (RFC 9700, 4.14.2). Commit in either case.
pub async fn redeem(
    transaction: &mut Transaction,
    token_hash: [u8; 32],
    now: DateTime<Utc>,
) -> Result<Option<Family>> {
    let Some(family) = lock_family(transaction, token_hash).await? else {
        return Ok(None);
    };
    let update = Statement::new(
        "UPDATE refresh_tokens SET used_at = $2
         WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2",
    );
    transaction.queue(
        update
            .bind::<Binary, _>(token_hash.to_vec())
            .bind::<Timestamptz, _>(now),
    );
    if transaction.flush().await? == 1 {
        return Ok(Some(family));
    }
    end(transaction, family);
    Ok(None)
}

/// Ends the family of a token, if there is one.
pub async fn revoke(transaction: &mut Transaction, token_hash: [u8; 32]) -> Result<()> {
    if let Some(family) = lock_family(transaction, token_hash).await? {
        end(transaction, family);
    }
    Ok(())
}

/// A family is changed by one transaction at a time. Locking its rows would not do: a token that
/// another transaction is just adding would outlive the end of the family.
async fn lock_family(
    transaction: &mut Transaction,
    token_hash: [u8; 32],
) -> Result<Option<Family>> {
    let query =
        Statement::new("SELECT family_id, account_id FROM refresh_tokens WHERE token_hash = $1");
    let row: Option<FamilyRow> = transaction
        .ask_one(query.bind::<Binary, _>(token_hash.to_vec()))
        .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let lock = Statement::new("SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))");
    transaction.queue(lock.bind::<SqlUuid, _>(row.family_id));
    Ok(Some(Family {
        id: row.family_id,
        account_id: row.account_id.into(),
    }))
}

fn end(transaction: &mut Transaction, family: Family) {
    let delete = Statement::new("DELETE FROM refresh_tokens WHERE family_id = $1");
    transaction.queue(delete.bind::<SqlUuid, _>(family.id));
}
