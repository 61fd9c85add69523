-- The network: bodies, persons who sign in, keys. The roles `sprechstunde_*` belong to the cluster
-- and are made before the migrations (src/cluster.rs).

CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Who acts and for which organisations, as the running transaction has set it.
CREATE FUNCTION acting_organisations() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('app.organisations', true), '')::uuid[];
CREATE FUNCTION acting_account() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('app.account', true), '')::uuid;
CREATE FUNCTION acting_for_network() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(current_setting('app.network', true), '') = 'true';
CREATE FUNCTION acting_at() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('app.now', true), '')::timestamptz;
CREATE FUNCTION shown_key() RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
    RETURN decode(nullif(current_setting('app.key_hash', true), ''), 'hex');
CREATE FUNCTION shown_secret() RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
    RETURN decode(nullif(current_setting('app.secret_hash', true), ''), 'hex');

-- Walls a tenant table: forced row-level security, and staff see their own organisations only.
CREATE PROCEDURE raise_wall(walled regclass) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', walled);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', walled);
    EXECUTE format(
        'CREATE POLICY staff_of_the_organisation ON %s TO sprechstunde_staff
            USING (organisation_id = ANY (acting_organisations()))
            WITH CHECK (organisation_id = ANY (acting_organisations()))', walled);
    EXECUTE format('CREATE POLICY worker ON %s TO sprechstunde_worker USING (true) WITH CHECK (true)', walled);
END
$$;

CREATE TABLE organisations (
    id uuid NOT NULL,
    slug text NOT NULL,
    name jsonb NOT NULL,
    description jsonb,
    website text,
    retention_days integer NOT NULL DEFAULT 90,
    published boolean NOT NULL DEFAULT false,
    archived_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT organisations_pkey PRIMARY KEY (id),
    CONSTRAINT organisations_slug_key UNIQUE (slug),
    CONSTRAINT organisations_slug_form CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 63),
    CONSTRAINT organisations_retention CHECK (retention_days BETWEEN 1 AND 3650)
);
COMMENT ON TABLE organisations IS 'The bodies of the network; each is a tenant.';
ALTER TABLE organisations ENABLE ROW LEVEL SECURITY;
ALTER TABLE organisations FORCE ROW LEVEL SECURITY;
CREATE POLICY published ON organisations FOR SELECT TO sprechstunde_public
    USING (published AND archived_at IS NULL);
CREATE POLICY directory ON organisations FOR SELECT TO sprechstunde_staff
    USING (id = ANY (acting_organisations()) OR acting_for_network() OR (published AND archived_at IS NULL));
CREATE POLICY own ON organisations FOR UPDATE TO sprechstunde_staff
    USING (id = ANY (acting_organisations()) OR acting_for_network());
CREATE POLICY network ON organisations FOR INSERT TO sprechstunde_staff WITH CHECK (acting_for_network());
CREATE POLICY issuer ON organisations FOR SELECT TO sprechstunde_issuer USING (true);
CREATE POLICY worker ON organisations FOR SELECT TO sprechstunde_worker USING (true);
GRANT SELECT (id, slug, name, description, website, retention_days, published, archived_at, version)
    ON organisations TO sprechstunde_public;
GRANT SELECT, INSERT, UPDATE ON organisations TO sprechstunde_staff;
GRANT SELECT ON organisations TO sprechstunde_issuer, sprechstunde_worker;

CREATE TABLE accounts (
    id uuid NOT NULL,
    email text NOT NULL,
    display_name text NOT NULL,
    password_hash text NOT NULL,
    network_coordinator boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    CONSTRAINT accounts_pkey PRIMARY KEY (id),
    CONSTRAINT accounts_email_key UNIQUE (email),
    CONSTRAINT accounts_email_lower CHECK (email = lower(email))
);
COMMENT ON TABLE accounts IS 'Network-wide persons who sign in. Visitors have none.';

CREATE TABLE memberships (
    organisation_id uuid NOT NULL,
    account_id uuid NOT NULL,
    role text NOT NULL,
    CONSTRAINT memberships_pkey PRIMARY KEY (organisation_id, account_id, role),
    CONSTRAINT memberships_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT memberships_account_fkey FOREIGN KEY (account_id) REFERENCES accounts (id),
    CONSTRAINT memberships_role CHECK (role IN ('counsellor', 'coordinator', 'administrator'))
);
CREATE INDEX memberships_account ON memberships (account_id);
COMMENT ON TABLE memberships IS 'What an account may do in which organisation.';
CALL raise_wall('memberships');
CREATE POLICY oneself ON memberships FOR SELECT TO sprechstunde_staff USING (account_id = acting_account());
CREATE POLICY issuer ON memberships TO sprechstunde_issuer USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON memberships TO sprechstunde_staff, sprechstunde_issuer;

-- Staff see themselves and the colleagues of their organisations, and never a password hash.
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts FORCE ROW LEVEL SECURITY;
CREATE POLICY issuer ON accounts TO sprechstunde_issuer USING (true) WITH CHECK (true);
CREATE POLICY colleagues ON accounts FOR SELECT TO sprechstunde_staff
    USING (id = acting_account() OR EXISTS (SELECT FROM memberships m WHERE m.account_id = accounts.id));
GRANT SELECT, INSERT, UPDATE ON accounts TO sprechstunde_issuer;
GRANT SELECT (id, email, display_name, network_coordinator, created_at) ON accounts TO sprechstunde_staff;

