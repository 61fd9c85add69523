CREATE INDEX session_services_topic ON session_services (topic, starts_at, session_id)
    WHERE status = 'published';
CREATE INDEX session_services_service
    ON session_services (organisation_id, service_id, starts_at, session_id);
