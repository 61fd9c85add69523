-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';

-- The key of a claim begins with who claims. So claims of one claimant need no index of their own,
-- and the claims of a resource are read by their start and never by this key.
ALTER TABLE allocations DROP CONSTRAINT allocations_pkey;
ALTER TABLE allocations ADD CONSTRAINT allocations_pkey PRIMARY KEY USING INDEX allocations_by_claim;
DROP INDEX allocations_claim;

-- The index of a service's sessions has taken its place.
DROP INDEX session_services_start;

-- Visitors learn nothing of what was withdrawn.
ALTER POLICY published ON session_services USING (status = 'published');

-- Checked for every row by the next migration, which locks nobody out.
ALTER TABLE session_services ADD CONSTRAINT session_services_filled CHECK (
    topic IS NOT NULL AND ends_at IS NOT NULL AND counsellor_id IS NOT NULL AND site_id IS NOT NULL
    AND modalities IS NOT NULL AND opens_on_holidays IS NOT NULL AND status IS NOT NULL) NOT VALID;
