-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';
-- In the order in which bookings and cancellations take them: no two wait in a circle.
LOCK TABLE services, appointments, allocations, places, outbox_events, audit_entries IN ACCESS EXCLUSIVE MODE;

-- The waiting list: wishes that get the next slot that fits offered, one at a time.

ALTER TABLE services
    ADD COLUMN waitlist_offer_minutes integer,
    ADD CONSTRAINT services_waitlist_offer CHECK (waitlist_offer_minutes BETWEEN 10 AND 10080);
COMMENT ON COLUMN services.waitlist_offer_minutes IS 'How long a slot is held for the answer of who waits; NULL where it keeps no waiting list.';
CREATE INDEX services_waitlist ON services (organisation_id) WHERE waitlist_offer_minutes IS NOT NULL;

CREATE TABLE waitlist_entries (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    code text NOT NULL,
    secret_hash bytea NOT NULL,
    key_hash bytea NOT NULL,
    service_id uuid NOT NULL,
    counsellor_id uuid,
    site_id uuid,
    language text,
    modality text,
    spans_from timestamptz[] NOT NULL DEFAULT '{}',
    spans_before timestamptz[] NOT NULL DEFAULT '{}',
    joined_at timestamptz NOT NULL,
    queued_at timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    unanswered integer NOT NULL DEFAULT 0,
    status text NOT NULL DEFAULT 'waiting',
    ended_at timestamptz,
    appointment_id uuid,
    CONSTRAINT waitlist_entries_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT waitlist_entries_code_key UNIQUE (organisation_id, code),
    CONSTRAINT waitlist_entries_service_fkey FOREIGN KEY (organisation_id, service_id) REFERENCES services (organisation_id, id),
    CONSTRAINT waitlist_entries_counsellor_fkey FOREIGN KEY (organisation_id, counsellor_id)
        REFERENCES counsellors (organisation_id, id),
    CONSTRAINT waitlist_entries_site_fkey FOREIGN KEY (organisation_id, site_id) REFERENCES sites (organisation_id, id),
    CONSTRAINT waitlist_entries_appointment_fkey FOREIGN KEY (organisation_id, appointment_id)
        REFERENCES appointments (organisation_id, id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT waitlist_entries_status CHECK (status IN ('waiting', 'offered', 'booked', 'left', 'expired')),
    CONSTRAINT waitlist_entries_modality CHECK (modality IN ('in_person', 'phone', 'video', 'at_home')),
    CONSTRAINT waitlist_entries_spans CHECK (cardinality(spans_from) = cardinality(spans_before) AND cardinality(spans_from) <= 20),
    CONSTRAINT waitlist_entries_unanswered CHECK (unanswered >= 0),
    -- A status carries its facts.
    CONSTRAINT waitlist_entries_facts CHECK (
        (status IN ('booked', 'left', 'expired')) = (ended_at IS NOT NULL)
        AND (status = 'booked') = (appointment_id IS NOT NULL))
);
CREATE INDEX waitlist_entries_id ON waitlist_entries (id);
-- Whoever sends a key again waits once, however much later.
CREATE UNIQUE INDEX waitlist_entries_key ON waitlist_entries (organisation_id, key_hash) WHERE ended_at IS NULL;
CREATE INDEX waitlist_entries_line ON waitlist_entries (organisation_id, queued_at, id) WHERE status = 'waiting';
CREATE INDEX waitlist_entries_listed ON waitlist_entries (organisation_id, queued_at, id);
COMMENT ON TABLE waitlist_entries IS 'Who waits for which slot. Who was queued first is offered first. What the visitor gave of themselves stands apart, in waitlist_contacts. The secret is kept as a keyed hash, and becomes that of the appointment.';
CALL raise_wall('waitlist_entries');
CREATE POLICY opened_by_secret ON waitlist_entries FOR SELECT TO sprechstunde_public USING (secret_hash = shown_secret());
CREATE POLICY visitor_joins ON waitlist_entries FOR INSERT TO sprechstunde_public WITH CHECK (status = 'waiting');
CREATE POLICY changed_by_secret ON waitlist_entries FOR UPDATE TO sprechstunde_public
    USING (secret_hash = shown_secret())
    WITH CHECK (secret_hash = shown_secret() AND status IN ('waiting', 'booked', 'left'));
GRANT SELECT, INSERT, UPDATE (status, queued_at, unanswered, ended_at, appointment_id)
    ON waitlist_entries TO sprechstunde_public, sprechstunde_staff;

CREATE TABLE waitlist_offers (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    entry_id uuid NOT NULL,
    session_id uuid NOT NULL,
    site_id uuid NOT NULL,
    counsellor_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    time_zone text NOT NULL,
    modality text NOT NULL,
    state text NOT NULL DEFAULT 'open',
    offered_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT waitlist_offers_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT waitlist_offers_entry_fkey FOREIGN KEY (organisation_id, entry_id)
        REFERENCES waitlist_entries (organisation_id, id),
    CONSTRAINT waitlist_offers_session_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id),
    CONSTRAINT waitlist_offers_state CHECK (state IN ('open', 'accepted', 'declined', 'expired')),
    CONSTRAINT waitlist_offers_span CHECK (ends_at > starts_at),
    CONSTRAINT waitlist_offers_due CHECK (expires_at > offered_at AND expires_at <= starts_at)
);
CREATE INDEX waitlist_offers_entry ON waitlist_offers (organisation_id, entry_id);
CREATE INDEX waitlist_offers_due_index ON waitlist_offers (organisation_id, expires_at) WHERE state = 'open';
-- One at a time.
CREATE UNIQUE INDEX waitlist_offers_open ON waitlist_offers (organisation_id, entry_id) WHERE state = 'open';
COMMENT ON TABLE waitlist_offers IS 'What was offered to whom. An open one has a claim of the kind hold, or a place, with its id, until it expires. Nobody is asked twice about the same slot.';
CALL raise_wall('waitlist_offers');
CREATE POLICY opened_by_secret ON waitlist_offers FOR SELECT TO sprechstunde_public
    USING (EXISTS (SELECT FROM waitlist_entries e
                   WHERE e.organisation_id = waitlist_offers.organisation_id AND e.id = waitlist_offers.entry_id));
