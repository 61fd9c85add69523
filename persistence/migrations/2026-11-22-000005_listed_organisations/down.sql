-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';
-- All that is altered, in the order in which searches and bookings read it: no two wait in a circle.
LOCK TABLE services, counsellors, sites, organisations IN ACCESS EXCLUSIVE MODE;

DROP INDEX sites_latitude;
ALTER POLICY directory ON sites
    USING (published AND archived_at IS NULL AND EXISTS (SELECT FROM organisations o WHERE o.id = organisation_id AND o.published AND o.archived_at IS NULL));
ALTER POLICY directory ON services
    USING (published AND archived_at IS NULL AND EXISTS (SELECT FROM organisations o WHERE o.id = organisation_id AND o.published AND o.archived_at IS NULL));
ALTER POLICY directory ON counsellors
    USING (archived_at IS NULL AND EXISTS (SELECT FROM organisations o WHERE o.id = organisation_id AND o.published AND o.archived_at IS NULL));
DROP TRIGGER know_whether_listed ON sites;
DROP TRIGGER know_whether_listed ON services;
DROP TRIGGER know_whether_listed ON counsellors;
ALTER TABLE sites DROP COLUMN organisation_listed;
ALTER TABLE services DROP COLUMN organisation_listed;
ALTER TABLE counsellors DROP COLUMN organisation_listed;
DROP FUNCTION know_whether_listed();
REVOKE SELECT (listed) ON organisations FROM sprechstunde_public;
ALTER TABLE organisations DROP COLUMN listed;
