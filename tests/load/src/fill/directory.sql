-- Bodies, places, people and services. Everything has a number, and its id tells it.
CREATE SCHEMA IF NOT EXISTS load;

CREATE FUNCTION load.id(prefix integer, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (lpad(to_hex(prefix), 8, '0') || '-0000-7000-8000-' || lpad(number::text, 12, '0'))::uuid;

INSERT INTO organisations (id, slug, name, published)
SELECT load.id(1, o), 'organisation-' || o, jsonb_build_object('de', 'Beratungsstelle ' || o), true
FROM generate_series(0, {organisations} - 1) AS o;

-- Two hundred places for each region, spread evenly over a disc of 50 km around its centre.
INSERT INTO sites (organisation_id, id, name, street, postal_code, city, latitude, longitude, federal_state,
    time_zone, published)
SELECT load.id(1, o), load.id(2, o), jsonb_build_object('de', 'Laden ' || o), 'Weg ' || o, '00000', r.city,
    r.latitude + distance * cos(angle) / 111.2,
    r.longitude + distance * sin(angle) / (111.2 * cos(radians(r.latitude))),
    r.state, 'Europe/Berlin', true
FROM generate_series(0, {organisations} - 1) AS o
JOIN (VALUES
    (0, 'Leipzig', 51.34, 12.37, 'DE-SN'), (1, 'Berlin', 52.52, 13.40, 'DE-BE'),
    (2, 'Hamburg', 53.55, 9.99, 'DE-HH'), (3, 'München', 48.14, 11.58, 'DE-BY'),
    (4, 'Köln', 50.94, 6.96, 'DE-NW'), (5, 'Stuttgart', 48.78, 9.18, 'DE-BW'),
    (6, 'Frankfurt', 50.11, 8.68, 'DE-HE'), (7, 'Hannover', 52.37, 9.73, 'DE-NI'),
    (8, 'Nürnberg', 49.45, 11.08, 'DE-BY'), (9, 'Freiburg', 48.00, 7.85, 'DE-BW')
) AS r (region, city, latitude, longitude, state) ON r.region = o / 200
CROSS JOIN LATERAL (SELECT 50 * sqrt((o % 200 + 0.5) / 200) AS distance, (o % 200) * 2.399963 AS angle) AS place;

INSERT INTO services (organisation_id, id, name, topic, format, modalities, languages, contact_rule,
    length_minutes, start_every_minutes, buffer_before_minutes, buffer_after_minutes,
    minimum_notice_minutes, horizon_days, cancellation_deadline_minutes, published)
SELECT load.id(1, v / 3), load.id(3, v), jsonb_build_object('de', 'Gespräch ' || v),
    (ARRAY['psychosocial', 'debt', 'addiction'])[v % 3 + 1], 'individual', '{in_person,phone}',
    ARRAY['de', (ARRAY['ar', 'uk', 'tr', 'en', 'ru', 'fa'])[(v / 3 + v % 3) % 6 + 1]], 'optional',
    50, 60, 0, 10, 0, 366, 60, true
FROM generate_series(0, {organisations} * 3 - 1) AS v;

INSERT INTO resources (organisation_id, id, kind)
SELECT load.id(1, c / 10), load.id(4, c), 'counsellor' FROM generate_series(0, {organisations} * 10 - 1) AS c;

-- The first four counsellors of a body are for its first service, four for its second, two for its third.
INSERT INTO counsellors (organisation_id, id, display_name, languages, published)
SELECT v.organisation_id, load.id(4, c), 'Beraterin ' || c, v.languages, true
FROM generate_series(0, {organisations} * 10 - 1) AS c
JOIN services v ON v.id = load.id(3, c / 10 * 3 + c % 10 / 4);

INSERT INTO accounts (id, email, display_name, password_hash, created_at)
SELECT load.id(5, o), 'coordinator-' || o || '@load.example', 'Koordinatorin ' || o, '-', '2026-01-01'
FROM generate_series(0, {organisations} - 1) AS o;
INSERT INTO memberships (organisation_id, account_id, role)
SELECT load.id(1, o), load.id(5, o), 'coordinator' FROM generate_series(0, {organisations} - 1) AS o;

CREATE TABLE load.secrets (number bigint PRIMARY KEY, hash bytea NOT NULL);
CREATE TABLE load.waiting_secrets (number bigint PRIMARY KEY, hash bytea NOT NULL);
-- Written last of all: what is in here is whole.
CREATE TABLE load.filling (generator integer, scale bigint, schema text, monday text);
