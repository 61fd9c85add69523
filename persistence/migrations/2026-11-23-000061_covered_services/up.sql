-- Outside a transaction, so that nobody waits for it. All that a search by service reads.
CREATE INDEX CONCURRENTLY session_services_by_service
    ON session_services (organisation_id, service_id, starts_at, session_id)
    INCLUDE (ends_at, counsellor_id, site_id, room_id, opens_on_holidays, modalities, status);
