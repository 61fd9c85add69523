ALTER TABLE session_services DROP CONSTRAINT session_services_filled;
ALTER TABLE session_services ADD CONSTRAINT session_services_filled CHECK (
    topic IS NOT NULL AND ends_at IS NOT NULL AND counsellor_id IS NOT NULL AND site_id IS NOT NULL
    AND modalities IS NOT NULL AND opens_on_holidays IS NOT NULL AND status IS NOT NULL) NOT VALID;
ALTER POLICY published ON session_services USING (true);
CREATE INDEX allocations_claim ON allocations (claim_id);
ALTER TABLE allocations DROP CONSTRAINT allocations_pkey;
ALTER TABLE allocations ADD CONSTRAINT allocations_pkey PRIMARY KEY (organisation_id, resource_id, claim_id);
CREATE UNIQUE INDEX allocations_by_claim ON allocations (organisation_id, claim_id, resource_id);
CREATE INDEX session_services_start ON session_services (organisation_id, service_id, starts_at) INCLUDE (session_id);
