//! Every migration leads there and back again.

use std::collections::BTreeSet;

use persistence::migrations::{apply_next, pending, revert_last};
use tests::postgres::{fresh_database, rows};

/// The whole schema, a line for each thing in it, as Postgres would write it down.
const LISTING: &str = "
    SELECT format('table %s: security %s forced %s, %s', oid::regclass, relrowsecurity, relforcerowsecurity,
                  obj_description(oid, 'pg_class'))
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'S', 'p')
    UNION ALL
    SELECT format('grant on %s: %s %s', c.oid::regclass, g.grantee::regrole, g.privilege_type)
    FROM pg_class c, aclexplode(c.relacl) g WHERE relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT format('column %s.%s: %s %s %s %s', c.oid::regclass, a.attname, format_type(a.atttypid, a.atttypmod),
                  a.attnotnull, a.attgenerated, pg_get_expr(d.adbin, d.adrelid))
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p')
    UNION ALL
    SELECT format('grant on %s.%s: %s %s', c.oid::regclass, a.attname, g.grantee::regrole, g.privilege_type)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid, aclexplode(a.attacl) g
    WHERE c.relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT format('constraint %s on %s: %s', conname, conrelid::regclass, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL
    SELECT format('policy %s on %s: %s %s for %s, %s, check %s', policyname, tablename, permissive, cmd, roles, qual, with_check)
    FROM pg_policies WHERE schemaname = 'public'
    UNION ALL
    SELECT pg_get_functiondef(p.oid) FROM pg_proc p
    WHERE pronamespace = 'public'::regnamespace AND prokind IN ('f', 'p')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    UNION ALL
    SELECT format('trigger %s', pg_get_triggerdef(t.oid)) FROM pg_trigger t WHERE NOT tgisinternal
    UNION ALL
    SELECT format('type %s', oid::regtype) FROM pg_type t
    WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
    UNION ALL
    SELECT format('extension %s', extname) FROM pg_extension
    ORDER BY 1";

/// All the way down and all the way up, each step leads to where the other way passed.
#[tokio::test(flavor = "multi_thread")]
async fn every_migration_goes_down_and_up_again() {
    let database = fresh_database().await;
    let ran = "SELECT version::text FROM __diesel_schema_migrations";
    let mut passed = Vec::new();
    while !rows(&database, ran).await.is_empty() {
        passed.push(rows(&database, LISTING).await);
        revert_last(&database).await.expect("the way down");
        assert_eq!(
            pending(&database).await.expect("a list").len(),
            passed.len()
        );
    }
    nothing_is_left(&rows(&database, LISTING).await);
    while let Some(expected) = passed.pop() {
        let name = apply_next(&database).await.expect("the way up");
        let name = name.expect("a migration");
        let listing = rows(&database, LISTING).await;
        if passed.is_empty() {
            assert_eq!(listing, expected);
        }
        // What is checked by a later migration stays so on its way down.
        let checked = |line: &String| line.trim_end_matches(" NOT VALID").to_owned();
        let [listing, expected] =
            [listing, expected].map(|all| all.iter().map(checked).collect::<BTreeSet<_>>());
        let differing: Vec<_> = listing.symmetric_difference(&expected).collect();
        assert!(differing.is_empty(), "{name}: {differing:?}");
    }
    assert_eq!(apply_next(&database).await.expect("the top"), None);
}

fn nothing_is_left(listing: &[String]) {
    let ours: Vec<_> = listing
        .iter()
        .filter(|line| !line.contains("__diesel_schema_migrations") && *line != "extension plpgsql")
        .collect();
    assert!(ours.is_empty(), "{ours:?}");
}
