-- A sign is left only where somebody waits: most that is freed is of interest to nobody, and whoever
-- looks takes five trips. Who begins to wait while something is being freed is not seen by the one who
-- frees it: so the waiting list is looked at once more soon after.
GRANT SELECT (organisation_id, status) ON waitlist_entries TO sprechstunde_worker;
CREATE FUNCTION somebody_waits(where_freed uuid) RETURNS boolean LANGUAGE plpgsql STABLE SET role = sprechstunde_worker AS $$
BEGIN
    RETURN EXISTS (SELECT FROM waitlist_entries e WHERE e.organisation_id = where_freed AND e.status = 'waiting');
END
$$;
COMMENT ON FUNCTION somebody_waits IS 'Whether anybody waits for a slot of the organisation, and has none offered. Who that is nobody learns.';
REVOKE EXECUTE ON FUNCTION somebody_waits FROM PUBLIC;
GRANT EXECUTE ON FUNCTION somebody_waits TO sprechstunde_public, sprechstunde_staff, sprechstunde_worker;

CREATE OR REPLACE FUNCTION wake_waitlist() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM services v WHERE v.organisation_id = OLD.organisation_id AND v.waitlist_offer_minutes IS NOT NULL)
        AND somebody_waits(OLD.organisation_id) THEN
        INSERT INTO waitlist_wakes VALUES (OLD.organisation_id, gen_random_uuid(), '-infinity');
    END IF;
    RETURN NULL;
END
$$;
