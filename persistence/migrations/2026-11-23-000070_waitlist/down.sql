SET LOCAL lock_timeout = '500ms';
LOCK TABLE services, appointments, allocations, places, outbox_events, audit_entries IN ACCESS EXCLUSIVE MODE;
-- What was held for an answer has no other owner.
ALTER TABLE allocations NO FORCE ROW LEVEL SECURITY;
ALTER TABLE places NO FORCE ROW LEVEL SECURITY;
ALTER TABLE waitlist_offers NO FORCE ROW LEVEL SECURITY;
DELETE FROM allocations a USING waitlist_offers o WHERE o.organisation_id = a.organisation_id AND o.id = a.claim_id;
DELETE FROM places p USING waitlist_offers o WHERE o.organisation_id = p.organisation_id AND o.id = p.claim_id;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE allocations FORCE ROW LEVEL SECURITY;
ALTER TABLE places FORCE ROW LEVEL SECURITY;
DROP POLICY who_waits ON outbox_events;
DROP POLICY who_waits ON audit_entries;
DROP POLICY who_waits_answers ON places;
DROP POLICY who_waits_answers ON allocations;
DROP TABLE waitlist_contacts, waitlist_offers, waitlist_entries;
ALTER TABLE services DROP COLUMN waitlist_offer_minutes;
