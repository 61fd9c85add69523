-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';

-- A service with a cap is a resource too. Each talk claims one of its places in the week, a minute,
-- so that nobody has the place of another; whoever claims one locks the service like any resource.
ALTER TABLE resources
    DROP CONSTRAINT resources_kind,
    ADD CONSTRAINT resources_kind CHECK (kind IN ('counsellor', 'room', 'service'));
ALTER TABLE services
    ADD COLUMN max_per_week integer,
    ADD CONSTRAINT services_max_per_week CHECK (max_per_week BETWEEN 1 AND 100);
COMMENT ON COLUMN services.max_per_week IS 'How many talks in one local ISO week.';
COMMENT ON TABLE allocations IS 'Claims on resources, buffers included. Two that overlap cannot exist. organisation_id is the owner of the resource; claim_id is the appointment or hold. Of a service with a cap, a claim is a minute: the number of its place behind the beginning of the week in UTC.';
