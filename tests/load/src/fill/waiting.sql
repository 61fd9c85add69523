-- Who waits, and what each of them has been offered; see `waiting.rs`. Written anew before each
-- measurement. Offers of even numbers have the secrets of which `load.waiting_secrets` knows the hash.
CREATE TEMPORARY TABLE offered AS
SELECT n, o, load.id(1, o) AS organisation_id, load.id(20, n) AS entry_id, load.id(21, n) AS offer_id,
    load.id(2, o) AS site_id, b.counsellor_id, b.service_id, s.id AS session_id,
    s.starts_at + make_interval(hours => slot % 4) AS starts_at
FROM generate_series(0, {offers} - 1) AS n
CROSS JOIN LATERAL (SELECT n / 2 * {scatter} % {waitlists} AS o, n / 2 / {waitlists} * 2 + n % 2 AS slot) AS place
JOIN load.awaited b USING (o)
JOIN sessions s ON s.organisation_id = load.id(1, o) AND s.id = load.id(6, b.c::bigint * 312 + {first} + slot / 4);

INSERT INTO waitlist_entries (organisation_id, id, code, secret_hash, key_hash, service_id, joined_at, queued_at,
    valid_until, status)
SELECT organisation_id, entry_id, 'X' || upper(lpad(to_hex(n), 7, '0')),
    coalesce(s.hash, sha256(('waits ' || n)::bytea)), sha256(('joined ' || n)::bytea), service_id, now(), now(),
    now() + interval '366 days', 'offered'
FROM offered LEFT JOIN load.waiting_secrets s ON s.number = n;
INSERT INTO waitlist_offers (organisation_id, id, entry_id, session_id, site_id, counsellor_id, starts_at, ends_at,
    time_zone, modality, offered_at, expires_at)
SELECT organisation_id, offer_id, entry_id, session_id, site_id, counsellor_id, starts_at,
    starts_at + interval '50 minutes', 'Europe/Berlin', 'in_person', now(), starts_at
FROM offered WHERE starts_at > now();
INSERT INTO allocations (organisation_id, resource_id, claim_id, claimed_by_organisation_id, kind, starts_at, ends_at,
    expires_at)
SELECT organisation_id, counsellor_id, offer_id, organisation_id, 'hold', starts_at, starts_at + interval '1 hour',
    starts_at
FROM offered WHERE starts_at > now();
DROP TABLE offered;
