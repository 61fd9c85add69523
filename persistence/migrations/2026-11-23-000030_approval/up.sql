-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';

-- A service may want to agree to what visitors book. What they book is requested then, holds its
-- time, and is answered in time or is over.

ALTER TABLE services
    ADD COLUMN approval text NOT NULL DEFAULT 'none',
    ADD COLUMN approval_within_minutes integer NOT NULL DEFAULT 2880,
    ADD CONSTRAINT services_approval CHECK (approval IN ('none', 'required')),
    ADD CONSTRAINT services_approval_within CHECK (approval_within_minutes BETWEEN 1 AND 527040);

ALTER TABLE appointments ADD COLUMN answer_by timestamptz;
COMMENT ON COLUMN appointments.answer_by IS 'Until when a request is answered; stays when it was.';
-- Both are checked for every row by a later migration, which locks nobody out.
ALTER TABLE appointments
    ADD CONSTRAINT appointments_answer_by CHECK (status <> 'requested' OR answer_by IS NOT NULL) NOT VALID,
    DROP CONSTRAINT appointments_cancelled_by,
    ADD CONSTRAINT appointments_cancelled_by CHECK (cancelled_by IN ('visitor', 'staff', 'program')) NOT VALID;
ALTER POLICY changed_by_secret ON appointments
    WITH CHECK (secret_hash = shown_secret() AND status IN ('requested', 'booked', 'cancelled')
        AND (cancelled_by IS NULL OR cancelled_by = 'visitor'));
GRANT UPDATE (answer_by) ON appointments TO sprechstunde_public;

-- Whoever ends requests that nobody answered learns nothing else of any appointment.
CREATE POLICY requests_only ON appointments AS RESTRICTIVE TO sprechstunde_worker
    USING (status = 'requested' OR cancelled_by = 'program');
GRANT SELECT (organisation_id, id, status, cancelled_by, answer_by, version),
    UPDATE (status, ended_at, cancelled_by, version) ON appointments TO sprechstunde_worker;
