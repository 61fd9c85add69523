-- Whoever waits for a table makes all others wait behind: better to give up and try again.
SET LOCAL lock_timeout = '500ms';
-- All that is altered, in the order in which searches and bookings read it: no two wait in a circle.
LOCK TABLE services, counsellors, sites, organisations IN ACCESS EXCLUSIVE MODE;

-- Whether an organisation is listed stands in its own rows: a wall that looked it up for each row
-- that it lets pass made the slot search three times as slow. A foreign key keeps the copy true.

ALTER TABLE organisations
    ADD COLUMN listed boolean NOT NULL GENERATED ALWAYS AS (published AND archived_at IS NULL) STORED;
ALTER TABLE organisations ADD CONSTRAINT organisations_listed_key UNIQUE (id, listed);
COMMENT ON COLUMN organisations.listed IS 'Whether the public sees the organisation.';
GRANT SELECT (listed) ON organisations TO sprechstunde_public;

CREATE FUNCTION know_whether_listed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT o.listed INTO NEW.organisation_listed FROM organisations o WHERE o.id = NEW.organisation_id;
    RETURN NEW;
END
$$;

-- Moves the rows of every tenant at once: for this transaction the walls do not hold the owner.
ALTER TABLE organisations NO FORCE ROW LEVEL SECURITY;
DO $$
DECLARE directory text;
BEGIN
    FOREACH directory IN ARRAY ARRAY['sites', 'counsellors', 'services'] LOOP
        EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', directory);
        EXECUTE format('ALTER TABLE %I ADD COLUMN organisation_listed boolean', directory);
        EXECUTE format('UPDATE %I d SET organisation_listed = o.listed
                        FROM organisations o WHERE o.id = d.organisation_id', directory);
        -- Rows that changed have checks due, and no table is altered before they are done.
        SET CONSTRAINTS ALL IMMEDIATE;
        EXECUTE format('ALTER TABLE %I ALTER COLUMN organisation_listed SET NOT NULL', directory);
        EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I
                        FOREIGN KEY (organisation_id, organisation_listed) REFERENCES organisations (id, listed)
                        ON UPDATE CASCADE', directory, directory || '_listed_fkey');
        EXECUTE format('CREATE TRIGGER know_whether_listed BEFORE INSERT ON %I
                        FOR EACH ROW EXECUTE FUNCTION know_whether_listed()', directory);
        EXECUTE format('COMMENT ON COLUMN %I.organisation_listed IS %L', directory,
                       'Whether the public sees the organisation; follows it by foreign key.');
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', directory);
    END LOOP;
END
$$;
ALTER TABLE organisations FORCE ROW LEVEL SECURITY;

ALTER POLICY directory ON sites USING (published AND archived_at IS NULL AND organisation_listed);
ALTER POLICY directory ON services USING (published AND archived_at IS NULL AND organisation_listed);
ALTER POLICY directory ON counsellors USING (archived_at IS NULL AND organisation_listed);
-- What is near is looked for by latitude.
CREATE INDEX sites_latitude ON sites (latitude) WHERE published AND archived_at IS NULL AND organisation_listed;
