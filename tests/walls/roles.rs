//! What each role of the program can reach when it asks Postgres directly.

use serde_json::json;
use tests::furnished::Furnished;
use tests::postgres::{connect_as, rows};
use tests::{Answer, Server};
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;
use uuid::Uuid;

const TENANT_TABLES: &str = "
    SELECT table_name::text FROM information_schema.columns
    WHERE table_schema = 'public' AND column_name = 'organisation_id' ORDER BY 1";

/// How many rows the query counts; `None` when the role may not even ask.
async fn count(client: &Client, query: &str) -> Option<i64> {
    match client.query_one(query, &[]).await {
        Ok(row) => Some(row.get(0)),
        Err(error) if error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) => None,
        Err(error) => panic!("{query}: {error:?}"),
    }
}

/// How many rows the statement touched; `None` when it was refused.
async fn touched(client: &Client, statement: &str) -> Option<u64> {
    match client.execute(statement, &[]).await {
        Ok(rows) => Some(rows),
        Err(error) if error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) => None,
        Err(error) => panic!("{statement}: {error:?}"),
    }
}

async fn unpublish(server: &Server, organisation: Uuid) {
    for table in ["sites", "services", "counsellors"] {
        let hide = format!(
            "UPDATE {table} SET published = false WHERE organisation_id = '{organisation}'"
        );
        server.sql(&hide).await;
    }
    let hide = format!("UPDATE organisations SET published = false WHERE id = '{organisation}'");
    server.sql(&hide).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_reach_nothing_of_another_organisation() {
    let server = Server::start().await;
    let ours = Furnished::arrange(&server, "ours").await;
    let theirs = Furnished::arrange(&server, "theirs").await;
    let (ours, theirs) = (
        ours.talks.people.organisation,
        theirs.talks.people.organisation,
    );
    unpublish(&server, theirs).await;
    let staff = connect_as(&server.database_url, "sprechstunde_staff").await;
    let act = format!("SELECT set_config('app.organisations', '{{{ours}}}', false)");
    staff.batch_execute(&act).await.expect("the setting");
    let tables = rows(&server.database_url, TENANT_TABLES).await;
    assert!(tables.len() >= 18, "{tables:?}");
    for table in tables {
        let of = |organisation: Uuid| {
            format!("SELECT count(*) FROM {table} WHERE organisation_id = '{organisation}'")
        };
        let there = server.sql_value(&of(theirs)).await;
        assert_ne!(there, "0", "{table} is empty: furnish it");
        assert_eq!(count(&staff, &of(theirs)).await.unwrap_or(0), 0, "{table}");
        if let Some(seen) = count(&staff, &of(ours)).await {
            assert!(seen > 0, "staff see nothing of their own in {table}");
        }
        for statement in [
            format!("DELETE FROM {table} WHERE organisation_id = '{theirs}'"),
            format!(
                "UPDATE {table} SET organisation_id = '{ours}' WHERE organisation_id = '{theirs}'"
            ),
        ] {
            let touched = touched(&staff, &statement).await;
            assert_eq!(touched.unwrap_or(0), 0, "{statement}");
        }
        assert_eq!(server.sql_value(&of(theirs)).await, there, "{table}");
    }
    let plant = format!(
        "INSERT INTO resources VALUES ('{theirs}', '{}', 'room')",
        Uuid::now_v7()
    );
    assert_eq!(touched(&staff, &plant).await, None);
    let hidden = format!("SELECT count(*) FROM organisations WHERE id = '{theirs}'");
    assert_eq!(count(&staff, &hidden).await, Some(0));
    let colleagues = "SELECT count(*) FROM accounts WHERE email LIKE '%@theirs.example'";
    assert_eq!(count(&staff, colleagues).await, Some(0));
    assert_eq!(
        count(&staff, "SELECT count(password_hash) FROM accounts").await,
        None
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_who_act_for_nobody_see_published_things_only() {
    let server = Server::start().await;
    let talks = Furnished::arrange(&server, "poliklinik").await;
    let staff = connect_as(&server.database_url, "sprechstunde_staff").await;
    for table in rows(&server.database_url, TENANT_TABLES).await {
        let published = ["sites", "services", "courses", "course_dates"].contains(&table.as_str());
        let seen = count(&staff, &format!("SELECT count(*) FROM {table}")).await;
        assert!(published || seen.unwrap_or(0) == 0, "{table}: {seen:?}");
    }
    unpublish(&server, talks.talks.people.organisation).await;
    for table in [
        "sites",
        "services",
        "courses",
        "course_dates",
        "organisations",
    ] {
        let seen = count(&staff, &format!("SELECT count(*) FROM {table}")).await;
        assert_eq!(seen, Some(0), "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_sees_what_is_published_and_no_more() {
    let server = Server::start().await;
    let furnished = Furnished::arrange(&server, "poliklinik").await;
    let public = connect_as(&server.database_url, "sprechstunde_public").await;
    for forbidden in [
        "display_name FROM counsellors",
        "account_id FROM counsellors",
        "skills FROM counsellors",
        "kind FROM allocations",
        "claimed_by_organisation_id FROM allocations",
        "kind FROM resources",
        "id FROM absences",
        "reason FROM closures",
        "id FROM closures",
        "id FROM modality_switches",
        "name FROM rooms",
        "id FROM schedules",
        "id FROM accounts",
        "account_id FROM memberships",
        "id FROM invitations",
        "id FROM signing_keys",
        "token_hash FROM refresh_tokens",
        "key_check FROM installation",
        "id FROM audit_entries",
        "id FROM outbox_events",
        "id FROM attention_dealings",
        "id FROM kept_places",
        "count FROM drop_ins",
        "id FROM waitlist_wakes",
    ] {
        let (column, table) = forbidden.split_once(" FROM ").expect("a column of a table");
        let asked = count(&public, &format!("SELECT count({column}) FROM {table}")).await;
        assert_eq!(asked, None, "{forbidden}");
    }
    // Course and open hours have a service and sessions of their own, and a session could be another date.
    for (published, shown) in [
        ("organisations", 1),
        ("sites", 1),
        ("services", 3),
        ("sessions", 5),
        ("courses", 1),
        ("course_dates", 2),
    ] {
        let seen = count(&public, &format!("SELECT count(*) FROM {published}")).await;
        assert_eq!(seen, Some(shown), "{published}");
    }
    for locked in [
        "appointments",
        "contacts",
        "holds",
        "proposals",
        "series",
        "no_shows",
        "waitlist_entries",
        "waitlist_offers",
        "waitlist_contacts",
        "ticket_secrets",
    ] {
        let seen = count(&public, &format!("SELECT count(*) FROM {locked}")).await;
        assert_eq!(seen, Some(0), "{locked}");
    }
    unpublish(&server, furnished.talks.people.organisation).await;
    server.sql("UPDATE sessions SET status = 'withdrawn'").await;
    for draft in ["organisations", "sites", "services", "sessions"] {
        let seen = count(&public, &format!("SELECT count(*) FROM {draft}")).await;
        assert_eq!(seen, Some(0), "{draft}");
    }
    let named = "SELECT count(public_name) FROM counsellors";
    assert_eq!(count(&public, named).await, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_opens_its_own_appointment_only() {
    let server = Server::start().await;
    let furnished = Furnished::arrange(&server, "poliklinik").await;
    let talks = furnished.talks;
    let other = talks.slots(&server).await.remove(0);
    talks.book(&server, &other).await.expect(201);
    let public = connect_as(&server.database_url, "sprechstunde_public").await;
    let id = &furnished.appointment;
    let hash = format!("SELECT encode(secret_hash, 'hex') FROM appointments WHERE id = '{id}'");
    let hash = server.sql_value(&hash).await;
    for (shown, seen) in [("", 0), ("00", 0), (hash.as_str(), 1)] {
        let show = format!("SELECT set_config('app.secret_hash', '{shown}', false)");
        public.batch_execute(&show).await.expect("the setting");
        for table in [
            "appointments",
            "contacts",
            "proposals",
            "waitlist_entries",
            "waitlist_offers",
            "waitlist_contacts",
        ] {
            let query = format!("SELECT count(*) FROM {table}");
            assert_eq!(count(&public, &query).await, Some(seen), "{table}");
        }
        let cancel = "UPDATE appointments SET version = version + 1";
        assert_eq!(
            touched(&public, cancel).await,
            Some(u64::try_from(seen).expect("a count"))
        );
    }
    // The keys of the row stay what they are, even for who opened it.
    for column in [
        "secret_hash",
        "code",
        "id",
        "organisation_id",
        "service_id",
        "booked_at",
    ] {
        let change = format!("UPDATE appointments SET {column} = {column}");
        assert_eq!(touched(&public, &change).await, None, "{column}");
    }
    assert_eq!(touched(&public, "DELETE FROM appointments").await, None);
    assert_eq!(
        touched(&public, "UPDATE contacts SET sealed = ''").await,
        None
    );
    // A proposal is answered, and nothing of it is changed.
    for change in [
        "state = 'open'",
        "appointment_id = appointment_id",
        "expires_at = expires_at",
        "starts_at = starts_at",
    ] {
        let change = format!("UPDATE proposals SET {change}");
        assert_eq!(touched(&public, &change).await, None, "{change}");
    }
    let decline = "UPDATE proposals SET state = 'declined'";
    assert_eq!(touched(&public, decline).await, Some(1));
    assert_eq!(touched(&public, "DELETE FROM proposals").await, None);
    // Of an entry it changes what the visitor decides, and of an offer the answer.
    for change in [
        "waitlist_entries SET secret_hash = secret_hash",
        "waitlist_entries SET joined_at = joined_at",
        "waitlist_entries SET valid_until = valid_until",
        "waitlist_entries SET status = 'offered'",
        "waitlist_entries SET status = 'expired', ended_at = joined_at",
        "waitlist_offers SET state = 'open'",
        "waitlist_offers SET expires_at = expires_at",
        "waitlist_contacts SET sealed = ''",
    ] {
        assert_eq!(
            touched(&public, &format!("UPDATE {change}")).await,
            None,
            "{change}"
        );
    }
    let leave = "UPDATE waitlist_entries SET status = 'left', ended_at = joined_at";
    assert_eq!(touched(&public, leave).await, Some(1));
    assert_eq!(touched(&public, "DELETE FROM waitlist_offers").await, None);
    assert_eq!(
        touched(&public, "DELETE FROM waitlist_contacts").await,
        Some(1)
    );
    // Of the claims it frees its own, and holds, which may have expired.
    let freed = "DELETE FROM allocations WHERE expires_at IS NULL";
    assert_eq!(touched(&public, freed).await, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn worker_and_issuer_reach_no_visitor() {
    let server = Server::start().await;
    Furnished::arrange(&server, "poliklinik").await;
    for (role, forbidden) in [
        ("sprechstunde_worker", "sealed FROM contacts"),
        ("sprechstunde_worker", "code FROM appointments"),
        ("sprechstunde_worker", "secret_hash FROM appointments"),
        ("sprechstunde_worker", "starts_at FROM appointments"),
        ("sprechstunde_worker", "token_hash FROM holds"),
        ("sprechstunde_worker", "starts_at FROM proposals"),
        ("sprechstunde_worker", "counsellor_id FROM proposals"),
        ("sprechstunde_worker", "id FROM waitlist_entries"),
        ("sprechstunde_worker", "id FROM waitlist_offers"),
        ("sprechstunde_worker", "sealed FROM waitlist_contacts"),
        ("sprechstunde_issuer", "id FROM waitlist_entries"),
        ("sprechstunde_issuer", "entry_id FROM waitlist_contacts"),
        ("sprechstunde_worker", "sealed_note FROM attention_dealings"),
        ("sprechstunde_worker", "id FROM accounts"),
        ("sprechstunde_worker", "sealed_answer FROM idempotency_keys"),
        (
            "sprechstunde_worker",
            "sealed_private_key FROM signing_keys",
        ),
        ("sprechstunde_issuer", "id FROM appointments"),
        ("sprechstunde_issuer", "appointment_id FROM contacts"),
        ("sprechstunde_issuer", "claim_id FROM allocations"),
        ("sprechstunde_issuer", "id FROM proposals"),
        ("sprechstunde_issuer", "id FROM attention_dealings"),
        ("sprechstunde_issuer", "id FROM holds"),
        ("sprechstunde_issuer", "id FROM sessions"),
        ("sprechstunde_staff", "password_hash FROM accounts"),
        ("sprechstunde_staff", "sealed_private_key FROM signing_keys"),
        ("sprechstunde_staff", "token_hash FROM refresh_tokens"),
        ("sprechstunde_staff", "key_check FROM installation"),
    ] {
        let client = connect_as(&server.database_url, role).await;
        let (column, table) = forbidden.split_once(" FROM ").expect("a column of a table");
        let asked = count(&client, &format!("SELECT count({column}) FROM {table}")).await;
        assert_eq!(asked, None, "{role}: {forbidden}");
    }
    // Of appointments it finds those only that wait for an answer, and ends them.
    let worker = connect_as(&server.database_url, "sprechstunde_worker").await;
    let found = count(&worker, "SELECT count(id) FROM appointments").await;
    assert_eq!(found, Some(0));
    let request = "UPDATE appointments SET status = 'requested', answer_by = starts_at";
    server.sql(request).await;
    let found = count(&worker, "SELECT count(id) FROM appointments").await;
    assert_eq!(found, Some(1));
    let approve = "UPDATE appointments SET status = 'booked'";
    assert_eq!(touched(&worker, approve).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_frees_and_changes_only_what_it_has_the_key_to() {
    let server = Server::start().await;
    let furnished = Furnished::arrange(&server, "poliklinik").await;
    let talks = furnished.talks;
    let slot = talks.slots(&server).await.remove(0);
    let hold = server.once("/v1/holds", &json!({"slot_id": slot["id"]}));
    let hold = Answer::of(hold).await.expect(201);
    let hold = hold["id"].as_str().expect("an id");
    let slot = talks.slots(&server).await.remove(0);
    let booked = talks.book(&server, &slot).await.expect(201);
    let booked = booked["id"].as_str().expect("an id");
    let public = connect_as(&server.database_url, "sprechstunde_public").await;
    let now = server.app.clock.now();
    let tell = format!("SELECT set_config('app.now', '{now}', false)");
    public.batch_execute(&tell).await.expect("the setting");
    for claim in [hold, booked] {
        let free = format!("DELETE FROM allocations WHERE claim_id = '{claim}'");
        assert_eq!(touched(&public, &free).await, Some(0), "{claim}");
    }
    let give = format!(
        "INSERT INTO contacts (organisation_id, appointment_id, sealed, delete_after)
         VALUES ('{}', '{booked}', 'x', '{now}')",
        talks.people.organisation
    );
    assert_eq!(touched(&public, &give).await, None);
    let hash = server
        .sql_value(&format!(
            "SELECT encode(secret_hash, 'hex') FROM appointments WHERE id = '{booked}'"
        ))
        .await;
    let show = format!("SELECT set_config('app.secret_hash', '{hash}', false)");
    public.batch_execute(&show).await.expect("the setting");
    let come = format!(
        "UPDATE appointments SET status = 'no_show', ended_at = '{now}' WHERE id = '{booked}'"
    );
    assert_eq!(touched(&public, &come).await, None);
    let answers = count(&public, "SELECT count(*) FROM idempotency_keys").await;
    assert_eq!(answers, Some(0));
}
