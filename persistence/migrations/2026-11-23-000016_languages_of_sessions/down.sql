-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';

DROP TRIGGER copy_changed_languages ON counsellors;
DROP FUNCTION copy_changed_languages();

CREATE OR REPLACE FUNCTION copy_session_and_topic() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT s.ends_at, s.counsellor_id, s.site_id, s.room_id, s.modalities, s.opens_on_holidays, s.status
    INTO NEW.ends_at, NEW.counsellor_id, NEW.site_id, NEW.room_id, NEW.modalities, NEW.opens_on_holidays, NEW.status
    FROM sessions s WHERE s.organisation_id = NEW.organisation_id AND s.id = NEW.session_id;
    SELECT v.topic INTO NEW.topic
    FROM services v WHERE v.organisation_id = NEW.organisation_id AND v.id = NEW.service_id;
    RETURN NEW;
END
$$;

CREATE OR REPLACE FUNCTION copy_changed_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE session_services o
    SET ends_at = NEW.ends_at, counsellor_id = NEW.counsellor_id, site_id = NEW.site_id, room_id = NEW.room_id,
        modalities = NEW.modalities, opens_on_holidays = NEW.opens_on_holidays, status = NEW.status
    WHERE o.organisation_id = NEW.organisation_id AND o.session_id = NEW.id;
    RETURN NULL;
END
$$;

ALTER TABLE session_services DROP COLUMN languages;
REVOKE UPDATE (version) ON counsellors, services FROM sprechstunde_worker;
