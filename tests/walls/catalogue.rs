//! What pg_catalog says of the schema. Each rule asks for those who break it.

use tests::postgres::{fresh_database, rows};

/// Tables of the program: neither those of an extension, nor the list of migrations that ran.
const TABLES: &str = "
    tables AS (
        SELECT c.oid, c.relname::text AS name, c.relrowsecurity, c.relforcerowsecurity, c.relacl, c.relowner
        FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
          AND c.relname <> '__diesel_schema_migrations'),
    tenants AS (
        SELECT t.*, a.attnum AS organisation
        FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'organisation_id')";

/// Fails with the names that the query answers, unless they are exempt. An exemption that nothing
/// needs any more fails too.
async fn nobody_breaks(rule: &str, query: &str, exempt: &[(&str, &str)]) {
    let database = fresh_database().await;
    let broken = rows(&database, &format!("WITH {TABLES} {query}")).await;
    let names: Vec<_> = exempt.iter().map(|(name, _)| *name).collect();
    let (needed, offenders): (Vec<_>, Vec<_>) = broken
        .iter()
        .map(String::as_str)
        .partition(|name| names.contains(name));
    assert!(offenders.is_empty(), "{rule}: {offenders:?}");
    for name in names {
        assert!(needed.contains(&name), "{rule}: {name} needs no exemption");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_tenant_table_is_walled() {
    let database = fresh_database().await;
    let tenants = rows(
        &database,
        &format!("WITH {TABLES} SELECT name FROM tenants"),
    )
    .await;
    assert!(tenants.len() >= 18, "{tenants:?}");
    nobody_breaks(
        "row-level security is enabled and forced",
        "SELECT name FROM tenants WHERE NOT (relrowsecurity AND relforcerowsecurity)",
        &[],
    )
    .await;
    nobody_breaks(
        "staff have a policy that asks for their organisations",
        "SELECT name FROM tenants t WHERE NOT EXISTS (
             SELECT FROM pg_policy p WHERE p.polrelid = t.oid
                AND p.polroles = ARRAY['sprechstunde_staff'::regrole::oid]
                AND pg_get_expr(p.polqual, p.polrelid) LIKE '%organisation_id = ANY (( SELECT acting_organisations() AS acting_organisations)%')",
        &[],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_other_table_is_walled_or_says_why_not() {
    nobody_breaks(
        "row-level security is enabled and forced",
        "SELECT name FROM tables WHERE NOT (relrowsecurity AND relforcerowsecurity)",
        &[
            ("installation", "one row, for the issuer only"),
            (
                "refresh_tokens",
                "kept as keyed hashes, for the issuer only",
            ),
            ("signing_keys", "sealed, for the issuer only"),
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_carry_the_organisation() {
    nobody_breaks(
        "primary, unique and exclusion keys hold organisation_id",
        "SELECT i.relname::text FROM tenants t
         JOIN pg_index x ON x.indrelid = t.oid AND (x.indisunique OR x.indisexclusion)
         JOIN pg_class i ON i.oid = x.indexrelid
         WHERE NOT t.organisation = ANY (x.indkey::int2[])",
        &[(
            "allocations_never_overlap",
            "a resource has one owner, and nobody else's claim on it may overlap either",
        )],
    )
    .await;
    nobody_breaks(
        "primary keys begin with organisation_id",
        "SELECT i.relname::text FROM tenants t
         JOIN pg_index x ON x.indrelid = t.oid AND x.indisprimary
         JOIN pg_class i ON i.oid = x.indexrelid WHERE x.indkey[0] <> t.organisation",
        &[],
    )
    .await;
    nobody_breaks(
        "foreign keys between tenant tables pair organisation_id with organisation_id",
        "SELECT f.conname::text FROM pg_constraint f
         JOIN tenants here ON here.oid = f.conrelid JOIN tenants there ON there.oid = f.confrelid
         WHERE f.contype = 'f' AND NOT EXISTS (
             SELECT FROM unnest(f.conkey, f.confkey) AS pair (mine, theirs)
             WHERE pair.mine = here.organisation AND pair.theirs = there.organisation)",
        &[(
            "rooms_loan_fkey",
            "a room on loan leads to the loan of its owner, who is another organisation",
        )],
    )
    .await;
    nobody_breaks(
        "organisation_id leads to an organisation, directly or by another foreign key",
        "SELECT t.name FROM tenants t WHERE NOT EXISTS (
             SELECT FROM pg_constraint f WHERE f.conrelid = t.oid AND f.contype = 'f'
                AND t.organisation = ANY (f.conkey))",
        &[],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_say_what_they_are_for() {
    nobody_breaks(
        "every table has a comment",
        "SELECT name FROM tables WHERE obj_description(oid, 'pg_class') IS NULL",
        &[],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn constraints_have_names_that_somebody_chose() {
    // Postgres' own names: <table>_<column>_check, <table>_<column>_fkey, …_excl, and numbers behind.
    nobody_breaks(
        "constraints are named after their table, and by hand",
        "SELECT t.name || '.' || k.conname FROM pg_constraint k JOIN tables t ON t.oid = k.conrelid
         WHERE k.contype IN ('c', 'f', 'p', 'u', 'x') AND (
             NOT starts_with(k.conname, t.name || '_')
             OR k.conname ~ '_(check|excl|fkey|key)[0-9]+$' OR k.conname ~ '_(check|excl|id_fkey)$')",
        &[],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_programs_roles_are_small() {
    nobody_breaks(
        "no role logs in, owns, makes or passes by anything",
        "SELECT rolname::text FROM pg_roles r WHERE rolname ~ '^sprechstunde_' AND (
             rolsuper OR rolbypassrls OR rolcanlogin OR rolcreaterole OR rolcreatedb OR rolreplication
             OR EXISTS (SELECT FROM tables WHERE relowner = r.oid)
             OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid))",
        &[],
    )
    .await;
    nobody_breaks(
        "no role may truncate, refer or add triggers",
        "SELECT t.name || ': ' || g.grantee::regrole || ' ' || g.privilege_type
         FROM tables t, aclexplode(t.relacl) g
         WHERE g.grantee <> t.relowner AND g.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')",
        &[],
    )
    .await;
    nobody_breaks(
        "audit entries are never changed or deleted",
        "SELECT g.grantee::regrole || ' ' || g.privilege_type FROM tables t, aclexplode(t.relacl) g
         WHERE t.name = 'audit_entries' AND g.grantee <> t.relowner
           AND g.privilege_type NOT IN ('SELECT', 'INSERT')",
        &[],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_granted_to_everybody() {
    nobody_breaks(
        "PUBLIC has no right to a table, a view or a sequence",
        "SELECT c.relname || ' ' || g.privilege_type FROM pg_class c, aclexplode(c.relacl) g
         WHERE c.relnamespace = 'public'::regnamespace AND g.grantee = 0",
        &[],
    )
    .await;
    nobody_breaks(
        "PUBLIC has no right to a column",
        "SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid,
             aclexplode(a.attacl) g
         WHERE c.relnamespace = 'public'::regnamespace AND g.grantee = 0",
        &[],
    )
    .await;
    nobody_breaks(
        "nobody but the owner makes things in the schema",
        "SELECT g.grantee::text FROM pg_namespace n, aclexplode(n.nspacl) g
         WHERE n.nspname = 'public' AND g.privilege_type = 'CREATE' AND g.grantee <> n.nspowner",
        &[],
    )
    .await;
    nobody_breaks(
        "no function has more rights than its caller, and no view either",
        "SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef
         UNION ALL
         SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
            AND (relkind = 'm' OR relkind = 'v' AND NOT 'security_invoker=true' = ANY (coalesce(reloptions, '{}')))",
        &[],
    )
    .await;
}
