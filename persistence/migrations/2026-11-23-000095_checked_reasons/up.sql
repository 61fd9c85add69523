-- Reads the whole table, and locks nobody out meanwhile.
ALTER TABLE appointments VALIDATE CONSTRAINT appointments_cancel_reason;
ALTER TABLE appointments VALIDATE CONSTRAINT appointments_move_reason;
ALTER TABLE appointments VALIDATE CONSTRAINT appointments_reschedule_deadline;