CREATE POLICY answered_by_secret ON waitlist_offers FOR UPDATE TO sprechstunde_public
    USING (EXISTS (SELECT FROM waitlist_entries e
                   WHERE e.organisation_id = waitlist_offers.organisation_id AND e.id = waitlist_offers.entry_id))
    WITH CHECK (state IN ('accepted', 'declined'));
GRANT SELECT, UPDATE (state) ON waitlist_offers TO sprechstunde_public;
GRANT SELECT, INSERT, UPDATE (state) ON waitlist_offers TO sprechstunde_staff;

CREATE TABLE waitlist_contacts (
    organisation_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    sealed bytea NOT NULL,
    delete_after timestamptz NOT NULL,
    CONSTRAINT waitlist_contacts_pkey PRIMARY KEY (organisation_id, entry_id),
    CONSTRAINT waitlist_contacts_entry_fkey FOREIGN KEY (organisation_id, entry_id)
        REFERENCES waitlist_entries (organisation_id, id)
);
CREATE INDEX waitlist_contacts_delete_after ON waitlist_contacts (delete_after);
COMMENT ON TABLE waitlist_contacts IS 'What a visitor gave who waits, sealed in one value and bound to the row. Goes with the end of the entry: an appointment has a contact of its own.';
CALL raise_wall('waitlist_contacts');
CREATE POLICY opened_by_secret ON waitlist_contacts TO sprechstunde_public
    USING (EXISTS (SELECT FROM waitlist_entries e
                   WHERE e.organisation_id = waitlist_contacts.organisation_id AND e.id = waitlist_contacts.entry_id))
    WITH CHECK (EXISTS (SELECT FROM waitlist_entries e
                        WHERE e.organisation_id = waitlist_contacts.organisation_id AND e.id = waitlist_contacts.entry_id));
GRANT SELECT, INSERT, DELETE ON waitlist_contacts TO sprechstunde_public, sprechstunde_staff;
GRANT SELECT (organisation_id, entry_id, delete_after), UPDATE (delete_after), DELETE ON waitlist_contacts TO sprechstunde_worker;

-- A visitor frees what was held for their answer, and leaves the traces of it.
CREATE POLICY who_waits_answers ON allocations FOR DELETE TO sprechstunde_public
    USING (EXISTS (SELECT FROM waitlist_offers o
                   WHERE o.organisation_id = claimed_by_organisation_id AND o.id = claim_id));
CREATE POLICY who_waits_answers ON places FOR DELETE TO sprechstunde_public
    USING (EXISTS (SELECT FROM waitlist_offers o
                   WHERE o.organisation_id = places.organisation_id AND o.id = claim_id));
CREATE POLICY who_waits ON audit_entries FOR INSERT TO sprechstunde_public
    WITH CHECK (account_id IS NULL AND subject_kind = 'waitlist_entry');
CREATE POLICY who_waits ON outbox_events FOR INSERT TO sprechstunde_public
    WITH CHECK (kind LIKE 'waitlist_entry.%');
