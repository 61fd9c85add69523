-- Outside a transaction, so that nobody waits for it.
CREATE INDEX CONCURRENTLY session_services_topic ON session_services (topic, starts_at, session_id)
    WHERE status = 'published';
