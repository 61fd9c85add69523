-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';

-- Counselling is not a hotel: whoever missed several talks is not shut out. An organisation may want
-- to agree to what they book, for a while that ends by itself.
ALTER TABLE organisations
    ADD COLUMN no_show_after integer,
    ADD COLUMN no_show_within_days integer,
    ADD COLUMN no_show_approval_days integer,
    ADD CONSTRAINT organisations_no_shows CHECK (
        num_nulls(no_show_after, no_show_within_days, no_show_approval_days) IN (0, 3)
        AND no_show_after BETWEEN 2 AND 10 AND no_show_within_days BETWEEN 1 AND 180
        AND no_show_approval_days BETWEEN 1 AND 90);
COMMENT ON COLUMN organisations.no_show_after IS 'After so many missed talks within no_show_within_days, what the visitor books needs approval for no_show_approval_days. NULL: never.';
GRANT SELECT (no_show_after, no_show_within_days, no_show_approval_days) ON organisations TO sprechstunde_public;

CREATE TABLE no_shows (
    organisation_id uuid NOT NULL,
    appointment_id uuid NOT NULL,
    contact_hash bytea NOT NULL,
    missed_at timestamptz NOT NULL,
    delete_after timestamptz NOT NULL,
    CONSTRAINT no_shows_pkey PRIMARY KEY (organisation_id, appointment_id, contact_hash),
    CONSTRAINT no_shows_appointment_fkey FOREIGN KEY (organisation_id, appointment_id)
        REFERENCES appointments (organisation_id, id),
    CONSTRAINT no_shows_hash CHECK (length(contact_hash) = 32),
    CONSTRAINT no_shows_bounded CHECK (delete_after <= missed_at + interval '271 days')
);
CREATE INDEX no_shows_contact ON no_shows (organisation_id, contact_hash);
CREATE INDEX no_shows_delete_after ON no_shows (delete_after);
COMMENT ON TABLE no_shows IS 'Who missed a talk, as a keyed hash of the address or number that was given; only where the organisation has a rule for it. Visitors who gave nothing are not here.';
CALL raise_wall('no_shows');
CREATE FUNCTION shown_contacts() RETURNS bytea[] LANGUAGE sql STABLE PARALLEL SAFE
    RETURN ARRAY(SELECT decode(shown, 'hex')
                 FROM unnest(string_to_array(nullif(current_setting('app.contact_hashes', true), ''), ',')) AS shown);
-- A visitor reads what is known of the address that they give.
CREATE POLICY own_contact ON no_shows FOR SELECT TO sprechstunde_public USING (contact_hash = ANY (shown_contacts()));
GRANT SELECT (organisation_id, contact_hash, appointment_id, missed_at) ON no_shows TO sprechstunde_public;
GRANT SELECT, INSERT, DELETE ON no_shows TO sprechstunde_staff;
GRANT SELECT, UPDATE (delete_after), DELETE ON no_shows TO sprechstunde_worker;
