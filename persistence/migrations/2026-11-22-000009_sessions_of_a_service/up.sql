-- Outside a transaction, so that nobody waits for it. In the very order in which sessions are read.
CREATE INDEX CONCURRENTLY session_services_service
    ON session_services (organisation_id, service_id, starts_at, session_id);
