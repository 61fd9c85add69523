-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';
LOCK TABLE rooms IN SHARE ROW EXCLUSIVE MODE;

CREATE TABLE meetings (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    title text NOT NULL,
    rule text,
    time_zone text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT meetings_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT meetings_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES organisations (id)
);
CREATE INDEX meetings_id ON meetings (id);
COMMENT ON TABLE meetings IS 'Meetings of staff, without visitors: once, or on the dates of a rule (RFC 5545). What it is about nobody learns but the staff of the organisation.';
CALL raise_wall('meetings');
GRANT SELECT, INSERT ON meetings TO sprechstunde_staff;

CREATE TABLE meeting_dates (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    meeting_id uuid NOT NULL,
    room_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    cancelled_at timestamptz,
    CONSTRAINT meeting_dates_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT meeting_dates_start_key UNIQUE (organisation_id, meeting_id, starts_at),
    CONSTRAINT meeting_dates_meeting_fkey FOREIGN KEY (organisation_id, meeting_id) REFERENCES meetings (organisation_id, id),
    CONSTRAINT meeting_dates_room_fkey FOREIGN KEY (organisation_id, room_id) REFERENCES rooms (organisation_id, id),
    -- No claim is longer than a day: reading the claims of a span relies on it.
    CONSTRAINT meeting_dates_length CHECK (ends_at > starts_at AND ends_at <= starts_at + interval '24 hours')
);
COMMENT ON TABLE meeting_dates IS 'The dates of meetings, each in one room, which may be on loan. One that is not cancelled has a claim with its id.';
CALL raise_wall('meeting_dates');
GRANT SELECT, INSERT, UPDATE (cancelled_at) ON meeting_dates TO sprechstunde_staff;
