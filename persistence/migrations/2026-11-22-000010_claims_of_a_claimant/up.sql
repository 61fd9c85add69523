-- Outside a transaction, so that nobody waits for it.
CREATE UNIQUE INDEX CONCURRENTLY allocations_by_claim ON allocations (organisation_id, claim_id, resource_id);
