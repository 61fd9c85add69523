-- Outside a transaction, so that nobody waits for it.
CREATE UNIQUE INDEX CONCURRENTLY sessions_capacity_key ON sessions (organisation_id, id, capacity);
