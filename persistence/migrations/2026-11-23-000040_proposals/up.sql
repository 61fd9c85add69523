-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';
-- In the order in which bookings and cancellations take them: no two wait in a circle.
LOCK TABLE appointments, allocations, outbox_events, audit_entries IN ACCESS EXCLUSIVE MODE;

CREATE TABLE proposals (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    appointment_id uuid NOT NULL,
    session_id uuid NOT NULL,
    service_id uuid NOT NULL,
    site_id uuid NOT NULL,
    counsellor_id uuid NOT NULL,
    room_id uuid,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    time_zone text NOT NULL,
    modality text NOT NULL,
    rank smallint NOT NULL,
    state text NOT NULL DEFAULT 'open',
    proposed_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT proposals_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT proposals_appointment_fkey FOREIGN KEY (organisation_id, appointment_id)
        REFERENCES appointments (organisation_id, id),
    CONSTRAINT proposals_session_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id),
    CONSTRAINT proposals_state CHECK (state IN ('open', 'accepted', 'declined', 'withdrawn')),
    CONSTRAINT proposals_rank CHECK (rank BETWEEN 1 AND 3),
    CONSTRAINT proposals_span CHECK (ends_at > starts_at),
    -- The answer is due before what is proposed begins.
    CONSTRAINT proposals_due CHECK (expires_at > proposed_at AND expires_at < starts_at)
);
CREATE UNIQUE INDEX proposals_open_rank ON proposals (organisation_id, appointment_id, rank) WHERE state = 'open';
CREATE INDEX proposals_appointment ON proposals (organisation_id, appointment_id);
COMMENT ON TABLE proposals IS 'Other slots, proposed to somebody whose appointment cannot take place. An open one has a claim of the kind hold with its id, until it expires. Withdrawn is what fell away with its appointment''s move or end.';
CALL raise_wall('proposals');
CREATE POLICY opened_by_secret ON proposals FOR SELECT TO sprechstunde_public
    USING (EXISTS (SELECT FROM appointments a
                   WHERE a.organisation_id = proposals.organisation_id AND a.id = proposals.appointment_id));
CREATE POLICY answered_by_secret ON proposals FOR UPDATE TO sprechstunde_public
    USING (EXISTS (SELECT FROM appointments a
                   WHERE a.organisation_id = proposals.organisation_id AND a.id = proposals.appointment_id))
    WITH CHECK (state <> 'open');
GRANT SELECT, UPDATE (state) ON proposals TO sprechstunde_public;
GRANT SELECT, INSERT, UPDATE (state) ON proposals TO sprechstunde_staff;

-- A visitor frees what was held for their answer, and leaves the traces of it.
CREATE POLICY visitor_answers ON allocations FOR DELETE TO sprechstunde_public
    USING (EXISTS (SELECT FROM proposals p
                   WHERE p.organisation_id = claimed_by_organisation_id AND p.id = claim_id));
CREATE POLICY visitor_answers ON audit_entries FOR INSERT TO sprechstunde_public
    WITH CHECK (account_id IS NULL AND subject_kind = 'proposal');
CREATE POLICY visitor_answers ON outbox_events FOR INSERT TO sprechstunde_public
    WITH CHECK (kind LIKE 'proposal.%');

-- Whatever moves or ends an appointment takes back what was proposed instead of it. Claims go in the
-- order in which bookings clear them away, so that no two wait in a circle.
CREATE FUNCTION withdraw_proposals() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    claim record;
BEGIN
    FOR claim IN
        SELECT c.resource_id, c.claim_id
        FROM proposals p
        JOIN allocations c ON c.organisation_id = p.organisation_id AND c.claim_id = p.id
        WHERE p.organisation_id = NEW.organisation_id AND p.appointment_id = NEW.id AND p.state = 'open'
        ORDER BY c.resource_id, c.starts_at
    LOOP
        DELETE FROM allocations a
        WHERE a.organisation_id = NEW.organisation_id AND a.resource_id = claim.resource_id AND a.claim_id = claim.claim_id;
    END LOOP;
    UPDATE proposals p SET state = 'withdrawn'
    WHERE p.organisation_id = NEW.organisation_id AND p.appointment_id = NEW.id AND p.state = 'open';
    RETURN NULL;
END
$$;
CREATE TRIGGER withdraw_proposals AFTER UPDATE ON appointments
    FOR EACH ROW WHEN ((OLD.status IS DISTINCT FROM NEW.status AND NEW.status NOT IN ('requested', 'booked'))
        OR OLD.session_id IS DISTINCT FROM NEW.session_id OR OLD.starts_at IS DISTINCT FROM NEW.starts_at)
    EXECUTE FUNCTION withdraw_proposals();
