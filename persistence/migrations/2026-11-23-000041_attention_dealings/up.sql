-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';

CREATE TABLE attention_dealings (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    appointment_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    cause text NOT NULL,
    account_id uuid NOT NULL,
    dealt_with_at timestamptz NOT NULL,
    sealed_note bytea,
    delete_after timestamptz NOT NULL,
    CONSTRAINT attention_dealings_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT attention_dealings_cause_key UNIQUE (organisation_id, appointment_id, starts_at, cause),
    CONSTRAINT attention_dealings_appointment_fkey FOREIGN KEY (organisation_id, appointment_id)
        REFERENCES appointments (organisation_id, id),
    CONSTRAINT attention_dealings_cause CHECK (length(cause) BETWEEN 1 AND 200)
);
CREATE INDEX attention_dealings_delete_after ON attention_dealings (delete_after);
COMMENT ON TABLE attention_dealings IS 'That somebody has dealt with one cause for which an appointment at that time needs attention; what they noted is sealed, bound to the row. A new cause, or another time, needs attention anew.';
CALL raise_wall('attention_dealings');
GRANT SELECT, INSERT ON attention_dealings TO sprechstunde_staff;
GRANT SELECT (organisation_id, id, delete_after), UPDATE (delete_after), DELETE ON attention_dealings TO sprechstunde_worker;
