SET LOCAL lock_timeout = '500ms';
LOCK TABLE services, sessions, allocations IN ACCESS EXCLUSIVE MODE;
REVOKE INSERT ON allocations FROM sprechstunde_worker;
-- Removes the claims of every tenant at once: for this transaction the walls do not hold the owner.
ALTER TABLE allocations NO FORCE ROW LEVEL SECURITY;
DELETE FROM allocations WHERE kind = 'session';
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE allocations DROP CONSTRAINT allocations_kind;
ALTER TABLE allocations ADD CONSTRAINT allocations_kind CHECK (kind IN ('appointment', 'hold'));
ALTER TABLE allocations FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE allocations IS 'Claims on resources, buffers included. Two that overlap cannot exist. organisation_id is the owner of the resource; claim_id is the appointment or hold.';
ALTER TABLE sessions DROP COLUMN takes_place, DROP COLUMN capacity_by_hand, DROP COLUMN capacity;
ALTER TABLE services DROP COLUMN minimum_deadline_minutes, DROP COLUMN minimum_participants, DROP COLUMN capacity;
