REVOKE UPDATE (answer_by) ON appointments FROM sprechstunde_public;
-- Before there were requests the program cancelled nothing: what it ended counts as ended by the
-- organisation. As the worker, whose wall is open for every tenant.
DROP POLICY requests_only ON appointments;
SET LOCAL ROLE sprechstunde_worker;
UPDATE appointments SET cancelled_by = 'staff' WHERE cancelled_by = 'program';
RESET ROLE;
REVOKE SELECT (organisation_id, id, status, cancelled_by, answer_by, version),
    UPDATE (status, ended_at, cancelled_by, version) ON appointments FROM sprechstunde_worker;
ALTER POLICY changed_by_secret ON appointments
    WITH CHECK (secret_hash = shown_secret() AND status IN ('requested', 'booked', 'cancelled')
        AND cancelled_by IS DISTINCT FROM 'staff');
ALTER TABLE appointments
    DROP CONSTRAINT appointments_answer_by,
    DROP CONSTRAINT appointments_cancelled_by,
    DROP COLUMN answer_by;
ALTER TABLE appointments ADD CONSTRAINT appointments_cancelled_by CHECK (cancelled_by IN ('visitor', 'staff'));
ALTER TABLE services
    DROP CONSTRAINT services_approval,
    DROP CONSTRAINT services_approval_within,
    DROP COLUMN approval,
    DROP COLUMN approval_within_minutes;
