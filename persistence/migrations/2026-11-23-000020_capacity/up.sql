-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';
-- All that is altered, in the order in which searches and bookings read it: no two wait in a circle.
LOCK TABLE services, sessions, allocations IN ACCESS EXCLUSIVE MODE;

-- Groups: how many come together, and how many have to.

ALTER TABLE services
    ADD COLUMN capacity integer,
    ADD COLUMN minimum_participants integer,
    ADD COLUMN minimum_deadline_minutes integer;
COMMENT ON COLUMN services.capacity IS 'How many places a session has, of a group or a course.';
COMMENT ON COLUMN services.minimum_participants IS 'With fewer, the coordinator decides, from minimum_deadline_minutes before the start.';

ALTER TABLE sessions
    ADD COLUMN capacity integer,
    ADD COLUMN capacity_by_hand boolean NOT NULL DEFAULT false,
    ADD COLUMN takes_place boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN sessions.capacity IS 'How many places it has: that of its service, unless set by hand. NULL where it is cut into slots.';
COMMENT ON COLUMN sessions.takes_place IS 'Whether it was decided that it takes place below its minimum.';

-- Checked for every row by a later migration, which locks nobody out.
ALTER TABLE services ADD CONSTRAINT services_capacity CHECK (capacity BETWEEN 1 AND 500) NOT VALID;
ALTER TABLE services ADD CONSTRAINT services_minimum CHECK (
    (minimum_participants IS NULL) = (minimum_deadline_minutes IS NULL)
    AND minimum_participants BETWEEN 1 AND capacity
    AND minimum_deadline_minutes BETWEEN 0 AND 527040) NOT VALID;
ALTER TABLE sessions ADD CONSTRAINT sessions_capacity CHECK (capacity BETWEEN 1 AND 500) NOT VALID;
ALTER TABLE allocations DROP CONSTRAINT allocations_kind;
ALTER TABLE allocations ADD CONSTRAINT allocations_kind CHECK (kind IN ('appointment', 'hold', 'session')) NOT VALID;
COMMENT ON TABLE allocations IS 'Claims on resources, buffers included. Two that overlap cannot exist. organisation_id is the owner of the resource; claim_id is the appointment or hold, or the session of a group.';

-- Sessions of groups are claimed by whoever publishes them.
GRANT INSERT ON allocations TO sprechstunde_worker;
