-- Outside a transaction, so that nobody waits for it.
CREATE INDEX CONCURRENTLY appointments_waiting ON appointments (organisation_id, checked_in_at, id)
    WHERE status = 'checked_in' AND started_at IS NULL;
