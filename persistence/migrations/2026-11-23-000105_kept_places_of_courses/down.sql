-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';
CREATE OR REPLACE FUNCTION places_of(organisation uuid, service uuid, session uuid, at timestamptz, but_for uuid, partner uuid)
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
DROP POLICY partner ON kept_places;
REVOKE SELECT (course_id) ON kept_places FROM sprechstunde_public;
DROP INDEX kept_places_course_key, kept_places_service_key;
-- What was kept of a course is kept no more: before, nothing could be. For this the walls do not hold the owner.
ALTER TABLE kept_places NO FORCE ROW LEVEL SECURITY;
DELETE FROM kept_places WHERE course_id IS NOT NULL;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE kept_places DROP COLUMN course_id;
ALTER TABLE kept_places FORCE ROW LEVEL SECURITY;
CREATE UNIQUE INDEX kept_places_service_key ON kept_places (organisation_id, service_id, partner_id)
    WHERE session_id IS NULL AND archived_at IS NULL;
COMMENT ON TABLE kept_places IS 'Places of a group that are kept for visitors of a partner: of one session, or of all sessions of the service that say nothing of their own.';
