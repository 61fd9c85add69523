-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';

ALTER TABLE session_services DROP CONSTRAINT session_services_filled;
ALTER POLICY published ON session_services USING (true);
CREATE INDEX allocations_claim ON allocations (claim_id);
ALTER TABLE allocations DROP CONSTRAINT allocations_pkey;
ALTER TABLE allocations ADD CONSTRAINT allocations_pkey PRIMARY KEY (organisation_id, resource_id, claim_id);
CREATE UNIQUE INDEX allocations_by_claim ON allocations (organisation_id, claim_id, resource_id);
CREATE INDEX session_services_start ON session_services (organisation_id, service_id, starts_at) INCLUDE (session_id);
