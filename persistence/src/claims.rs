//! Claims on resources. Two that overlap cannot exist: `allocations_never_overlap` sees to that.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::ids::{OrganisationId, ResourceId};
use domain::span::Span;
use uuid::Uuid;

use crate::statement::Statement;
use crate::transaction::Transaction;

/// The constraint whose violation means that somebody else was first.
pub const NEVER_OVERLAP: &str = "allocations_never_overlap";

/// Claims all of the resources for the span, buffers included; until `expires_at`, or for good.
/// Expired holds in the way are removed; none is longer than 24 hours (`allocations_length`), so
/// that they are found by their start, however long the history of the resource.
pub(crate) fn claim(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    claim_id: Uuid,
    resources: &[ResourceId],
    span: Span,
    expires_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) {
    let resources: Vec<Uuid> = resources.iter().map(|resource| resource.uuid()).collect();
    transaction.queue(
        Statement::new(
            "DELETE FROM allocations
             WHERE organisation_id = $1 AND resource_id = ANY ($2) AND expires_at <= $3
               AND starts_at > $4::timestamptz - interval '24 hours' AND starts_at < $5 AND ends_at > $4",
        )
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<Array<SqlUuid>, _>(resources.clone())
        .bind::<Timestamptz, _>(now)
        .bind::<Timestamptz, _>(span.from())
        .bind::<Timestamptz, _>(span.before()),
    );
    transaction.queue(
        Statement::new(
            "INSERT INTO allocations (organisation_id, resource_id, claim_id, claimed_by_organisation_id, kind,
                 starts_at, ends_at, expires_at)
             SELECT $1, resource_id, $3, $1, $4, $5, $6, $7 FROM unnest($2) AS resource_id ORDER BY 2",
        )
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<Array<SqlUuid>, _>(resources)
        .bind::<SqlUuid, _>(claim_id)
        .bind::<Text, _>(if expires_at.is_some() { "hold" } else { "appointment" })
        .bind::<Timestamptz, _>(span.from())
        .bind::<Timestamptz, _>(span.before())
        .bind::<Nullable<Timestamptz>, _>(expires_at),
    );
}

/// Frees what an appointment or hold has claimed.
pub(crate) fn release(transaction: &mut Transaction, organisation: OrganisationId, claim_id: Uuid) {
    transaction.queue(
        Statement::new("DELETE FROM allocations WHERE organisation_id = $1 AND claim_id = $2")
            .bind::<SqlUuid, _>(organisation.uuid())
            .bind::<SqlUuid, _>(claim_id),
    );
}

/// Locks the resources on which an appointment or hold has claims.
pub(crate) fn lock_claimed(organisation: OrganisationId, claim_id: Uuid) -> Statement<'static> {
    Statement::new(
        "SELECT r.id FROM resources r
         WHERE r.organisation_id = $1 AND r.id IN (
             SELECT a.resource_id FROM allocations a WHERE a.organisation_id = $1 AND a.claim_id = $2)
         ORDER BY r.id
         FOR NO KEY UPDATE OF r",
    )
    .bind::<SqlUuid, _>(organisation.uuid())
    .bind::<SqlUuid, _>(claim_id)
}
