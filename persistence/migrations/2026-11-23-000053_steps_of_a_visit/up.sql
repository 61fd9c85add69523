-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';

-- Between arriving and leaving: who has arrived is called, and the talk begins. Neither has to be noted.
ALTER TABLE appointments
    ADD COLUMN called_at timestamptz,
    ADD COLUMN started_at timestamptz;
COMMENT ON COLUMN appointments.called_at IS 'When who had arrived was called.';
COMMENT ON COLUMN appointments.started_at IS 'When the talk began.';
-- Checked for every row by a later migration, which locks nobody out.
ALTER TABLE appointments ADD CONSTRAINT appointments_steps CHECK (
    (called_at IS NULL AND started_at IS NULL) OR (checked_in_at IS NOT NULL AND status IN ('checked_in', 'completed'))) NOT VALID;
