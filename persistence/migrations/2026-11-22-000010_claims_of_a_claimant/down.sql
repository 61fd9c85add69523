DROP INDEX CONCURRENTLY allocations_by_claim;
