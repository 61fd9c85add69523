-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';

-- Checked for every row by the next migration, which locks nobody out.
ALTER TABLE session_services ADD CONSTRAINT session_services_languages CHECK (languages IS NOT NULL) NOT VALID;
