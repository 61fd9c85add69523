-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';

-- Why something was cancelled or moved, for figures: words of a list, that tell nothing of a person.
-- And a deadline for moving beside that for cancelling; where there is none, the same holds.
ALTER TABLE organisations
    ADD COLUMN reasons jsonb NOT NULL DEFAULT '[]',
    ADD CONSTRAINT organisations_reasons CHECK (jsonb_typeof(reasons) = 'array' AND jsonb_array_length(reasons) <= 20);
COMMENT ON COLUMN organisations.reasons IS 'Its own reasons to cancel or move, beside those of the whole network: code, text, staff_only.';
GRANT SELECT (reasons) ON organisations TO sprechstunde_public;
ALTER TABLE services
    ADD COLUMN reschedule_deadline_minutes integer,
    ADD CONSTRAINT services_reschedule_deadline CHECK (reschedule_deadline_minutes BETWEEN 0 AND 527040);
ALTER TABLE appointments
    ADD COLUMN reschedule_deadline_minutes integer,
    ADD COLUMN cancel_reason text,
    ADD COLUMN move_reason text;
COMMENT ON COLUMN appointments.cancel_reason IS 'Of a list; what was said in words is sealed in contacts.';
COMMENT ON COLUMN appointments.move_reason IS 'Why it was moved the last time, of the same list.';
-- Checked for every row by the next migration, which locks nobody out.
ALTER TABLE appointments
    ADD CONSTRAINT appointments_cancel_reason
        CHECK (cancel_reason IS NULL OR (status = 'cancelled' AND cancel_reason ~ '^[a-z][a-z0-9_]{0,62}$')) NOT VALID,
    ADD CONSTRAINT appointments_move_reason CHECK (move_reason ~ '^[a-z][a-z0-9_]{0,62}$') NOT VALID,
    ADD CONSTRAINT appointments_reschedule_deadline CHECK (reschedule_deadline_minutes BETWEEN 0 AND 527040) NOT VALID;
GRANT UPDATE (reschedule_deadline_minutes, cancel_reason, move_reason) ON appointments TO sprechstunde_public;
