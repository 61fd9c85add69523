-- Reads the whole table, and locks nobody out meanwhile.
ALTER TABLE appointments VALIDATE CONSTRAINT appointments_agreed_modality;
