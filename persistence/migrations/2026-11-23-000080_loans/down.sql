-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';

DROP TRIGGER free_lent_room ON allocations;
DROP FUNCTION free_lent_room();
DROP TRIGGER claim_lent_room ON allocations;
DROP FUNCTION claim_lent_room();
DROP POLICY borrower_frees ON allocations;
DROP POLICY borrower_claims ON allocations;
DROP POLICY borrower ON allocations;
-- What borrowers have claimed is known to nobody then.
ALTER TABLE allocations NO FORCE ROW LEVEL SECURITY;
DELETE FROM allocations WHERE kind IN ('loan', 'meeting');
ALTER TABLE allocations FORCE ROW LEVEL SECURITY;
ALTER TABLE allocations DROP CONSTRAINT allocations_expiry;
ALTER TABLE allocations ADD CONSTRAINT allocations_expiry
    CHECK ((kind = 'hold') = (expires_at IS NOT NULL)) NOT VALID;
ALTER TABLE allocations DROP CONSTRAINT allocations_kind;
ALTER TABLE allocations ADD CONSTRAINT allocations_kind
    CHECK (kind IN ('appointment', 'hold', 'session')) NOT VALID;

DROP POLICY borrower_never_changes ON resources;
DROP POLICY borrower ON resources;
DROP POLICY borrower ON sites;
DROP POLICY borrower ON rooms;
DROP POLICY on_loan ON rooms;
-- What a dropped column was granted stays behind in the catalogue.
REVOKE SELECT (lent_by, loan_id, lent_room_id) ON rooms FROM sprechstunde_public, sprechstunde_worker;
REVOKE SELECT (organisation_id, id) ON rooms FROM sprechstunde_worker;
ALTER TABLE rooms DROP COLUMN lent_by, DROP COLUMN loan_id, DROP COLUMN lent_room_id;
DROP TABLE loans;
COMMENT ON TABLE allocations IS 'Claims on resources, buffers included. Two that overlap cannot exist. organisation_id is the owner of the resource; claim_id is the appointment or hold. Of a service with a cap, a claim is a minute: the number of its place behind the beginning of the week in UTC.';
