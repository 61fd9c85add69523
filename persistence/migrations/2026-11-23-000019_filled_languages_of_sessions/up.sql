-- Reads the whole table, and locks nobody out meanwhile.
ALTER TABLE session_services VALIDATE CONSTRAINT session_services_languages;
