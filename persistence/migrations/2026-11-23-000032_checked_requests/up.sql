-- Reads the whole table, and locks nobody out meanwhile.
ALTER TABLE appointments VALIDATE CONSTRAINT appointments_answer_by;
ALTER TABLE appointments VALIDATE CONSTRAINT appointments_cancelled_by;
