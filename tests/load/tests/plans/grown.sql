-- Ten thousand rows of one other organisation in each large table. The planner tells a good index
-- from a bad one by what it costs: where there are ten rows all of them cost the same, and where
-- there are many organisations the one that is asked for seems to narrow enough down. Nothing here
-- is ever read: so keys lead nowhere, and nobody checks them.
SET session_replication_role = replica;

CREATE TEMPORARY TABLE numbered AS
SELECT n, md5('organisation')::uuid AS organisation_id, md5('counsellor ' || n / 50)::uuid AS counsellor_id,
       md5('service ' || n / 100)::uuid AS service_id, md5('site')::uuid AS site_id,
       md5('session ' || n)::uuid AS session_id, md5('appointment ' || n)::uuid AS appointment_id,
       sha256(n::text::bytea) AS hash, timestamptz '2026-01-05T09:00Z' + n % 50 * interval '7 days' AS starts_at,
       timestamptz '2026-01-05T10:00Z' + n % 50 * interval '7 days' AS ends_at
FROM generate_series(0, 9999) AS n;

INSERT INTO sessions (organisation_id, id, counsellor_id, site_id, starts_at, ends_at, modalities, status)
SELECT organisation_id, session_id, counsellor_id, site_id, starts_at, ends_at, '{phone}', 'published' FROM numbered;
INSERT INTO session_services (organisation_id, session_id, service_id, starts_at, topic, ends_at, counsellor_id, site_id,
                              modalities, opens_on_holidays, status, languages)
SELECT organisation_id, session_id, service_id, starts_at, 'topic ' || n / 100 % 3, ends_at, counsellor_id, site_id,
       '{phone}', false, 'published', '{de}' FROM numbered;
INSERT INTO allocations (organisation_id, resource_id, claim_id, claimed_by_organisation_id, kind, starts_at, ends_at)
SELECT organisation_id, counsellor_id, appointment_id, organisation_id, 'appointment', starts_at, ends_at FROM numbered;
INSERT INTO appointments (organisation_id, id, code, secret_hash, session_id, service_id, site_id, counsellor_id, starts_at,
                          ends_at, time_zone, cancellation_deadline_minutes, modality, interpreter_needed, status, booked_at)
SELECT organisation_id, appointment_id, 'C' || n, hash, session_id, service_id, site_id, counsellor_id, starts_at,
       ends_at, 'Europe/Berlin', 60, 'phone', false, 'booked', starts_at FROM numbered;
INSERT INTO contacts (organisation_id, appointment_id, sealed, delete_after)
SELECT organisation_id, appointment_id, hash, ends_at FROM numbered;
-- Each hold claims somebody's time, and every third place is held.
INSERT INTO allocations (organisation_id, resource_id, claim_id, claimed_by_organisation_id, kind, starts_at, ends_at,
                         expires_at)
SELECT organisation_id, md5('other ' || n / 50)::uuid, md5('hold ' || n)::uuid, organisation_id, 'hold', starts_at, ends_at,
       starts_at FROM numbered;
INSERT INTO holds (organisation_id, id, session_id, service_id, starts_at, token_hash, expires_at)
SELECT organisation_id, md5('hold ' || n)::uuid, session_id, service_id, starts_at, hash, starts_at FROM numbered;
INSERT INTO idempotency_keys (key_hash, request_hash, status, sealed_answer, expires_at)
SELECT hash, hash, 201, hash, starts_at FROM numbered;
INSERT INTO audit_entries (organisation_id, id, occurred_at, action, subject_kind, subject_id)
SELECT organisation_id, md5('entry ' || n)::uuid, starts_at, 'book', 'appointment', appointment_id FROM numbered;
INSERT INTO outbox_events (organisation_id, id, kind, subject_id, occurred_at)
SELECT organisation_id, md5('event ' || n)::uuid, 'appointment.booked', appointment_id, starts_at FROM numbered;
INSERT INTO places (organisation_id, session_id, number, capacity, claim_id, expires_at)
SELECT organisation_id, session_id, 1, 10, appointment_id, CASE WHEN n % 3 = 0 THEN starts_at END FROM numbered;
INSERT INTO series (organisation_id, id, service_id, code, secret_hash, time_zone, booked_at)
SELECT organisation_id, md5('series ' || n)::uuid, service_id, 'S' || n, hash, 'Europe/Berlin', starts_at FROM numbered;
-- Of three one waits, one is offered something and one has left.
INSERT INTO waitlist_entries (organisation_id, id, code, secret_hash, key_hash, service_id, joined_at, queued_at,
                              valid_until, status, ended_at)
SELECT organisation_id, md5('waits ' || n)::uuid, 'W' || n, hash, hash, service_id, starts_at, starts_at, ends_at,
       ('{waiting,offered,left}'::text[])[n % 3 + 1], CASE WHEN n % 3 = 2 THEN starts_at END FROM numbered;
INSERT INTO waitlist_offers (organisation_id, id, entry_id, session_id, site_id, counsellor_id, starts_at, ends_at,
                             time_zone, modality, state, offered_at, expires_at)
SELECT organisation_id, md5('offer ' || n)::uuid, md5('waits ' || n)::uuid, session_id, site_id, counsellor_id, starts_at,
       ends_at, 'Europe/Berlin', 'phone', CASE WHEN n % 3 = 1 THEN 'open' ELSE 'declined' END,
       starts_at - interval '2 hours', starts_at FROM numbered;
INSERT INTO waitlist_contacts (organisation_id, entry_id, sealed, delete_after)
SELECT organisation_id, md5('waits ' || n)::uuid, hash, ends_at FROM numbered;

ANALYZE;
