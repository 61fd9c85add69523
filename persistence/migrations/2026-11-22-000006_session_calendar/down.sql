-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';

DROP TRIGGER copy_changed_topic ON services;
DROP TRIGGER copy_changed_session ON sessions;
DROP TRIGGER copy_session_and_topic ON session_services;
DROP FUNCTION copy_changed_topic();
DROP FUNCTION copy_changed_session();
DROP FUNCTION copy_session_and_topic();
ALTER TABLE session_services
    DROP COLUMN topic, DROP COLUMN ends_at, DROP COLUMN counsellor_id, DROP COLUMN site_id, DROP COLUMN room_id,
    DROP COLUMN modalities, DROP COLUMN opens_on_holidays, DROP COLUMN status;
COMMENT ON TABLE session_services IS 'Which services a session offers; carries its start, so that a service''s week is one index range.';
