-- When: schedules and the dated sessions they publish; what takes time away from them.

CREATE TABLE schedules (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    counsellor_id uuid NOT NULL,
    site_id uuid NOT NULL,
    room_id uuid,
    service_ids uuid[] NOT NULL,
    modalities text[] NOT NULL,
    rule text NOT NULL,
    starts time NOT NULL,
    ends time NOT NULL,
    valid_from date NOT NULL,
    valid_until date,
    exceptions date[] NOT NULL DEFAULT '{}',
    opens_on_holidays boolean NOT NULL DEFAULT false,
    published_before date NOT NULL,
    archived_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT schedules_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT schedules_counsellor_fkey FOREIGN KEY (organisation_id, counsellor_id) REFERENCES counsellors (organisation_id, id),
    CONSTRAINT schedules_site_fkey FOREIGN KEY (organisation_id, site_id) REFERENCES sites (organisation_id, id),
    CONSTRAINT schedules_room_fkey FOREIGN KEY (organisation_id, room_id) REFERENCES rooms (organisation_id, id),
    CONSTRAINT schedules_validity CHECK (valid_until >= valid_from)
);
CREATE INDEX schedules_published_before ON schedules (published_before) WHERE archived_at IS NULL;
COMMENT ON TABLE schedules IS 'Recurring rules in local time (RFC 5545 RRULE). Sessions are published up to, not including, published_before.';
CALL raise_wall('schedules');
GRANT SELECT, INSERT, UPDATE ON schedules TO sprechstunde_staff;
GRANT SELECT, UPDATE ON schedules TO sprechstunde_worker;

CREATE TABLE sessions (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    schedule_id uuid,
    original_start timestamp,
    counsellor_id uuid NOT NULL,
    site_id uuid NOT NULL,
    room_id uuid,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    modalities text[] NOT NULL,
    opens_on_holidays boolean NOT NULL DEFAULT false,
    status text NOT NULL,
    edited_by_hand boolean NOT NULL DEFAULT false,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT sessions_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT sessions_schedule_fkey FOREIGN KEY (organisation_id, schedule_id) REFERENCES schedules (organisation_id, id),
    CONSTRAINT sessions_counsellor_fkey FOREIGN KEY (organisation_id, counsellor_id) REFERENCES counsellors (organisation_id, id),
    CONSTRAINT sessions_site_fkey FOREIGN KEY (organisation_id, site_id) REFERENCES sites (organisation_id, id),
    CONSTRAINT sessions_room_fkey FOREIGN KEY (organisation_id, room_id) REFERENCES rooms (organisation_id, id),
    CONSTRAINT sessions_occurrence_key UNIQUE (organisation_id, schedule_id, original_start),
    CONSTRAINT sessions_occurrence CHECK ((schedule_id IS NULL) = (original_start IS NULL)),
    CONSTRAINT sessions_start_key UNIQUE (organisation_id, id, starts_at),
    CONSTRAINT sessions_status CHECK (status IN ('published', 'withdrawn')),
    -- Reading the sessions of a span by their start relies on this bound.
    CONSTRAINT sessions_length CHECK (ends_at > starts_at AND ends_at <= starts_at + interval '25 hours')
);
CREATE INDEX sessions_id ON sessions (id);
CREATE INDEX sessions_starts_at ON sessions (organisation_id, starts_at);
COMMENT ON TABLE sessions IS 'Dated openings, published by a schedule or by a person. (schedule, original local start) is the identity that publishing again finds.';
CALL raise_wall('sessions');
CREATE POLICY published ON sessions FOR SELECT TO sprechstunde_public USING (status = 'published');
GRANT SELECT ON sessions TO sprechstunde_public;
GRANT SELECT, INSERT, UPDATE ON sessions TO sprechstunde_staff, sprechstunde_worker;

CREATE TABLE session_services (
    organisation_id uuid NOT NULL,
    session_id uuid NOT NULL,
    service_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    CONSTRAINT session_services_pkey PRIMARY KEY (organisation_id, session_id, service_id),
    CONSTRAINT session_services_session_fkey FOREIGN KEY (organisation_id, session_id, starts_at)
        REFERENCES sessions (organisation_id, id, starts_at) ON UPDATE CASCADE,
    CONSTRAINT session_services_service_fkey FOREIGN KEY (organisation_id, service_id) REFERENCES services (organisation_id, id)
);
CREATE INDEX session_services_start ON session_services (organisation_id, service_id, starts_at) INCLUDE (session_id);
COMMENT ON TABLE session_services IS 'Which services a session offers; carries its start, so that a service''s week is one index range.';
CALL raise_wall('session_services');
CREATE POLICY published ON session_services FOR SELECT TO sprechstunde_public USING (true);
GRANT SELECT ON session_services TO sprechstunde_public;
GRANT SELECT, INSERT, UPDATE, DELETE ON session_services TO sprechstunde_staff, sprechstunde_worker;

CREATE TABLE absences (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    counsellor_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    archived_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT absences_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT absences_counsellor_fkey FOREIGN KEY (organisation_id, counsellor_id) REFERENCES counsellors (organisation_id, id),
    CONSTRAINT absences_span CHECK (ends_at > starts_at)
);
CREATE INDEX absences_counsellor ON absences (organisation_id, counsellor_id, ends_at)
    INCLUDE (starts_at) WHERE archived_at IS NULL;
COMMENT ON TABLE absences IS 'When a counsellor is away. The reason is nobody''s business and not stored.';
CALL raise_wall('absences');
CREATE POLICY spans ON absences FOR SELECT TO sprechstunde_public USING (archived_at IS NULL);
GRANT SELECT (organisation_id, counsellor_id, starts_at, ends_at, archived_at) ON absences TO sprechstunde_public;
GRANT SELECT, INSERT, UPDATE ON absences TO sprechstunde_staff;

CREATE TABLE closures (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    site_id uuid,
    room_id uuid,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    reason jsonb,
    archived_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT closures_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT closures_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT closures_site_fkey FOREIGN KEY (organisation_id, site_id) REFERENCES sites (organisation_id, id),
    CONSTRAINT closures_room_fkey FOREIGN KEY (organisation_id, room_id) REFERENCES rooms (organisation_id, id),
    CONSTRAINT closures_one_scope CHECK (site_id IS NULL OR room_id IS NULL),
    CONSTRAINT closures_span CHECK (ends_at > starts_at)
);
CREATE INDEX closures_organisation ON closures (organisation_id, ends_at) WHERE archived_at IS NULL;
COMMENT ON TABLE closures IS 'When a room, a site or (with neither) the whole organisation is closed.';
CALL raise_wall('closures');
CREATE POLICY spans ON closures FOR SELECT TO sprechstunde_public USING (archived_at IS NULL);
GRANT SELECT (organisation_id, site_id, room_id, starts_at, ends_at, archived_at) ON closures TO sprechstunde_public;
GRANT SELECT, INSERT, UPDATE ON closures TO sprechstunde_staff;
