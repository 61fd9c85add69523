-- Outside a transaction, so that nobody waits for it.
CREATE INDEX CONCURRENTLY appointments_series ON appointments (series_id) WHERE series_id IS NOT NULL;
