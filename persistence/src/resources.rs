//! Resources: the rows that a claim locks, and so must whoever changes what claims depend on.

use std::collections::BTreeSet;

use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use domain::ids::{OrganisationId, ResourceId};

use crate::statement::Statement;
use crate::stored::uuids_of;
use crate::transaction::Transaction;

pub(crate) fn insert(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    id: ResourceId,
    kind: &'static str,
) {
    let insert =
        Statement::new("INSERT INTO resources (organisation_id, id, kind) VALUES ($1, $2, $3)");
    transaction.queue(
        insert
            .bind::<SqlUuid, _>(organisation.uuid())
            .bind::<SqlUuid, _>(id.uuid())
            .bind::<Text, _>(kind),
    );
}

/// Locks them, and the owners' rooms behind those on loan, in the order of their ids. Nothing else
/// may be locked before.
pub fn lock(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    resources: &BTreeSet<ResourceId>,
) {
    let lock = Statement::new(
        "SELECT id FROM resources
         WHERE id = ANY (ARRAY(
             SELECT own.id FROM unnest($2) AS own (id)
             UNION ALL
             SELECT q.lent_room_id FROM rooms q
             WHERE q.organisation_id = $1 AND q.id = ANY ($2) AND q.loan_id IS NOT NULL))
         ORDER BY id FOR NO KEY UPDATE",
    );
    transaction.queue(
        lock.bind::<SqlUuid, _>(organisation.uuid())
            .bind::<Array<SqlUuid>, _>(uuids_of(resources)),
    );
}

/// As [`lock`], for one whose organisation is not known yet.
pub fn lock_one(transaction: &mut Transaction, id: ResourceId) {
    let lock = Statement::new("SELECT id FROM resources WHERE id = $1 FOR NO KEY UPDATE");
    transaction.queue(lock.bind::<SqlUuid, _>(id.uuid()));
}

/// As [`lock`], for all resources of an organisation, and the owners' rooms that it has on loan.
pub fn lock_all(transaction: &mut Transaction, organisation: OrganisationId) {
    let lock = Statement::new(
        "SELECT id FROM resources
         WHERE organisation_id = $1
            OR id IN (SELECT q.lent_room_id FROM rooms q WHERE q.organisation_id = $1 AND q.loan_id IS NOT NULL)
         ORDER BY id FOR NO KEY UPDATE",
    );
    transaction.queue(lock.bind::<SqlUuid, _>(organisation.uuid()));
}
