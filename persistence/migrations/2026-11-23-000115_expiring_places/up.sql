-- Outside a transaction, so that nobody waits for it. Whoever serves a waiting list asks when the next
-- hold of the organisation ends, and not of the network.
CREATE INDEX CONCURRENTLY places_expiry_of_organisation ON places (organisation_id, expires_at) WHERE expires_at IS NOT NULL;
