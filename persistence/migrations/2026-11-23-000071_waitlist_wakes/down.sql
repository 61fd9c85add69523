SET LOCAL lock_timeout = '500ms';
LOCK TABLE services, sessions, absences, closures, allocations, places IN SHARE ROW EXCLUSIVE MODE;
DROP FUNCTION wake_waitlists() CASCADE;
DROP FUNCTION wake_waitlist() CASCADE;
DROP TABLE waitlist_wakes;
