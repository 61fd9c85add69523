-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';

ALTER TABLE counsellors
    ADD COLUMN max_per_day integer,
    ADD COLUMN pause_after integer,
    ADD COLUMN pause_minutes integer,
    ADD CONSTRAINT counsellors_max_per_day CHECK (max_per_day BETWEEN 1 AND 100),
    ADD CONSTRAINT counsellors_pause_after CHECK (pause_after BETWEEN 1 AND 100),
    ADD CONSTRAINT counsellors_pause_minutes CHECK (pause_minutes BETWEEN 1 AND 1440),
    ADD CONSTRAINT counsellors_pause CHECK ((pause_after IS NULL) = (pause_minutes IS NULL));
COMMENT ON COLUMN counsellors.max_per_day IS 'How many talks on one local day of a site.';
COMMENT ON COLUMN counsellors.pause_after IS 'After so many talks in a row there is a pause.';
-- Whoever computes slots for visitors needs the rules; no view shows them.
GRANT SELECT (max_per_day, pause_after, pause_minutes) ON counsellors TO sprechstunde_public;
