-- Reads the whole table, and locks nobody out meanwhile.
ALTER TABLE sessions VALIDATE CONSTRAINT sessions_audience;
ALTER TABLE sessions VALIDATE CONSTRAINT sessions_opens_to_all;
ALTER TABLE sessions VALIDATE CONSTRAINT sessions_desk_places;
