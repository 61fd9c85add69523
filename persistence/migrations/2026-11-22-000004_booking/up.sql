-- Who got what: claims, holds, appointments.

CREATE TABLE allocations (
    organisation_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    claim_id uuid NOT NULL,
    claimed_by_organisation_id uuid NOT NULL,
    kind text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    expires_at timestamptz,
    CONSTRAINT allocations_pkey PRIMARY KEY (organisation_id, resource_id, claim_id),
    CONSTRAINT allocations_resource_fkey FOREIGN KEY (organisation_id, resource_id) REFERENCES resources (organisation_id, id),
    CONSTRAINT allocations_claimant_fkey FOREIGN KEY (claimed_by_organisation_id) REFERENCES organisations (id),
    CONSTRAINT allocations_kind CHECK (kind IN ('appointment', 'hold')),
    CONSTRAINT allocations_expiry CHECK ((kind = 'hold') = (expires_at IS NOT NULL)),
    CONSTRAINT allocations_length CHECK (ends_at > starts_at AND ends_at <= starts_at + interval '24 hours'),
    CONSTRAINT allocations_never_overlap
        EXCLUDE USING gist (resource_id WITH =, tstzrange(starts_at, ends_at, '[)') WITH &&)
);
CREATE INDEX allocations_resource_start ON allocations (organisation_id, resource_id, starts_at) INCLUDE (ends_at, expires_at);
CREATE INDEX allocations_claim ON allocations (claim_id);
CREATE INDEX allocations_expiry_index ON allocations (expires_at) WHERE expires_at IS NOT NULL;
COMMENT ON TABLE allocations IS 'Claims on resources, buffers included. Two that overlap cannot exist. organisation_id is the owner of the resource; claim_id is the appointment or hold.';
CALL raise_wall('allocations');
-- Visitors see that a span is busy, never why (no grant on kind).
CREATE POLICY busy ON allocations FOR SELECT TO sprechstunde_public USING (true);
CREATE POLICY visitor_claims ON allocations FOR INSERT TO sprechstunde_public WITH CHECK (true);
GRANT SELECT (organisation_id, resource_id, claim_id, starts_at, ends_at, expires_at), INSERT, DELETE
    ON allocations TO sprechstunde_public;
GRANT SELECT, INSERT, DELETE ON allocations TO sprechstunde_staff;
GRANT SELECT, UPDATE (expires_at), DELETE ON allocations TO sprechstunde_worker;

CREATE TABLE holds (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    session_id uuid NOT NULL,
    service_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    token_hash bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT holds_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT holds_session_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id),
    CONSTRAINT holds_service_fkey FOREIGN KEY (organisation_id, service_id) REFERENCES services (organisation_id, id)
);
CREATE INDEX holds_id ON holds (id);
CREATE INDEX holds_expiry ON holds (expires_at);
COMMENT ON TABLE holds IS 'Short exclusive claims, redeemed only with their token.';
CALL raise_wall('holds');
CREATE POLICY opened_by_token ON holds FOR SELECT TO sprechstunde_public USING (token_hash = shown_secret());
CREATE POLICY redeemed_by_token ON holds FOR DELETE TO sprechstunde_public USING (token_hash = shown_secret());
-- Locking a row needs an UPDATE policy; nothing passes its check.
CREATE POLICY never_changed ON holds FOR UPDATE TO sprechstunde_public USING (token_hash = shown_secret()) WITH CHECK (false);
CREATE POLICY visitor_holds ON holds FOR INSERT TO sprechstunde_public WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE (expires_at), DELETE ON holds TO sprechstunde_public, sprechstunde_staff;
GRANT SELECT (organisation_id, id, expires_at), UPDATE (expires_at), DELETE ON holds TO sprechstunde_worker;

