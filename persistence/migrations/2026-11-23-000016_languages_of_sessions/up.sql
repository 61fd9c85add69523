-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';
-- First what only writers wait for.
LOCK TABLE counsellors IN SHARE ROW EXCLUSIVE MODE;

-- What the counsellor of a session speaks stands in session_services too: a search by topic and
-- language looks at hundreds of sessions, and looked up the counsellor of each.

ALTER TABLE session_services ADD COLUMN languages text[];
COMMENT ON COLUMN session_services.languages IS 'What the counsellor speaks; copied by triggers.';

-- What is copied is locked: whoever changes it meanwhile would not see the new row. To lock a row
-- one must be allowed to change something of it.
GRANT UPDATE (version) ON counsellors, services TO sprechstunde_worker;
CREATE OR REPLACE FUNCTION copy_session_and_topic() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT s.ends_at, s.counsellor_id, s.site_id, s.room_id, s.modalities, s.opens_on_holidays, s.status, c.languages
    INTO NEW.ends_at, NEW.counsellor_id, NEW.site_id, NEW.room_id, NEW.modalities, NEW.opens_on_holidays, NEW.status,
         NEW.languages
    FROM sessions s JOIN counsellors c ON c.organisation_id = s.organisation_id AND c.id = s.counsellor_id
    WHERE s.organisation_id = NEW.organisation_id AND s.id = NEW.session_id
    FOR SHARE OF c;
    SELECT v.topic INTO NEW.topic
    FROM services v WHERE v.organisation_id = NEW.organisation_id AND v.id = NEW.service_id
    FOR SHARE;
    RETURN NEW;
END
$$;

CREATE OR REPLACE FUNCTION copy_changed_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE session_services o
    SET ends_at = NEW.ends_at, counsellor_id = NEW.counsellor_id, site_id = NEW.site_id, room_id = NEW.room_id,
        modalities = NEW.modalities, opens_on_holidays = NEW.opens_on_holidays, status = NEW.status,
        languages = (SELECT c.languages FROM counsellors c
                     WHERE c.organisation_id = NEW.organisation_id AND c.id = NEW.counsellor_id)
    WHERE o.organisation_id = NEW.organisation_id AND o.session_id = NEW.id;
    RETURN NULL;
END
$$;

CREATE FUNCTION copy_changed_languages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE session_services o SET languages = NEW.languages
    WHERE o.organisation_id = NEW.organisation_id AND o.counsellor_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER copy_changed_languages AFTER UPDATE ON counsellors
    FOR EACH ROW WHEN (OLD.languages IS DISTINCT FROM NEW.languages) EXECUTE FUNCTION copy_changed_languages();
