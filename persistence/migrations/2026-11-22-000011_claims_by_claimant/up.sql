-- The key of a claim begins with who claims. So claims of one claimant need no index of their own,
-- and the claims of a resource are read by their start and never by this key.
ALTER TABLE allocations DROP CONSTRAINT allocations_pkey;
ALTER TABLE allocations ADD CONSTRAINT allocations_pkey PRIMARY KEY USING INDEX allocations_by_claim;
DROP INDEX allocations_claim;

-- The index of a service's sessions has taken its place.
DROP INDEX session_services_start;

-- Visitors learn nothing of what was withdrawn.
ALTER POLICY published ON session_services USING (status = 'published');
ALTER TABLE session_services VALIDATE CONSTRAINT session_services_filled;
