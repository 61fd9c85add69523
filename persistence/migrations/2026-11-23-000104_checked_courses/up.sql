-- Reads the whole table, and locks nobody out meanwhile.
ALTER TABLE series VALIDATE CONSTRAINT series_course_fkey;
