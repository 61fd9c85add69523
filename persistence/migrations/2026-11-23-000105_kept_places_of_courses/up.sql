-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';
LOCK TABLE courses IN SHARE ROW EXCLUSIVE MODE;

-- Nothing has written kept places yet, so that all of it is done at once.
ALTER TABLE kept_places ADD COLUMN course_id uuid,
    ADD CONSTRAINT kept_places_course_fkey FOREIGN KEY (organisation_id, course_id) REFERENCES courses (organisation_id, id),
    ADD CONSTRAINT kept_places_whose CHECK (session_id IS NULL OR course_id IS NULL);
DROP INDEX kept_places_service_key;
CREATE UNIQUE INDEX kept_places_service_key ON kept_places (organisation_id, service_id, partner_id)
    WHERE session_id IS NULL AND course_id IS NULL AND archived_at IS NULL;
CREATE UNIQUE INDEX kept_places_course_key ON kept_places (organisation_id, course_id, partner_id)
    WHERE course_id IS NOT NULL AND archived_at IS NULL;
COMMENT ON TABLE kept_places IS 'Places that are kept for visitors of a partner: of one session, of each date of a course, or of all sessions of the service that say nothing of their own.';
COMMENT ON COLUMN kept_places.release_minutes IS 'How long before the start they are open to everybody; before its first date of a course.';
GRANT SELECT (course_id) ON kept_places TO sprechstunde_public;
-- A partner sees what is kept for its visitors, and never who came.
CREATE POLICY partner ON kept_places FOR SELECT TO sprechstunde_staff USING (partner_id = ANY (acting_organisations()));

CREATE OR REPLACE FUNCTION places_of(organisation uuid, service uuid, session uuid, at timestamptz, but_for uuid, partner uuid)
    RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    capacity integer;
    starts timestamptz;
    course uuid;
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
    SELECT d.course_id INTO course FROM course_dates d
    WHERE d.organisation_id = organisation AND d.session_id = session;
    IF course IS NOT NULL THEN
        SELECT min(s.starts_at) INTO starts
        FROM course_dates d JOIN sessions s ON s.organisation_id = d.organisation_id AND s.id = d.session_id
        WHERE d.organisation_id = organisation AND d.course_id = course AND s.status = 'published';
    END IF;
    SELECT coalesce(sum(greatest(0, k.places - (
        SELECT count(*) FROM places p
        WHERE p.organisation_id = organisation AND p.session_id = session AND p.kept_for = k.partner_id
          AND (p.expires_at IS NULL OR p.expires_at > at) AND p.claim_id IS DISTINCT FROM but_for))), 0)
    INTO kept FROM kept_places k
    WHERE k.organisation_id = organisation AND k.service_id = service AND k.archived_at IS NULL
      AND (k.session_id = session OR k.course_id = course OR k.session_id IS NULL AND k.course_id IS NULL AND NOT EXISTS (
          SELECT FROM kept_places own
          WHERE own.organisation_id = organisation AND (own.session_id = session OR own.course_id = course)
            AND own.partner_id = k.partner_id AND own.archived_at IS NULL))
      AND k.partner_id IS DISTINCT FROM partner
      AND (k.release_minutes IS NULL OR at < starts - k.release_minutes * interval '1 minute');
    SELECT string_agg(a.resource_id::text, ' ') INTO claimed FROM allocations a
    WHERE a.organisation_id = organisation AND a.claim_id = session;
    RETURN concat_ws(' ', session, capacity, taken, kept, claimed);
END
$$;
