-- Where, who and what: sites, rooms, counsellors, services.

CREATE TABLE resources (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    CONSTRAINT resources_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT resources_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT resources_kind CHECK (kind IN ('counsellor', 'room'))
);
COMMENT ON TABLE resources IS 'Whoever or whatever can be claimed. Its row is what a claim locks, always in the order of ids.';
CALL raise_wall('resources');
-- A visitor's booking locks these rows; locking needs an UPDATE policy, and nothing passes its check.
CREATE POLICY lockable ON resources FOR SELECT TO sprechstunde_public USING (true);
CREATE POLICY never_changed ON resources FOR UPDATE TO sprechstunde_public USING (true) WITH CHECK (false);
GRANT SELECT (organisation_id, id), UPDATE (id) ON resources TO sprechstunde_public;
GRANT SELECT, INSERT, UPDATE ON resources TO sprechstunde_staff, sprechstunde_worker;

CREATE TABLE sites (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    name jsonb NOT NULL,
    street text NOT NULL,
    postal_code text NOT NULL,
    city text NOT NULL,
    latitude double precision,
    longitude double precision,
    regional_key text,
    federal_state text NOT NULL,
    time_zone text NOT NULL,
    published boolean NOT NULL DEFAULT false,
    archived_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT sites_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT sites_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT sites_latitude CHECK (latitude BETWEEN -90 AND 90),
    CONSTRAINT sites_longitude CHECK (longitude BETWEEN -180 AND 180),
    CONSTRAINT sites_coordinates CHECK ((latitude IS NULL) = (longitude IS NULL)),
    CONSTRAINT sites_regional_key CHECK (regional_key ~ '^[0-9]{12}$')
);
CREATE INDEX sites_id ON sites (id);
COMMENT ON TABLE sites IS 'Places with an address, a time zone and a federal state (ISO 3166-2).';
CALL raise_wall('sites');
CREATE POLICY directory ON sites FOR SELECT TO sprechstunde_public, sprechstunde_staff
    USING (published AND archived_at IS NULL AND EXISTS (SELECT FROM organisations o WHERE o.id = organisation_id AND o.published AND o.archived_at IS NULL));
GRANT SELECT ON sites TO sprechstunde_public, sprechstunde_worker;
GRANT SELECT, INSERT, UPDATE ON sites TO sprechstunde_staff;

CREATE TABLE rooms (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    site_id uuid NOT NULL,
    name text NOT NULL,
    seats integer,
    archived_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT rooms_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT rooms_resource_fkey FOREIGN KEY (organisation_id, id) REFERENCES resources (organisation_id, id),
    CONSTRAINT rooms_site_fkey FOREIGN KEY (organisation_id, site_id) REFERENCES sites (organisation_id, id),
    CONSTRAINT rooms_seats CHECK (seats BETWEEN 1 AND 10000)
);
COMMENT ON TABLE rooms IS 'Bookable rooms of a site.';
CALL raise_wall('rooms');
-- Visitors learn no more than whether a room is still there.
CREATE POLICY still_there ON rooms FOR SELECT TO sprechstunde_public USING (archived_at IS NULL);
GRANT SELECT (organisation_id, id, archived_at) ON rooms TO sprechstunde_public;
GRANT SELECT, INSERT, UPDATE ON rooms TO sprechstunde_staff;

CREATE TABLE counsellors (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    account_id uuid,
    display_name text NOT NULL,
    public_name text GENERATED ALWAYS AS (CASE WHEN published THEN display_name END) STORED,
    languages text[] NOT NULL,
    skills text[] NOT NULL DEFAULT '{}',
    published boolean NOT NULL DEFAULT false,
    archived_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT counsellors_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT counsellors_resource_fkey FOREIGN KEY (organisation_id, id) REFERENCES resources (organisation_id, id),
    CONSTRAINT counsellors_account_fkey FOREIGN KEY (account_id) REFERENCES accounts (id)
);
CREATE UNIQUE INDEX counsellors_account_key ON counsellors (organisation_id, account_id) WHERE archived_at IS NULL;
CREATE INDEX counsellors_id ON counsellors (id);
COMMENT ON TABLE counsellors IS 'Persons who give appointments. Visitors can read the public name, never the display name.';
CALL raise_wall('counsellors');
CREATE POLICY directory ON counsellors FOR SELECT TO sprechstunde_public
    USING (archived_at IS NULL AND EXISTS (SELECT FROM organisations o WHERE o.id = organisation_id AND o.published AND o.archived_at IS NULL));
GRANT SELECT (organisation_id, id, public_name, languages, published, archived_at, version)
    ON counsellors TO sprechstunde_public;
GRANT SELECT, INSERT, UPDATE ON counsellors TO sprechstunde_staff;
GRANT SELECT ON counsellors TO sprechstunde_worker;

CREATE TABLE services (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    name jsonb NOT NULL,
    description jsonb,
    topic text NOT NULL,
    format text NOT NULL,
    modalities text[] NOT NULL,
    languages text[] NOT NULL,
    contact_rule text NOT NULL,
    length_minutes integer NOT NULL,
    start_every_minutes integer NOT NULL,
    buffer_before_minutes integer NOT NULL,
    buffer_after_minutes integer NOT NULL,
    minimum_notice_minutes integer NOT NULL,
    horizon_days integer NOT NULL,
    cancellation_deadline_minutes integer NOT NULL,
    published boolean NOT NULL DEFAULT false,
    archived_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT services_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT services_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT services_topic CHECK (topic ~ '^[a-z][a-z0-9_]{0,62}$'),
    CONSTRAINT services_format CHECK (format IN ('individual', 'group', 'course', 'visit', 'open_hours')),
    CONSTRAINT services_modalities CHECK (cardinality(modalities) > 0
        AND modalities <@ ARRAY['in_person', 'phone', 'video', 'at_home']),
    CONSTRAINT services_contact_rule CHECK (contact_rule IN ('none', 'optional', 'required')),
    -- No claim is longer than a day: reading the claims of a span relies on it.
    CONSTRAINT services_length CHECK (length_minutes > 0 AND buffer_before_minutes >= 0
        AND buffer_after_minutes >= 0 AND length_minutes + buffer_before_minutes + buffer_after_minutes <= 1440),
    CONSTRAINT services_start_every CHECK (start_every_minutes BETWEEN 1 AND 1440),
    CONSTRAINT services_horizon CHECK (horizon_days BETWEEN 1 AND 366),
    CONSTRAINT services_notice CHECK (minimum_notice_minutes BETWEEN 0 AND 527040),
    CONSTRAINT services_deadline CHECK (cancellation_deadline_minutes BETWEEN 0 AND 527040)
);
CREATE INDEX services_id ON services (id);
CREATE INDEX services_topic_index ON services (topic) WHERE published AND archived_at IS NULL;
COMMENT ON TABLE services IS 'What can be booked, and the rules of its time.';
CALL raise_wall('services');
CREATE POLICY directory ON services FOR SELECT TO sprechstunde_public, sprechstunde_staff
    USING (published AND archived_at IS NULL AND EXISTS (SELECT FROM organisations o WHERE o.id = organisation_id AND o.published AND o.archived_at IS NULL));
GRANT SELECT ON services TO sprechstunde_public, sprechstunde_worker;
GRANT SELECT, INSERT, UPDATE ON services TO sprechstunde_staff;
