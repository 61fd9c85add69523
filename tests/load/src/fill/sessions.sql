-- Three sessions of four hours a week for each counsellor, at hours that the site's clock shows.
WITH opened AS (
    SELECT c, j, (date '{monday}' + j / 3 * 7 + (c + j % 3 * 2) % 5
        + make_interval(hours => 8 + (c * 5 + j % 3) % 7)) AT TIME ZONE 'Europe/Berlin' AS starts_at
    FROM generate_series({first_counsellor}, {last_counsellor}) AS c, generate_series(0, 311) AS j
)
INSERT INTO sessions (organisation_id, id, counsellor_id, site_id, starts_at, ends_at, modalities,
    opens_on_holidays, status)
SELECT load.id(1, c / 10), load.id(6, c::bigint * 312 + j), load.id(4, c), load.id(2, c / 10),
    starts_at, starts_at + interval '4 hours', '{in_person,phone,video}', true, 'published'
FROM opened;

WITH opened AS (
    SELECT c, j, (date '{monday}' + j / 3 * 7 + (c + j % 3 * 2) % 5
        + make_interval(hours => 8 + (c * 5 + j % 3) % 7)) AT TIME ZONE 'Europe/Berlin' AS starts_at
    FROM generate_series({first_counsellor}, {last_counsellor}) AS c, generate_series(0, 311) AS j
)
INSERT INTO session_services (organisation_id, session_id, service_id, starts_at, topic, ends_at, counsellor_id,
    site_id, modalities, opens_on_holidays, status, languages)
SELECT load.id(1, c / 10), load.id(6, c::bigint * 312 + j), load.id(3, c / 10 * 3 + c % 10 / 4), starts_at,
    (ARRAY['psychosocial', 'debt', 'addiction'])[c % 10 / 4 + 1], starts_at + interval '4 hours', load.id(4, c),
    load.id(2, c / 10), '{in_person,phone,video}', true, 'published',
    ARRAY['de', (ARRAY['ar', 'uk', 'tr', 'en', 'ru', 'fa'])[(c / 10 + c % 10 / 4) % 6 + 1]]
FROM opened;

-- Two of five slots are booked; what is over was completed.
WITH opened AS (
    SELECT c, j, k, (c::bigint * 312 + j) * 4 + k AS n,
        (date '{monday}' + j / 3 * 7 + (c + j % 3 * 2) % 5
        + make_interval(hours => 8 + (c * 5 + j % 3) % 7)) AT TIME ZONE 'Europe/Berlin' + make_interval(hours => k) AS starts_at
    FROM generate_series({first_counsellor}, {last_counsellor}) AS c, generate_series(0, 311) AS j,
        generate_series(0, 3) AS k
    WHERE (c * 7 + j * 3 + k * 2) % 5 < 2
), lived AS (
    SELECT *, starts_at + interval '50 minutes' <= timestamptz '{now}' AS over,
        least(starts_at - make_interval(days => 1 + (n % 20)::integer),
              timestamptz '{now}' - make_interval(secs => n % 86400)) AS booked_at
    FROM opened
), written AS (
    INSERT INTO appointments (organisation_id, id, code, secret_hash, session_id, service_id, site_id, counsellor_id,
        starts_at, ends_at, time_zone, cancellation_deadline_minutes, modality, language, interpreter_needed,
        status, booked_at, checked_in_at, ended_at)
    SELECT load.id(1, c / 10), load.id(7, n), upper(lpad(to_hex(n), 8, '0')),
        coalesce(s.hash, sha256(n::text::bytea)), load.id(6, c::bigint * 312 + j),
        load.id(3, c / 10 * 3 + c % 10 / 4), load.id(2, c / 10), load.id(4, c),
        starts_at, starts_at + interval '50 minutes', 'Europe/Berlin', 60, 'in_person', 'de', false,
        CASE WHEN over THEN 'completed' ELSE 'booked' END, booked_at,
        CASE WHEN over THEN starts_at END, CASE WHEN over THEN starts_at + interval '50 minutes' END
    FROM lived LEFT JOIN load.secrets s ON s.number = n
    RETURNING organisation_id, id, counsellor_id, starts_at, booked_at
), claimed AS (
    INSERT INTO allocations (organisation_id, resource_id, claim_id, claimed_by_organisation_id, kind, starts_at, ends_at)
    SELECT organisation_id, counsellor_id, id, organisation_id, 'appointment', starts_at, starts_at + interval '1 hour'
    FROM written
), noted AS (
    INSERT INTO audit_entries (organisation_id, id, occurred_at, action, subject_kind, subject_id)
    SELECT organisation_id, ('00000008' || right(id::text, 28))::uuid, booked_at, 'book', 'appointment', id FROM written
)
INSERT INTO outbox_events (organisation_id, id, kind, subject_id, occurred_at)
SELECT organisation_id, ('00000009' || right(id::text, 28))::uuid, 'appointment.booked', id, booked_at
FROM written WHERE booked_at > timestamptz '{now}' - interval '30 days';
