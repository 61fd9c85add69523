-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';
LOCK TABLE services, counsellors, appointments IN ACCESS EXCLUSIVE MODE;

-- Visits at home: how ways are reckoned, who goes how far, and who comes along. The address is part
-- of what the visitor gives, and sealed with it.

ALTER TABLE services
    ADD COLUMN travel_minutes_per_km integer NOT NULL DEFAULT 4,
    ADD COLUMN travel_minimum_minutes integer NOT NULL DEFAULT 10,
    ADD COLUMN volunteers integer NOT NULL DEFAULT 1,
    ADD CONSTRAINT services_travel CHECK (travel_minutes_per_km BETWEEN 1 AND 30
        AND travel_minimum_minutes BETWEEN 0 AND 240),
    ADD CONSTRAINT services_volunteers CHECK (volunteers IN (1, 2));
COMMENT ON COLUMN services.travel_minutes_per_km IS 'Of a visit, as the next two; a claim is the visit with the way there and back, reckoned by this.';
COMMENT ON COLUMN services.volunteers IS 'How many come to a visit.';

ALTER TABLE counsellors
    ADD COLUMN visits_from_latitude double precision,
    ADD COLUMN visits_from_longitude double precision,
    ADD COLUMN visits_within_km double precision,
    ADD CONSTRAINT counsellors_visits_from CHECK (visits_from_latitude BETWEEN -90 AND 90
        AND visits_from_longitude BETWEEN -180 AND 180),
    ADD CONSTRAINT counsellors_visits_within CHECK (visits_within_km > 0 AND visits_within_km <= 100),
    ADD CONSTRAINT counsellors_visiting_area CHECK ((visits_from_latitude IS NULL) = (visits_within_km IS NULL)
        AND (visits_from_longitude IS NULL) = (visits_within_km IS NULL));
COMMENT ON COLUMN counsellors.visits_from_latitude IS 'Where they set out to visits, to a hundredth of a degree: the search reckons ways from there, and tells it to nobody.';
GRANT SELECT (visits_from_latitude, visits_from_longitude, visits_within_km) ON counsellors TO sprechstunde_public;

ALTER TABLE appointments
    ADD COLUMN second_counsellor_id uuid,
    ADD CONSTRAINT appointments_second_counsellor_fkey FOREIGN KEY (organisation_id, second_counsellor_id)
        REFERENCES counsellors (organisation_id, id) NOT VALID,
    ADD CONSTRAINT appointments_two_counsellors CHECK (second_counsellor_id <> counsellor_id) NOT VALID;
COMMENT ON COLUMN appointments.second_counsellor_id IS 'Who comes along to a visit; what both claim stands in allocations.';
GRANT UPDATE (second_counsellor_id) ON appointments TO sprechstunde_public;
