-- Moves the rows of every tenant at once: for this transaction the walls do not hold the owner.
ALTER TABLE allocations NO FORCE ROW LEVEL SECURITY;
ALTER TABLE resources NO FORCE ROW LEVEL SECURITY;
DELETE FROM allocations a USING resources r
WHERE r.organisation_id = a.organisation_id AND r.id = a.resource_id AND r.kind = 'service';
DELETE FROM resources WHERE kind = 'service';
-- Rows that changed have checks due, and no table is altered before they are done.
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE allocations FORCE ROW LEVEL SECURITY;
ALTER TABLE resources FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE allocations IS 'Claims on resources, buffers included. Two that overlap cannot exist. organisation_id is the owner of the resource; claim_id is the appointment or hold, or the session of a group.';
ALTER TABLE services DROP COLUMN max_per_week;
ALTER TABLE resources
    DROP CONSTRAINT resources_kind,
    ADD CONSTRAINT resources_kind CHECK (kind IN ('counsellor', 'room'));