CREATE TABLE appointments (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    code text NOT NULL,
    secret_hash bytea NOT NULL,
    session_id uuid NOT NULL,
    service_id uuid NOT NULL,
    site_id uuid NOT NULL,
    counsellor_id uuid NOT NULL,
    room_id uuid,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    time_zone text NOT NULL,
    cancellation_deadline_minutes integer NOT NULL,
    modality text NOT NULL,
    language text,
    interpreter_needed boolean NOT NULL,
    status text NOT NULL,
    booked_at timestamptz NOT NULL,
    checked_in_at timestamptz,
    ended_at timestamptz,
    cancelled_by text,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT appointments_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT appointments_code_key UNIQUE (organisation_id, code),
    CONSTRAINT appointments_session_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id),
    CONSTRAINT appointments_service_fkey FOREIGN KEY (organisation_id, service_id) REFERENCES services (organisation_id, id),
    CONSTRAINT appointments_site_fkey FOREIGN KEY (organisation_id, site_id) REFERENCES sites (organisation_id, id),
    CONSTRAINT appointments_counsellor_fkey FOREIGN KEY (organisation_id, counsellor_id) REFERENCES counsellors (organisation_id, id),
    CONSTRAINT appointments_room_fkey FOREIGN KEY (organisation_id, room_id) REFERENCES rooms (organisation_id, id),
    CONSTRAINT appointments_status CHECK (status IN ('requested', 'booked', 'checked_in', 'completed', 'no_show', 'cancelled')),
    CONSTRAINT appointments_modality CHECK (modality IN ('in_person', 'phone', 'video', 'at_home')),
    CONSTRAINT appointments_span CHECK (ends_at > starts_at),
    CONSTRAINT appointments_cancelled_by CHECK (cancelled_by IN ('visitor', 'staff')),
    -- A status carries its facts.
    CONSTRAINT appointments_facts CHECK (
        (status IN ('completed', 'no_show', 'cancelled')) = (ended_at IS NOT NULL)
        AND (status = 'cancelled') = (cancelled_by IS NOT NULL)
        AND (status <> 'checked_in' OR checked_in_at IS NOT NULL)
        AND (status <> 'completed' OR checked_in_at IS NOT NULL))
);
CREATE INDEX appointments_id ON appointments (id);
CREATE INDEX appointments_code ON appointments (code);
CREATE INDEX appointments_day ON appointments (organisation_id, starts_at, id);
COMMENT ON TABLE appointments IS 'Booked slots. What the visitor gave of themselves stands apart, in contacts. The secret is kept as a keyed hash.';
CALL raise_wall('appointments');
CREATE POLICY opened_by_secret ON appointments FOR SELECT TO sprechstunde_public USING (secret_hash = shown_secret());
CREATE POLICY changed_by_secret ON appointments FOR UPDATE TO sprechstunde_public
    USING (secret_hash = shown_secret())
    WITH CHECK (secret_hash = shown_secret() AND status IN ('requested', 'booked', 'cancelled')
        AND cancelled_by IS DISTINCT FROM 'staff');
CREATE POLICY visitor_books ON appointments FOR INSERT TO sprechstunde_public
    WITH CHECK (status IN ('requested', 'booked'));
GRANT SELECT, INSERT, UPDATE (session_id, site_id, counsellor_id, room_id, starts_at, ends_at, time_zone,
    cancellation_deadline_minutes, modality, status, ended_at, cancelled_by, version) ON appointments TO sprechstunde_public;
GRANT SELECT, INSERT, UPDATE ON appointments TO sprechstunde_staff;

CREATE TABLE contacts (
    organisation_id uuid NOT NULL,
    appointment_id uuid NOT NULL,
    sealed bytea,
    sealed_reason bytea,
    delete_after timestamptz NOT NULL,
    CONSTRAINT contacts_pkey PRIMARY KEY (organisation_id, appointment_id),
    CONSTRAINT contacts_appointment_fkey FOREIGN KEY (organisation_id, appointment_id)
        REFERENCES appointments (organisation_id, id),
    CONSTRAINT contacts_something CHECK (sealed IS NOT NULL OR sealed_reason IS NOT NULL)
);
CREATE INDEX contacts_delete_after ON contacts (delete_after);
COMMENT ON TABLE contacts IS 'What a visitor gave: name, e-mail, telephone, access needs and note, sealed in one value, and why the appointment was cancelled; bound to the row.';
CALL raise_wall('contacts');
CREATE POLICY opened_by_secret ON contacts TO sprechstunde_public
    USING (EXISTS (SELECT FROM appointments a
                   WHERE a.organisation_id = contacts.organisation_id AND a.id = contacts.appointment_id))
    WITH CHECK (EXISTS (SELECT FROM appointments a
                        WHERE a.organisation_id = contacts.organisation_id AND a.id = contacts.appointment_id));
GRANT SELECT, INSERT, UPDATE (sealed_reason, delete_after) ON contacts TO sprechstunde_public;
GRANT SELECT, INSERT, UPDATE ON contacts TO sprechstunde_staff;
GRANT SELECT (organisation_id, appointment_id, delete_after), UPDATE (delete_after), DELETE ON contacts TO sprechstunde_worker;

-- A visitor frees what has expired, and what the shown secret or token opens.
CREATE POLICY visitor_frees ON allocations FOR DELETE TO sprechstunde_public
    USING (expires_at <= acting_at()
        OR EXISTS (SELECT FROM appointments a
                   WHERE a.organisation_id = claimed_by_organisation_id AND a.id = claim_id)
        OR EXISTS (SELECT FROM holds h
                   WHERE h.organisation_id = claimed_by_organisation_id AND h.id = claim_id));
