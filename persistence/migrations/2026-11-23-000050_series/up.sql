-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';

-- Appointments that were booked together. Each is one of its own, with a code of its own; the hash
-- of the series' secret is theirs too, so that one secret opens them all by the walls they have.

CREATE TABLE series (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    service_id uuid NOT NULL,
    code text NOT NULL,
    secret_hash bytea NOT NULL,
    rule text,
    time_zone text NOT NULL,
    booked_at timestamptz NOT NULL,
    CONSTRAINT series_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT series_code_key UNIQUE (organisation_id, code),
    CONSTRAINT series_secret_key UNIQUE (organisation_id, id, secret_hash),
    CONSTRAINT series_service_fkey FOREIGN KEY (organisation_id, service_id) REFERENCES services (organisation_id, id)
);
CREATE INDEX series_id ON series (id);
CREATE INDEX series_code ON series (code);
COMMENT ON TABLE series IS 'Appointments booked together. rule is their recurrence (RFC 5545 RRULE with COUNT or UNTIL), if they have one.';
CALL raise_wall('series');
CREATE POLICY opened_by_secret ON series FOR SELECT TO sprechstunde_public USING (secret_hash = shown_secret());
CREATE POLICY visitor_books ON series FOR INSERT TO sprechstunde_public WITH CHECK (true);
GRANT SELECT, INSERT ON series TO sprechstunde_public, sprechstunde_staff;

-- Visitors leave the same traces of a series as of an appointment.
CREATE POLICY visitor_of_a_series ON audit_entries FOR INSERT TO sprechstunde_public
    WITH CHECK (account_id IS NULL AND subject_kind = 'series');
CREATE POLICY visitor_of_a_series ON outbox_events FOR INSERT TO sprechstunde_public
    WITH CHECK (kind LIKE 'series.%');

ALTER TABLE appointments ADD COLUMN series_id uuid;
COMMENT ON COLUMN appointments.series_id IS 'The series with which it was booked, if any.';
-- Checked for every row by a later migration, which locks nobody out.
ALTER TABLE appointments ADD CONSTRAINT appointments_series_fkey
    FOREIGN KEY (organisation_id, series_id, secret_hash) REFERENCES series (organisation_id, id, secret_hash) NOT VALID;
