-- A group, talks with needs, and talks for series, in each organisation, and talks for which people
-- wait in some; see `besides.rs`. Nothing else reads them: they have topics of their own, and no
-- appointments.
CREATE TEMPORARY TABLE beside AS
SELECT o, k, load.id(1, o) AS organisation_id, load.id(3, {organisations} * 3 + o * 4 + k) AS service_id,
    {organisations} * 10 + o * 4 + k AS c, load.id(4, {organisations} * 10 + o * 4 + k) AS counsellor_id,
    (ARRAY['self_help', 'medical', 'social', 'legal'])[k + 1] AS topic, CASE WHEN k = 0 THEN 20 END AS capacity
FROM generate_series(0, {organisations} - 1) AS o, generate_series(0, 3) AS k
WHERE k < 3 OR o < {waitlists};
CREATE TABLE load.awaited AS SELECT o, c, service_id, counsellor_id FROM beside WHERE k = 3;

-- Two rooms and two pieces, of which one is taken with each talk.
INSERT INTO resources (organisation_id, id, kind)
SELECT organisation_id, counsellor_id, 'counsellor' FROM beside
UNION ALL SELECT organisation_id, load.id(16, o * 2 + n), 'room' FROM beside, generate_series(0, 1) AS n WHERE k = 1
UNION ALL SELECT organisation_id, load.id(18, o * 2 + n), 'equipment' FROM beside, generate_series(0, 1) AS n WHERE k = 1;
INSERT INTO rooms (organisation_id, id, site_id, name, features)
SELECT organisation_id, load.id(16, o * 2 + n), load.id(2, o), 'Raum ' || n, '{wheelchair}'
FROM beside, generate_series(0, 1) AS n WHERE k = 1;
INSERT INTO equipment (organisation_id, id, name, pieces)
SELECT organisation_id, load.id(17, o), 'Gerät', 2 FROM beside WHERE k = 1;
INSERT INTO equipment_pieces (organisation_id, equipment_id, number, id)
SELECT organisation_id, load.id(17, o), n + 1, load.id(18, o * 2 + n) FROM beside, generate_series(0, 1) AS n WHERE k = 1;

INSERT INTO services (organisation_id, id, name, topic, format, modalities, languages, contact_rule,
    length_minutes, start_every_minutes, buffer_before_minutes, buffer_after_minutes,
    minimum_notice_minutes, horizon_days, cancellation_deadline_minutes, published,
    capacity, needs_room, room_features, equipment_ids, equipment_pieces, waitlist_offer_minutes)
SELECT organisation_id, service_id, jsonb_build_object('de', topic || ' ' || o), topic,
    CASE WHEN k = 0 THEN 'group' ELSE 'individual' END, '{in_person,phone}', '{de}', 'optional',
    50, 60, 0, CASE WHEN k = 0 THEN 0 ELSE 10 END, 0, 366, 60, true,
    capacity, k = 1, CASE WHEN k = 1 THEN '{wheelchair}'::text[] ELSE '{}' END,
    CASE WHEN k = 1 THEN ARRAY[load.id(17, o)] ELSE '{}' END, CASE WHEN k = 1 THEN '{1}'::integer[] ELSE '{}' END,
    CASE WHEN k = 3 THEN 1440 END
FROM beside;
INSERT INTO counsellors (organisation_id, id, display_name, languages, published)
SELECT organisation_id, counsellor_id, 'Beraterin ' || c, '{de}', true FROM beside;

-- From the week on in which it is filled; a group meets once a week, and what people wait for begins later.
CREATE TEMPORARY TABLE opened AS
SELECT b.*, j, load.id(6, c::bigint * 312 + j) AS session_id, (date '{monday}' + j / 3 * 7 + (c + j % 3 * 2)::integer % 5
    + make_interval(hours => 8 + (c * 5 + j % 3)::integer % 7)) AT TIME ZONE 'Europe/Berlin' AS starts_at
FROM beside b, generate_series(156, 311) AS j WHERE k IN (1, 2) OR k = 0 AND j % 3 = 0 OR k = 3 AND j >= {first};

INSERT INTO sessions (organisation_id, id, counsellor_id, site_id, starts_at, ends_at, modalities,
    opens_on_holidays, status, capacity)
SELECT organisation_id, session_id, counsellor_id, load.id(2, o), starts_at, starts_at + interval '4 hours',
    '{in_person,phone,video}', true, 'published', capacity FROM opened;
INSERT INTO session_services (organisation_id, session_id, service_id, starts_at, topic, ends_at, counsellor_id,
    site_id, modalities, opens_on_holidays, status, languages)
SELECT organisation_id, session_id, service_id, starts_at, topic, starts_at + interval '4 hours', counsellor_id,
    load.id(2, o), '{in_person,phone,video}', true, 'published', '{de}' FROM opened;

-- Groups have their time to themselves. Of talks with needs two of five slots are taken; who took
-- them is of no interest here.
INSERT INTO allocations (organisation_id, resource_id, claim_id, claimed_by_organisation_id, kind, starts_at, ends_at)
SELECT organisation_id, counsellor_id, session_id, organisation_id, 'session', starts_at, starts_at + interval '4 hours'
FROM opened WHERE k = 0
UNION ALL
SELECT organisation_id, r.id, load.id(7, (c::bigint * 312 + j) * 4 + p), organisation_id, 'appointment',
    starts_at + make_interval(hours => p), starts_at + make_interval(hours => p + 1)
FROM opened, generate_series(0, 3) AS p
CROSS JOIN LATERAL (VALUES (counsellor_id), (load.id(16, o * 2)), (load.id(18, o * 2))) AS r (id)
WHERE k = 1 AND (c * 7 + j * 3 + p * 2) % 5 < 2;
DROP TABLE opened, beside;
