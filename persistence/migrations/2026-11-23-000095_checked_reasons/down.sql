ALTER TABLE appointments
    DROP CONSTRAINT appointments_cancel_reason,
    DROP CONSTRAINT appointments_move_reason,
    DROP CONSTRAINT appointments_reschedule_deadline;
ALTER TABLE appointments
    ADD CONSTRAINT appointments_cancel_reason
        CHECK (cancel_reason IS NULL OR (status = 'cancelled' AND cancel_reason ~ '^[a-z][a-z0-9_]{0,62}$')) NOT VALID,
    ADD CONSTRAINT appointments_move_reason CHECK (move_reason ~ '^[a-z][a-z0-9_]{0,62}$') NOT VALID,
    ADD CONSTRAINT appointments_reschedule_deadline CHECK (reschedule_deadline_minutes BETWEEN 0 AND 527040) NOT VALID;
