-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';

-- What the slot search asks of a session stands in session_services too, so that the week of a
-- service and the next sessions of a topic are one range of one index.

ALTER TABLE session_services
    ADD COLUMN topic text,
    ADD COLUMN ends_at timestamptz,
    ADD COLUMN counsellor_id uuid,
    ADD COLUMN site_id uuid,
    ADD COLUMN room_id uuid,
    ADD COLUMN modalities text[],
    ADD COLUMN opens_on_holidays boolean,
    ADD COLUMN status text;
COMMENT ON TABLE session_services IS 'Which services a session offers; carries what the slot search asks of both, copied by triggers.';

CREATE FUNCTION copy_session_and_topic() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT s.ends_at, s.counsellor_id, s.site_id, s.room_id, s.modalities, s.opens_on_holidays, s.status
    INTO NEW.ends_at, NEW.counsellor_id, NEW.site_id, NEW.room_id, NEW.modalities, NEW.opens_on_holidays, NEW.status
    FROM sessions s WHERE s.organisation_id = NEW.organisation_id AND s.id = NEW.session_id;
    SELECT v.topic INTO NEW.topic
    FROM services v WHERE v.organisation_id = NEW.organisation_id AND v.id = NEW.service_id;
    RETURN NEW;
END
$$;
CREATE TRIGGER copy_session_and_topic BEFORE INSERT ON session_services
    FOR EACH ROW EXECUTE FUNCTION copy_session_and_topic();

CREATE FUNCTION copy_changed_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE session_services o
    SET ends_at = NEW.ends_at, counsellor_id = NEW.counsellor_id, site_id = NEW.site_id, room_id = NEW.room_id,
        modalities = NEW.modalities, opens_on_holidays = NEW.opens_on_holidays, status = NEW.status
    WHERE o.organisation_id = NEW.organisation_id AND o.session_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER copy_changed_session AFTER UPDATE ON sessions
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION copy_changed_session();

CREATE FUNCTION copy_changed_topic() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE session_services o SET topic = NEW.topic
    WHERE o.organisation_id = NEW.organisation_id AND o.service_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER copy_changed_topic AFTER UPDATE ON services
    FOR EACH ROW WHEN (OLD.topic IS DISTINCT FROM NEW.topic) EXECUTE FUNCTION copy_changed_topic();
