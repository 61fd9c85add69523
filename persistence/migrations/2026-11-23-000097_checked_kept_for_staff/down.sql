ALTER TABLE sessions
    DROP CONSTRAINT sessions_audience,
    DROP CONSTRAINT sessions_opens_to_all,
    DROP CONSTRAINT sessions_desk_places;
ALTER TABLE sessions
    ADD CONSTRAINT sessions_audience CHECK (audience IN ('everyone', 'staff')) NOT VALID,
    ADD CONSTRAINT sessions_opens_to_all CHECK (opens_to_all_minutes BETWEEN 0 AND 527040) NOT VALID,
    ADD CONSTRAINT sessions_desk_places CHECK (desk_places BETWEEN 0 AND 500) NOT VALID;
