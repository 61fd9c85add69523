-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';

-- What a dropped column was granted stays behind in the catalogue.
REVOKE UPDATE (second_counsellor_id) ON appointments FROM sprechstunde_public;
REVOKE SELECT (visits_from_latitude, visits_from_longitude, visits_within_km) ON counsellors FROM sprechstunde_public;
ALTER TABLE appointments DROP COLUMN second_counsellor_id;
ALTER TABLE counsellors
    DROP COLUMN visits_from_latitude, DROP COLUMN visits_from_longitude, DROP COLUMN visits_within_km;
ALTER TABLE services
    DROP COLUMN travel_minutes_per_km, DROP COLUMN travel_minimum_minutes, DROP COLUMN volunteers;
