-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';
LOCK TABLE organisations, services, sessions IN SHARE ROW EXCLUSIVE MODE;

CREATE TABLE places (
    organisation_id uuid NOT NULL,
    session_id uuid NOT NULL,
    number integer NOT NULL,
    capacity integer NOT NULL,
    claim_id uuid NOT NULL,
    kept_for uuid,
    expires_at timestamptz,
    CONSTRAINT places_pkey PRIMARY KEY (organisation_id, session_id, number),
    CONSTRAINT places_claim_key UNIQUE (organisation_id, claim_id),
    CONSTRAINT places_session_fkey FOREIGN KEY (organisation_id, session_id, capacity)
        REFERENCES sessions (organisation_id, id, capacity) ON UPDATE CASCADE,
    CONSTRAINT places_kept_for_fkey FOREIGN KEY (kept_for) REFERENCES organisations (id),
    -- Whoever finds none free asks for the number 0.
    CONSTRAINT places_number CHECK (number > 0),
    CONSTRAINT places_within_capacity CHECK (number <= capacity)
);
CREATE INDEX places_expiry ON places (expires_at) WHERE expires_at IS NOT NULL;
COMMENT ON TABLE places IS 'Taken places of group sessions. claim_id is the appointment, or the hold while it lasts; the number means nothing but that no place is taken twice and none is beyond the capacity, which follows the session by foreign key.';
COMMENT ON COLUMN places.kept_for IS 'The body for whose visitors it was booked, if any.';
CALL raise_wall('places');
-- Visitors see that a place is taken, never by whom.
CREATE POLICY taken ON places FOR SELECT TO sprechstunde_public USING (true);
CREATE POLICY visitor_takes ON places FOR INSERT TO sprechstunde_public WITH CHECK (true);
CREATE POLICY visitor_frees ON places FOR DELETE TO sprechstunde_public
    USING (expires_at <= acting_at()
        OR EXISTS (SELECT FROM appointments a WHERE a.organisation_id = places.organisation_id AND a.id = claim_id)
        OR EXISTS (SELECT FROM holds h WHERE h.organisation_id = places.organisation_id AND h.id = claim_id));
GRANT SELECT, INSERT, DELETE ON places TO sprechstunde_public;
GRANT SELECT, INSERT, UPDATE (number), DELETE ON places TO sprechstunde_staff;
GRANT SELECT, UPDATE (expires_at), DELETE ON places TO sprechstunde_worker;

CREATE TABLE kept_places (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    service_id uuid NOT NULL,
    session_id uuid,
    partner_id uuid NOT NULL,
    places integer NOT NULL,
    release_minutes integer,
    archived_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT kept_places_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT kept_places_service_fkey FOREIGN KEY (organisation_id, service_id) REFERENCES services (organisation_id, id),
    CONSTRAINT kept_places_session_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id),
    CONSTRAINT kept_places_partner_fkey FOREIGN KEY (partner_id) REFERENCES organisations (id),
    CONSTRAINT kept_places_partner CHECK (partner_id <> organisation_id),
    CONSTRAINT kept_places_places CHECK (places BETWEEN 0 AND 500),
    CONSTRAINT kept_places_release CHECK (release_minutes BETWEEN 0 AND 527040)
);
CREATE UNIQUE INDEX kept_places_service_key ON kept_places (organisation_id, service_id, partner_id)
    WHERE session_id IS NULL AND archived_at IS NULL;
CREATE UNIQUE INDEX kept_places_session_key ON kept_places (organisation_id, session_id, partner_id)
    WHERE session_id IS NOT NULL AND archived_at IS NULL;
CREATE INDEX kept_places_id ON kept_places (id);
COMMENT ON TABLE kept_places IS 'Places of a group that are kept for visitors of a partner: of one session, or of all sessions of the service that say nothing of their own.';
CALL raise_wall('kept_places');
-- What is kept is missing from the number of free places.
CREATE POLICY kept ON kept_places FOR SELECT TO sprechstunde_public USING (archived_at IS NULL);
GRANT SELECT (organisation_id, service_id, session_id, partner_id, places, release_minutes, archived_at)
    ON kept_places TO sprechstunde_public;
GRANT SELECT, INSERT, UPDATE ON kept_places TO sprechstunde_staff;

CREATE TABLE drop_ins (
    organisation_id uuid NOT NULL,
    session_id uuid NOT NULL,
    count integer NOT NULL,
    CONSTRAINT drop_ins_pkey PRIMARY KEY (organisation_id, session_id),
    CONSTRAINT drop_ins_session_fkey FOREIGN KEY (organisation_id, session_id) REFERENCES sessions (organisation_id, id),
    CONSTRAINT drop_ins_count CHECK (count BETWEEN 0 AND 10000)
);
COMMENT ON TABLE drop_ins IS 'How many came to a session without a booking. Nobody but staff sees it.';
CALL raise_wall('drop_ins');
GRANT SELECT, INSERT, UPDATE (count) ON drop_ins TO sprechstunde_staff;
GRANT SELECT ON drop_ins TO sprechstunde_worker;

-- What decides about the places of a session, as words: the session, its capacity, how many are taken,
-- how many are kept for others, and what the session has claimed itself. A function, so that a search
-- that meets no group has nothing more to prepare.
CREATE FUNCTION places_of(organisation uuid, service uuid, session uuid, at timestamptz, but_for uuid, partner uuid)
    RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    capacity integer;
    starts timestamptz;
    taken integer;
    kept integer;
    claimed text;
BEGIN
    SELECT s.capacity, s.starts_at INTO capacity, starts FROM sessions s
    WHERE s.organisation_id = organisation AND s.id = session;
    IF capacity IS NULL THEN
        RETURN '';
    END IF;
    SELECT count(*) INTO taken FROM places p
    WHERE p.organisation_id = organisation AND p.session_id = session
      AND (p.expires_at IS NULL OR p.expires_at > at) AND p.claim_id IS DISTINCT FROM but_for;
    SELECT coalesce(sum(greatest(0, k.places - (
        SELECT count(*) FROM places p
        WHERE p.organisation_id = organisation AND p.session_id = session AND p.kept_for = k.partner_id
          AND (p.expires_at IS NULL OR p.expires_at > at) AND p.claim_id IS DISTINCT FROM but_for))), 0)
    INTO kept FROM kept_places k
    WHERE k.organisation_id = organisation AND k.service_id = service AND k.archived_at IS NULL
      AND (k.session_id = session OR k.session_id IS NULL AND NOT EXISTS (
          SELECT FROM kept_places own
          WHERE own.organisation_id = organisation AND own.session_id = session
            AND own.partner_id = k.partner_id AND own.archived_at IS NULL))
      AND k.partner_id IS DISTINCT FROM partner
      AND (k.release_minutes IS NULL OR at < starts - k.release_minutes * interval '1 minute');
    SELECT string_agg(a.resource_id::text, ' ') INTO claimed FROM allocations a
    WHERE a.organisation_id = organisation AND a.claim_id = session;
    RETURN concat_ws(' ', session, capacity, taken, kept, claimed);
END
$$;
COMMENT ON FUNCTION places_of IS 'The session, its capacity, how many of its places are taken, how many are kept for others than that partner, and the resources that it has claimed, as words; nothing of a session without a capacity.';
REVOKE EXECUTE ON FUNCTION places_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION places_of TO sprechstunde_public, sprechstunde_staff;
