-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';
LOCK TABLE services, counsellors, rooms, appointments, resources IN ACCESS EXCLUSIVE MODE;

-- What a talk may need beside its counsellor: a room with a feature, an interpreter, equipment.

ALTER TABLE rooms ADD COLUMN features text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN rooms.features IS 'What a service may ask of a room, as words.';
GRANT SELECT (site_id, features) ON rooms TO sprechstunde_public;

ALTER TABLE counsellors ADD COLUMN interprets text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN counsellors.interprets IS 'Languages for which the person is booked as an interpreter beside others.';
GRANT SELECT (interprets) ON counsellors TO sprechstunde_public;

ALTER TABLE services
    ADD COLUMN needs_room boolean NOT NULL DEFAULT false,
    ADD COLUMN room_features text[] NOT NULL DEFAULT '{}',
    ADD COLUMN books_interpreters boolean NOT NULL DEFAULT false,
    ADD COLUMN equipment_ids uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN equipment_pieces integer[] NOT NULL DEFAULT '{}',
    ADD CONSTRAINT services_equipment CHECK (cardinality(equipment_ids) = cardinality(equipment_pieces)
        AND 0 < ALL (equipment_pieces));
COMMENT ON COLUMN services.equipment_pieces IS 'How many pieces of the equipment at the same place.';

ALTER TABLE appointments ADD COLUMN interpreter_id uuid;
ALTER TABLE appointments ADD CONSTRAINT appointments_interpreter_fkey
    FOREIGN KEY (organisation_id, interpreter_id) REFERENCES counsellors (organisation_id, id) NOT VALID;
COMMENT ON COLUMN appointments.interpreter_id IS 'Who interprets; what else it claims stands in allocations.';
GRANT UPDATE (interpreter_id) ON appointments TO sprechstunde_public;

ALTER TABLE resources DROP CONSTRAINT resources_kind;
ALTER TABLE resources ADD CONSTRAINT resources_kind
    CHECK (kind IN ('counsellor', 'room', 'equipment', 'service')) NOT VALID;

CREATE TABLE equipment (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    site_id uuid,
    name text NOT NULL,
    pieces integer NOT NULL,
    archived_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT equipment_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT equipment_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT equipment_site_fkey FOREIGN KEY (organisation_id, site_id) REFERENCES sites (organisation_id, id),
    CONSTRAINT equipment_count CHECK (pieces BETWEEN 1 AND 100)
);
COMMENT ON TABLE equipment IS 'Things that a talk may need, of which an organisation has some pieces; without a site they are carried wherever they are needed.';
CALL raise_wall('equipment');
CREATE POLICY still_there ON equipment FOR SELECT TO sprechstunde_public USING (archived_at IS NULL);
GRANT SELECT (organisation_id, id, site_id, pieces, archived_at) ON equipment TO sprechstunde_public;
GRANT SELECT, INSERT, UPDATE ON equipment TO sprechstunde_staff;

CREATE TABLE equipment_pieces (
    organisation_id uuid NOT NULL,
    equipment_id uuid NOT NULL,
    number integer NOT NULL,
    id uuid NOT NULL,
    CONSTRAINT equipment_pieces_pkey PRIMARY KEY (organisation_id, equipment_id, number),
    CONSTRAINT equipment_pieces_equipment_fkey FOREIGN KEY (organisation_id, equipment_id) REFERENCES equipment (organisation_id, id),
    CONSTRAINT equipment_pieces_resource_fkey FOREIGN KEY (organisation_id, id) REFERENCES resources (organisation_id, id)
);
COMMENT ON TABLE equipment_pieces IS 'Each piece is a resource, so that none is in two hands. Those above the number of pieces are out of use.';
CALL raise_wall('equipment_pieces');
CREATE POLICY still_there ON equipment_pieces FOR SELECT TO sprechstunde_public USING (true);
GRANT SELECT ON equipment_pieces TO sprechstunde_public;
GRANT SELECT, INSERT ON equipment_pieces TO sprechstunde_staff;
