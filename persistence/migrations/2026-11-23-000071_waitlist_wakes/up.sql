-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';
LOCK TABLE services, sessions, absences, closures, allocations, places IN SHARE ROW EXCLUSIVE MODE;

-- When a waiting list is to be looked at. Whatever may free a slot of a body that keeps one leaves a
-- row; nobody changes a row, so that nobody who frees something waits for anybody.

CREATE TABLE waitlist_wakes (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    due_at timestamptz NOT NULL,
    CONSTRAINT waitlist_wakes_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT waitlist_wakes_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES organisations (id)
);
CREATE INDEX waitlist_wakes_due ON waitlist_wakes (due_at);
COMMENT ON TABLE waitlist_wakes IS 'From when on somebody is to look whether a free slot fits who waits. Whoever looks takes the rows of the organisation, and leaves one for the next time as long as anybody waits.';
CALL raise_wall('waitlist_wakes');
CREATE POLICY somebody_frees ON waitlist_wakes FOR INSERT TO sprechstunde_public, sprechstunde_staff WITH CHECK (true);
GRANT INSERT ON waitlist_wakes TO sprechstunde_public, sprechstunde_staff;
GRANT SELECT, INSERT, DELETE ON waitlist_wakes TO sprechstunde_worker;

CREATE FUNCTION wake_waitlist() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM services v WHERE v.organisation_id = OLD.organisation_id AND v.waitlist_offer_minutes IS NOT NULL) THEN
        INSERT INTO waitlist_wakes VALUES (OLD.organisation_id, gen_random_uuid(), '-infinity');
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER wake_waitlist AFTER DELETE ON allocations FOR EACH ROW EXECUTE FUNCTION wake_waitlist();
CREATE TRIGGER wake_waitlist AFTER DELETE ON places FOR EACH ROW EXECUTE FUNCTION wake_waitlist();

-- Once, however many rows: a schedule publishes many sessions.
CREATE FUNCTION wake_waitlists() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO waitlist_wakes
    SELECT n.organisation_id, gen_random_uuid(), '-infinity' FROM (SELECT DISTINCT organisation_id FROM changed) n
    WHERE EXISTS (SELECT FROM services v WHERE v.organisation_id = n.organisation_id AND v.waitlist_offer_minutes IS NOT NULL);
    RETURN NULL;
END
$$;
CREATE TRIGGER wake_waitlists_published AFTER INSERT ON sessions REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION wake_waitlists();
CREATE TRIGGER wake_waitlists AFTER UPDATE ON sessions REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION wake_waitlists();
CREATE TRIGGER wake_waitlists AFTER UPDATE ON absences REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION wake_waitlists();
CREATE TRIGGER wake_waitlists AFTER UPDATE ON closures REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION wake_waitlists();
CREATE TRIGGER wake_waitlists AFTER UPDATE ON services REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION wake_waitlists();
