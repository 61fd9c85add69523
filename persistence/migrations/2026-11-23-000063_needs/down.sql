-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';

-- What a dropped column was granted stays behind in the catalogue.
REVOKE UPDATE (interpreter_id) ON appointments FROM sprechstunde_public;
REVOKE SELECT (interprets) ON counsellors FROM sprechstunde_public;
REVOKE SELECT (site_id, features) ON rooms FROM sprechstunde_public;
DROP TABLE equipment_pieces, equipment;
ALTER TABLE resources DROP CONSTRAINT resources_kind;
ALTER TABLE resources ADD CONSTRAINT resources_kind CHECK (kind IN ('counsellor', 'room', 'service')) NOT VALID;
ALTER TABLE appointments DROP COLUMN interpreter_id;
ALTER TABLE services
    DROP COLUMN needs_room, DROP COLUMN room_features, DROP COLUMN books_interpreters, DROP COLUMN equipment_ids,
    DROP COLUMN equipment_pieces;
ALTER TABLE counsellors DROP COLUMN interprets;
ALTER TABLE rooms DROP COLUMN features;
