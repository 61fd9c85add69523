-- Only what was filled in has ids of this form.
TRUNCATE idempotency_keys, contacts, holds, places, waitlist_contacts, waitlist_offers, waitlist_entries;
DELETE FROM allocations WHERE kind <> 'session' AND claim_id NOT BETWEEN load.id(7, 0) AND load.id(7, 999999999999);
DELETE FROM appointments WHERE id NOT BETWEEN load.id(7, 0) AND load.id(7, 999999999999);
DELETE FROM series;
DELETE FROM audit_entries WHERE id NOT BETWEEN load.id(8, 0) AND load.id(8, 999999999999);
DELETE FROM outbox_events WHERE id NOT BETWEEN load.id(9, 0) AND load.id(9, 999999999999);
-- What was freed has left signs.
TRUNCATE waitlist_wakes;
