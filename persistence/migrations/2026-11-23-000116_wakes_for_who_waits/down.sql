CREATE OR REPLACE FUNCTION wake_waitlist() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM services v WHERE v.organisation_id = OLD.organisation_id AND v.waitlist_offer_minutes IS NOT NULL) THEN
        INSERT INTO waitlist_wakes VALUES (OLD.organisation_id, gen_random_uuid(), '-infinity');
    END IF;
    RETURN NULL;
END
$$;
DROP FUNCTION somebody_waits(uuid);
REVOKE SELECT (organisation_id, status) ON waitlist_entries FROM sprechstunde_worker;
