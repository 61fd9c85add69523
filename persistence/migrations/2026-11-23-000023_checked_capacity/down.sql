-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';

ALTER TABLE services DROP CONSTRAINT services_capacity, DROP CONSTRAINT services_minimum;
ALTER TABLE services ADD CONSTRAINT services_capacity CHECK (capacity BETWEEN 1 AND 500) NOT VALID;
ALTER TABLE services ADD CONSTRAINT services_minimum CHECK (
    (minimum_participants IS NULL) = (minimum_deadline_minutes IS NULL)
    AND minimum_participants BETWEEN 1 AND capacity
    AND minimum_deadline_minutes BETWEEN 0 AND 527040) NOT VALID;
ALTER TABLE sessions DROP CONSTRAINT sessions_capacity;
ALTER TABLE sessions ADD CONSTRAINT sessions_capacity CHECK (capacity BETWEEN 1 AND 500) NOT VALID;
ALTER TABLE allocations DROP CONSTRAINT allocations_kind;
ALTER TABLE allocations ADD CONSTRAINT allocations_kind CHECK (kind IN ('appointment', 'hold', 'session')) NOT VALID;
