-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';

ALTER TABLE services ADD COLUMN draws_online boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN services.draws_online IS 'Whether visitors draw numbers of its open hours by themselves.';

-- Nothing here tells who waits: everybody may see the queue.
CREATE TABLE tickets (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    session_id uuid NOT NULL,
    service_id uuid NOT NULL,
    number integer NOT NULL,
    turn integer NOT NULL,
    missed boolean NOT NULL DEFAULT false,
    status text NOT NULL DEFAULT 'waiting',
    drawn_at timestamptz NOT NULL,
    called_at timestamptz,
    started_at timestamptz,
    ended_at timestamptz,
    CONSTRAINT tickets_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT tickets_session_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id),
    CONSTRAINT tickets_service_fkey FOREIGN KEY (organisation_id, service_id) REFERENCES services (organisation_id, id),
    CONSTRAINT tickets_number_key UNIQUE (organisation_id, session_id, number),
    CONSTRAINT tickets_turn_key UNIQUE (organisation_id, session_id, turn),
    CONSTRAINT tickets_counted CHECK (number >= 1 AND turn >= number),
    CONSTRAINT tickets_status CHECK (status IN ('waiting', 'called', 'in_talk', 'done', 'left', 'not_there')),
    -- A status carries its facts.
    CONSTRAINT tickets_facts CHECK (
        (status IN ('done', 'left', 'not_there')) = (ended_at IS NOT NULL)
        AND (status IN ('in_talk', 'done')) = (started_at IS NOT NULL)
        AND (status <> 'waiting' OR called_at IS NULL)
        AND (status NOT IN ('called', 'in_talk', 'done', 'not_there') OR called_at IS NOT NULL))
);
CREATE INDEX tickets_id ON tickets (id);
COMMENT ON TABLE tickets IS 'Numbers of open hours, counted in each session without gaps. Who may draw one has locked the session''s counsellor.';
CALL raise_wall('tickets');
CREATE POLICY queue ON tickets FOR SELECT TO sprechstunde_public USING (true);
CREATE POLICY visitor_draws ON tickets FOR INSERT TO sprechstunde_public WITH CHECK (status = 'waiting');
GRANT SELECT, INSERT, UPDATE (status, ended_at) ON tickets TO sprechstunde_public;
GRANT SELECT, INSERT, UPDATE (status, turn, missed, called_at, started_at, ended_at) ON tickets TO sprechstunde_staff;

CREATE TABLE ticket_secrets (
    organisation_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    secret_hash bytea NOT NULL,
    CONSTRAINT ticket_secrets_pkey PRIMARY KEY (organisation_id, ticket_id),
    CONSTRAINT ticket_secrets_ticket_fkey FOREIGN KEY (organisation_id, ticket_id) REFERENCES tickets (organisation_id, id)
);
COMMENT ON TABLE ticket_secrets IS 'What opens a number, as a keyed hash.';
CALL raise_wall('ticket_secrets');
CREATE POLICY opened_by_secret ON ticket_secrets FOR SELECT TO sprechstunde_public USING (secret_hash = shown_secret());
CREATE POLICY visitor_draws ON ticket_secrets FOR INSERT TO sprechstunde_public WITH CHECK (true);
GRANT SELECT, INSERT ON ticket_secrets TO sprechstunde_public;
GRANT INSERT ON ticket_secrets TO sprechstunde_staff;

-- A visitor who goes takes the number along, and leaves the traces of it.
CREATE POLICY visitor_leaves ON tickets FOR UPDATE TO sprechstunde_public
    USING (EXISTS (SELECT FROM ticket_secrets s WHERE s.organisation_id = tickets.organisation_id AND s.ticket_id = tickets.id))
    WITH CHECK (status = 'left');
CREATE POLICY visitor_of_open_hours ON audit_entries FOR INSERT TO sprechstunde_public
    WITH CHECK (account_id IS NULL AND subject_kind = 'ticket');
CREATE POLICY visitor_of_open_hours ON outbox_events FOR INSERT TO sprechstunde_public
    WITH CHECK (kind LIKE 'ticket.%');
