-- Outside a transaction, so that nobody waits for it. All that a search by topic looks at: it walks
-- through a thousand sessions, most in the wrong place or language, and read a page for each.
CREATE INDEX CONCURRENTLY session_services_by_topic ON session_services (topic, starts_at, session_id)
    INCLUDE (organisation_id, service_id, ends_at, counsellor_id, site_id, room_id, opens_on_holidays, modalities,
             languages, status)
    WHERE status = 'published';
