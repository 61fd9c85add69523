-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';
LOCK TABLE appointments IN ACCESS EXCLUSIVE MODE;
LOCK TABLE session_services, services, sessions IN SHARE ROW EXCLUSIVE MODE;

-- What is held in person is held on another way for a while, by one decision, and back.
CREATE TABLE modality_switches (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    counsellor_id uuid,
    site_id uuid,
    service_id uuid,
    modality text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz,
    ended_at timestamptz,
    CONSTRAINT modality_switches_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT modality_switches_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT modality_switches_counsellor_fkey FOREIGN KEY (organisation_id, counsellor_id) REFERENCES counsellors (organisation_id, id),
    CONSTRAINT modality_switches_site_fkey FOREIGN KEY (organisation_id, site_id) REFERENCES sites (organisation_id, id),
    CONSTRAINT modality_switches_service_fkey FOREIGN KEY (organisation_id, service_id) REFERENCES services (organisation_id, id),
    CONSTRAINT modality_switches_one_scope CHECK (num_nonnulls(counsellor_id, site_id, service_id) <= 1),
    CONSTRAINT modality_switches_modality CHECK (modality IN ('phone', 'video')),
    -- One that was ended before it began is empty.
    CONSTRAINT modality_switches_span CHECK (ends_at > starts_at OR ends_at = starts_at AND ended_at IS NOT NULL)
);
CREATE INDEX modality_switches_end ON modality_switches (organisation_id, ends_at);
COMMENT ON TABLE modality_switches IS 'From when until when the sessions of a counsellor, of a site, of a service or (with none) of the organisation are held on another way than in person. Of several, the last one that was made decides.';
CALL raise_wall('modality_switches');
GRANT SELECT, INSERT, UPDATE (ends_at, ended_at) ON modality_switches TO sprechstunde_staff;
GRANT SELECT ON modality_switches TO sprechstunde_worker;

ALTER TABLE appointments
    ADD COLUMN agreed_modality text,
    ADD CONSTRAINT appointments_agreed_modality CHECK (agreed_modality IS NULL OR agreed_modality = 'in_person' AND modality IN ('phone', 'video')) NOT VALID;
COMMENT ON COLUMN appointments.agreed_modality IS 'What was agreed before a switch changed it; it comes back with the end of the switch.';

-- Whatever brings an appointment back to the way that was agreed leaves nothing to restore.
CREATE FUNCTION forget_agreed_modality() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.agreed_modality := NULL;
    RETURN NEW;
END
$$;
CREATE TRIGGER forget_agreed_modality BEFORE UPDATE ON appointments
    FOR EACH ROW WHEN (NEW.agreed_modality IS NOT NULL AND NEW.modality NOT IN ('phone', 'video'))
    EXECUTE FUNCTION forget_agreed_modality();

-- Volatile, as the next: whoever has waited for a row sees what was committed meanwhile.
CREATE FUNCTION switched_to(organisation uuid, session uuid, service uuid) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN (
        SELECT w.modality
        FROM sessions s
        JOIN modality_switches w ON w.organisation_id = s.organisation_id
            AND w.starts_at < s.ends_at AND coalesce(w.ends_at, 'infinity') > greatest(s.starts_at, w.starts_at)
            AND (w.counsellor_id IS NULL OR w.counsellor_id = s.counsellor_id)
            AND (w.site_id IS NULL OR w.site_id = s.site_id)
            AND (w.service_id IS NULL OR w.service_id = service)
        WHERE s.organisation_id = organisation AND s.id = session
        ORDER BY w.id DESC
        LIMIT 1);
END
$$;
COMMENT ON FUNCTION switched_to IS 'On which way a service is held in a session instead of in person; NULL when it is not switched.';

CREATE FUNCTION ways_of(organisation uuid, session uuid, service uuid) RETURNS text[] LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    ways text[];
    instead text;
BEGIN
    SELECT ARRAY(SELECT m.way FROM unnest(s.modalities) WITH ORDINALITY AS m (way, place)
                 WHERE m.way = ANY (v.modalities) ORDER BY m.place)
    INTO ways
    FROM sessions s, services v
    WHERE s.organisation_id = organisation AND s.id = session AND v.organisation_id = organisation AND v.id = service;
    IF 'in_person' = ANY (ways) THEN
        instead := switched_to(organisation, session, service);
        IF instead IS NOT NULL THEN
            ways := array_append(array_remove(array_remove(ways, 'in_person'), instead), instead);
        END IF;
    END IF;
    RETURN ways;
END
$$;
COMMENT ON FUNCTION ways_of IS 'On which ways a service is held in a session: those that both have, as they are switched.';

-- A switch excludes publications meanwhile: it could not see the sessions that they insert, nor they
-- the switch. They do not exclude each other.
CREATE OR REPLACE FUNCTION copy_session_and_topic() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('modality_switches ' || NEW.organisation_id, 0));
    SELECT s.ends_at, s.counsellor_id, s.site_id, s.room_id, s.opens_on_holidays, s.status, c.languages
    INTO NEW.ends_at, NEW.counsellor_id, NEW.site_id, NEW.room_id, NEW.opens_on_holidays, NEW.status, NEW.languages
    FROM sessions s JOIN counsellors c ON c.organisation_id = s.organisation_id AND c.id = s.counsellor_id
    WHERE s.organisation_id = NEW.organisation_id AND s.id = NEW.session_id
    FOR SHARE OF c;
    SELECT v.topic INTO NEW.topic
    FROM services v WHERE v.organisation_id = NEW.organisation_id AND v.id = NEW.service_id
    FOR SHARE;
    NEW.modalities := ways_of(NEW.organisation_id, NEW.session_id, NEW.service_id);
    RETURN NEW;
END
$$;

CREATE OR REPLACE FUNCTION copy_changed_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE session_services o
    SET ends_at = NEW.ends_at, counsellor_id = NEW.counsellor_id, site_id = NEW.site_id, room_id = NEW.room_id,
        modalities = ways_of(o.organisation_id, o.session_id, o.service_id),
        opens_on_holidays = NEW.opens_on_holidays, status = NEW.status,
        languages = (SELECT c.languages FROM counsellors c
                     WHERE c.organisation_id = NEW.organisation_id AND c.id = NEW.counsellor_id)
    WHERE o.organisation_id = NEW.organisation_id AND o.session_id = NEW.id;
    RETURN NULL;
END
$$;

CREATE FUNCTION copy_changed_ways() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE session_services o SET modalities = ways_of(o.organisation_id, o.session_id, o.service_id)
    WHERE o.organisation_id = NEW.organisation_id AND o.service_id = NEW.id
      AND o.modalities IS DISTINCT FROM ways_of(o.organisation_id, o.session_id, o.service_id);
    RETURN NULL;
END
$$;
CREATE TRIGGER copy_changed_ways AFTER UPDATE ON services
    FOR EACH ROW WHEN (OLD.modalities IS DISTINCT FROM NEW.modalities) EXECUTE FUNCTION copy_changed_ways();
COMMENT ON COLUMN session_services.modalities IS 'On which ways the service is held in the session; worked out by triggers.';
