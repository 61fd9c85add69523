ALTER TABLE appointments
    DROP CONSTRAINT appointments_answer_by,
    DROP CONSTRAINT appointments_cancelled_by;
ALTER TABLE appointments
    ADD CONSTRAINT appointments_answer_by CHECK (status <> 'requested' OR answer_by IS NOT NULL) NOT VALID,
    ADD CONSTRAINT appointments_cancelled_by CHECK (cancelled_by IN ('visitor', 'staff', 'program')) NOT VALID;
