-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';
-- All that is altered, in the order in which searches and bookings read it: no two wait in a circle.
LOCK TABLE services, sessions, schedules IN ACCESS EXCLUSIVE MODE;

-- Emergency talks that staff give, and places that are given at the desk, until they open to all.
ALTER TABLE services ADD COLUMN keeps_for_staff boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN services.keeps_for_staff IS 'Whether any session of it has ever kept something for staff: searches ask about its sessions only then.';
ALTER TABLE schedules
    ADD COLUMN audience text NOT NULL DEFAULT 'everyone',
    ADD COLUMN opens_to_all_minutes integer,
    ADD COLUMN desk_places integer NOT NULL DEFAULT 0,
    ADD CONSTRAINT schedules_audience CHECK (audience IN ('everyone', 'staff')),
    ADD CONSTRAINT schedules_opens_to_all CHECK (opens_to_all_minutes BETWEEN 0 AND 527040),
    ADD CONSTRAINT schedules_desk_places CHECK (desk_places BETWEEN 0 AND 500);
ALTER TABLE sessions
    ADD COLUMN audience text NOT NULL DEFAULT 'everyone',
    ADD COLUMN opens_to_all_minutes integer,
    ADD COLUMN desk_places integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN sessions.audience IS 'Who books it: everyone or staff.';
COMMENT ON COLUMN sessions.opens_to_all_minutes IS 'How long before the start what is kept for staff opens to everyone; never, when NULL.';
COMMENT ON COLUMN sessions.desk_places IS 'Its last so many places are given by staff only, to whoever comes in person.';
-- Checked for every row by the next migration, which locks nobody out.
ALTER TABLE sessions
    ADD CONSTRAINT sessions_audience CHECK (audience IN ('everyone', 'staff')) NOT VALID,
    ADD CONSTRAINT sessions_opens_to_all CHECK (opens_to_all_minutes BETWEEN 0 AND 527040) NOT VALID,
    ADD CONSTRAINT sessions_desk_places CHECK (desk_places BETWEEN 0 AND 500) NOT VALID;
GRANT UPDATE (keeps_for_staff) ON services TO sprechstunde_worker;

-- What some sessions keep for staff, as words. A function, so that a search for a service of which
-- nothing is kept has nothing more to prepare.
CREATE FUNCTION kept_for_staff(organisation uuid, session_ids uuid[]) RETURNS text[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN ARRAY(
        SELECT concat_ws(' ', 'kept', s.id, s.audience, s.desk_places, s.opens_to_all_minutes) FROM sessions s
        WHERE s.organisation_id = organisation AND s.id = ANY (session_ids)
          AND (s.audience = 'staff' OR s.desk_places > 0));
END
$$;
COMMENT ON FUNCTION kept_for_staff IS 'The sessions that keep something for staff: the id, who books it, its places for the desk, and how many minutes before the start it opens to all.';
REVOKE EXECUTE ON FUNCTION kept_for_staff FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kept_for_staff TO sprechstunde_public, sprechstunde_staff;
