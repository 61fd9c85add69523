//! Holds.

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Binary, Timestamptz, Uuid as SqlUuid};
use domain::booking::Claimed;
use domain::hold::Hold;
use domain::ids::{HoldId, OrganisationId};
use uuid::Uuid;

use crate::claims::{NewClaim, lock_claimed, release};
use crate::error::Result;
use crate::statement::Statement;
use crate::transaction::Transaction;

/// Stores a hold and its claim.
pub fn insert(
    transaction: &mut Transaction,
    hold: &Hold,
    claimed: &Claimed,
    token_hash: [u8; 32],
    now: DateTime<Utc>,
) {
    let slot = hold.slot;
    let claim = NewClaim {
        organisation: slot.organisation_id,
        id: hold.id.uuid(),
        claimed,
        expires_at: Some(hold.expires_at),
        kept_for: None,
        now,
    };
    claim.insert(transaction);
    transaction.write(
        Statement::new(
            "INSERT INTO holds (organisation_id, id, session_id, service_id, starts_at, token_hash, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind::<SqlUuid, _>(slot.organisation_id.uuid())
        .bind::<SqlUuid, _>(hold.id.uuid())
        .bind::<SqlUuid, _>(slot.session_id.uuid())
        .bind::<SqlUuid, _>(slot.service_id.uuid())
        .bind::<Timestamptz, _>(slot.starts_at.instant())
        .bind::<Binary, _>(token_hash.to_vec())
        .bind::<Timestamptz, _>(hold.expires_at),
    );
}

/// Ends a hold: it was redeemed or given back.
pub fn remove(transaction: &mut Transaction, organisation: OrganisationId, id: HoldId) {
    release(transaction, organisation, id.uuid());
    transaction.write(
        Statement::new("DELETE FROM holds WHERE organisation_id = $1 AND id = $2")
            .bind::<SqlUuid, _>(organisation.uuid())
            .bind::<SqlUuid, _>(id.uuid()),
    );
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Whether the hold is there, unexpired, for whoever shows its token. Locks what it claims, as
/// everything does that changes claims: whoever redeems it meanwhile comes before or after.
pub async fn exists_for_update(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    id: HoldId,
    now: DateTime<Utc>,
) -> Result<bool> {
    transaction.queue(lock_claimed(organisation, id.uuid()));
    let query = Statement::new(
        "SELECT id FROM holds WHERE organisation_id = $1 AND id = $2 AND expires_at > $3",
    )
    .bind::<SqlUuid, _>(organisation.uuid())
    .bind::<SqlUuid, _>(id.uuid())
    .bind::<Timestamptz, _>(now);
    Ok(transaction
        .ask_one::<Row, _>(query)
        .await?
        .is_some_and(|row| row.id == id.uuid()))
}
