DROP TRIGGER withdraw_proposals ON appointments;
DROP FUNCTION withdraw_proposals();
-- What was held for an answer has no other owner.
ALTER TABLE allocations NO FORCE ROW LEVEL SECURITY;
ALTER TABLE proposals NO FORCE ROW LEVEL SECURITY;
DELETE FROM allocations a USING proposals p WHERE p.organisation_id = a.organisation_id AND p.id = a.claim_id;
ALTER TABLE allocations FORCE ROW LEVEL SECURITY;
DROP POLICY visitor_answers ON outbox_events;
DROP POLICY visitor_answers ON audit_entries;
DROP POLICY visitor_answers ON allocations;
DROP TABLE proposals;