CREATE TABLE invitations (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    email text NOT NULL,
    roles text[] NOT NULL,
    token_hash bytea NOT NULL,
    invited_by uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    accepted_at timestamptz,
    CONSTRAINT invitations_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT invitations_token_key UNIQUE (organisation_id, token_hash),
    CONSTRAINT invitations_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT invitations_roles CHECK (cardinality(roles) > 0
        AND roles <@ ARRAY['counsellor', 'coordinator', 'administrator'])
);
CREATE INDEX invitations_token ON invitations (token_hash);
COMMENT ON TABLE invitations IS 'Offers of a membership; the token is kept as a keyed hash.';
CALL raise_wall('invitations');
CREATE POLICY network ON invitations TO sprechstunde_staff
    USING (acting_for_network()) WITH CHECK (acting_for_network());
CREATE POLICY issuer ON invitations TO sprechstunde_issuer USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON invitations TO sprechstunde_staff;
GRANT SELECT, UPDATE ON invitations TO sprechstunde_issuer;

CREATE TABLE signing_keys (
    id uuid NOT NULL,
    public_key bytea NOT NULL,
    sealed_private_key bytea NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT signing_keys_pkey PRIMARY KEY (id)
);
COMMENT ON TABLE signing_keys IS 'Ed25519 keys of the token issuer, sealed under the master key.';
GRANT SELECT, INSERT ON signing_keys TO sprechstunde_issuer;

CREATE TABLE refresh_tokens (
    token_hash bytea NOT NULL,
    family_id uuid NOT NULL,
    account_id uuid NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT refresh_tokens_pkey PRIMARY KEY (token_hash),
    CONSTRAINT refresh_tokens_account_fkey FOREIGN KEY (account_id) REFERENCES accounts (id)
);
CREATE INDEX refresh_tokens_family ON refresh_tokens (family_id);
COMMENT ON TABLE refresh_tokens IS 'Rotating refresh tokens; using one twice ends its family (RFC 9700, 4.14.2).';
GRANT SELECT, INSERT, UPDATE, DELETE ON refresh_tokens TO sprechstunde_issuer;
GRANT SELECT (token_hash, expires_at), UPDATE (expires_at), DELETE ON refresh_tokens TO sprechstunde_worker;

CREATE TABLE installation (
    only_row boolean NOT NULL DEFAULT true,
    key_check bytea NOT NULL,
    setup_seed bytea,
    demo boolean NOT NULL DEFAULT false,
    CONSTRAINT installation_pkey PRIMARY KEY (only_row),
    CONSTRAINT installation_one_row CHECK (only_row)
);
COMMENT ON TABLE installation IS 'What one data base knows of itself: a check value that refuses a wrong master key, and, while no account exists, the seed from which the master key makes the one-time set-up token.';
GRANT SELECT, INSERT, UPDATE ON installation TO sprechstunde_issuer;

CREATE TABLE idempotency_keys (
    key_hash bytea NOT NULL,
    request_hash bytea NOT NULL,
    status smallint NOT NULL,
    sealed_answer bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (key_hash)
);
CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);
COMMENT ON TABLE idempotency_keys IS 'Committed answers for 24 hours. The hash covers caller, operation and key; the answer is sealed under a key derived from the caller''s own, so the row alone tells nothing.';
ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY own_key ON idempotency_keys TO sprechstunde_public, sprechstunde_staff
    USING (key_hash = shown_key()) WITH CHECK (key_hash = shown_key());
CREATE POLICY worker ON idempotency_keys TO sprechstunde_worker USING (true);
GRANT SELECT, INSERT, UPDATE ON idempotency_keys TO sprechstunde_public, sprechstunde_staff;
GRANT SELECT (key_hash, expires_at), UPDATE (expires_at), DELETE ON idempotency_keys TO sprechstunde_worker;

CREATE TABLE audit_entries (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    account_id uuid,
    action text NOT NULL,
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    fields text[] NOT NULL DEFAULT '{}',
    CONSTRAINT audit_entries_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT audit_entries_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES organisations (id)
);
COMMENT ON TABLE audit_entries IS 'Who changed what and when, and which fields; never their content. No account means a visitor or the program itself.';
CALL raise_wall('audit_entries');
CREATE POLICY network ON audit_entries FOR INSERT TO sprechstunde_staff WITH CHECK (acting_for_network());
CREATE POLICY visitor ON audit_entries FOR INSERT TO sprechstunde_public
    WITH CHECK (account_id IS NULL AND subject_kind = 'appointment');
CREATE POLICY issuer ON audit_entries FOR INSERT TO sprechstunde_issuer WITH CHECK (true);
GRANT INSERT ON audit_entries TO sprechstunde_public, sprechstunde_issuer, sprechstunde_worker;
GRANT SELECT, INSERT ON audit_entries TO sprechstunde_staff;

CREATE TABLE outbox_events (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    CONSTRAINT outbox_events_pkey PRIMARY KEY (organisation_id, id),
    CONSTRAINT outbox_events_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES organisations (id)
);
COMMENT ON TABLE outbox_events IS 'What happened, for effects outside the transaction; names its subject and nothing of it.';
CALL raise_wall('outbox_events');
CREATE POLICY visitor ON outbox_events FOR INSERT TO sprechstunde_public
    WITH CHECK (kind LIKE 'appointment.%');
GRANT INSERT ON outbox_events TO sprechstunde_public, sprechstunde_staff;
GRANT SELECT, INSERT, UPDATE (occurred_at), DELETE ON outbox_events TO sprechstunde_worker;
