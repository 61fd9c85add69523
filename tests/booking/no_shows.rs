//! What follows when somebody misses talks: approval for a while, never for good, and nothing for
//! whoever is not known.

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Value, json};
use tests::circles::{patch, staff};
use tests::crowd::at_once;
use tests::fixtures::Talks;
use tests::{Answer, Server, invariants};

/// An organisation that wants to approve, for a month, what is booked after two missed talks.
async fn arrange(server: &Server) -> Talks {
    let talks = Talks::arrange(server, "poliklinik").await;
    set_rule(
        server,
        &talks,
        json!({"after": 2, "within_days": 60, "approval_days": 30}),
    )
    .await;
    talks
}

async fn set_rule(server: &Server, talks: &Talks, rule: Value) {
    let path = format!("/v1/organisations/{}", talks.people.organisation);
    let read = server.get(&path).await.expect(200);
    let administrator = talks.people.administrator;
    let body = json!({"no_shows": rule});
    patch(server, &path, administrator, &read["etag"], &body)
        .await
        .expect(200);
}

async fn book(server: &Server, slot: &Value, client: &Value) -> Value {
    let mut body = json!({"slot_id": slot["id"]});
    if !client.is_null() {
        body["client"] = client.clone();
    }
    Answer::of(server.once("/v1/appointments", &body))
        .await
        .expect(201)
}

async fn act(server: &Server, talks: &Talks, appointment: &Value, action: &str) -> Answer {
    let path = format!(
        "/v1/appointments/{}/{action}",
        appointment["id"].as_str().expect("an id")
    );
    let request = server.once(&path, &json!({}));
    Answer::of(request.bearer_auth(server.token(talks.people.coordinator))).await
}

/// Books the first slots for that client, who comes to none of them.
async fn miss(server: &Server, talks: &Talks, client: &Value, count: usize) -> Vec<Value> {
    let slots = talks.slots(server).await;
    let mut booked = Vec::new();
    for slot in &slots[..count] {
        booked.push(book(server, slot, client).await);
    }
    let clock = &server.app.clock;
    let start = slots[count - 1]["starts_at"].as_str().expect("a start");
    let start: DateTime<Utc> = start.parse().expect("an instant");
    clock.advance(start + TimeDelta::minutes(1) - clock.now());
    for appointment in &booked {
        act(server, talks, appointment, "no-show").await.expect(200);
    }
    booked
}

/// Another session, in two days.
async fn add_session(server: &Server, talks: &Talks) {
    let session = uuid::Uuid::now_v7();
    let services = [talks.service];
    talks
        .add_session(server, session, talks.counsellor, &services, 2)
        .await;
}

fn email(address: &str) -> Value {
    json!({"email": address})
}

/// In which status the next free slot is booked.
async fn next_status(server: &Server, talks: &Talks, client: &Value) -> String {
    let slot = talks.slots(server).await.remove(0);
    let booked = book(server, &slot, client).await;
    booked["status"].as_str().expect("a status").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn after_several_missed_talks_bookings_are_requests_for_a_while() {
    let server = Server::start().await;
    let talks = arrange(&server).await;
    let client = json!({"email": "Ada@Example.org", "phone": "+49 341 111"});
    miss(&server, &talks, &client, 1).await;
    assert_eq!(
        next_status(&server, &talks, &client).await,
        "booked",
        "one is nothing"
    );
    let again = talks.slots(&server).await;
    let second = book(&server, &again[0], &email("ada@example.org")).await;
    let clock = &server.app.clock;
    let start: DateTime<Utc> = again[0]["starts_at"]
        .as_str()
        .expect("a start")
        .parse()
        .expect("an instant");
    clock.advance(start + TimeDelta::minutes(1) - clock.now());
    act(&server, &talks, &second, "no-show").await.expect(200);
    for known in [
        email("ADA@example.org"),
        json!({"email": "ada@example.org", "phone": "+49 30 9"}),
    ] {
        assert_eq!(next_status(&server, &talks, &known).await, "requested");
    }
    for (other, why) in [
        (Value::Null, "gave nothing"),
        (email("other@example.org"), "is somebody else"),
        (json!({"phone": "+49 341 111"}), "missed one talk with it"),
    ] {
        assert_eq!(
            next_status(&server, &talks, &other).await,
            "booked",
            "{why}"
        );
    }
    // Staff book at once, whoever comes.
    add_session(&server, &talks).await;
    let later = talks.slots(&server).await;
    let body = json!({"slot_id": later[0]["id"], "client": {"email": "ada@example.org"}});
    let coordinator = talks.people.coordinator;
    let by_staff = staff(
        &server,
        Method::POST,
        "/v1/appointments",
        coordinator,
        &body,
    )
    .await;
    assert_eq!(by_staff.expect(201)["status"], "booked");
    // It ends by itself, and what was kept goes.
    clock.advance(TimeDelta::days(31));
    add_session(&server, &talks).await;
    assert_eq!(
        next_status(&server, &talks, &email("ada@example.org")).await,
        "booked"
    );
    invariants::check(&server).await;
    clock.advance(TimeDelta::days(60));
    while persistence::housekeeping::sweep(&server.app.database, clock.now())
        .await
        .expect("a sweep")
        > 0
    {}
    assert_eq!(server.sql_value("SELECT count(*) FROM no_shows").await, "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_forgive_and_who_comes_late_has_missed_nothing() {
    let server = Server::start().await;
    let talks = arrange(&server).await;
    let client = email("ada@example.org");
    let missed = miss(&server, &talks, &client, 2).await;
    assert_eq!(next_status(&server, &talks, &client).await, "requested");
    act(&server, &talks, &missed[1], "check-in")
        .await
        .expect(200);
    assert_eq!(next_status(&server, &talks, &client).await, "booked");
    let other = email("ben@example.org");
    let missed = miss(&server, &talks, &other, 2).await;
    assert_eq!(next_status(&server, &talks, &other).await, "requested");
    let path = format!(
        "/v1/appointments/{}/forgive",
        missed[0]["id"].as_str().expect("an id")
    );
    let by_stranger = Answer::of(server.once(&path, &json!({}))).await;
    by_stranger.expect_problem(401, "unauthenticated");
    let forgiven = act(&server, &talks, &missed[0], "forgive").await;
    assert_eq!(forgiven.status, 204, "{}", forgiven.text);
    act(&server, &talks, &missed[0], "forgive").await;
    assert_eq!(server.sql_value("SELECT count(*) FROM no_shows WHERE contact_hash IN (SELECT contact_hash FROM no_shows GROUP BY 1 HAVING count(*) > 1)").await, "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_rule_nothing_is_kept_and_nothing_follows() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let client = email("ada@example.org");
    miss(&server, &talks, &client, 3).await;
    assert_eq!(server.sql_value("SELECT count(*) FROM no_shows").await, "0");
    assert_eq!(next_status(&server, &talks, &client).await, "booked");
    set_rule(
        &server,
        &talks,
        json!({"after": 2, "within_days": 60, "approval_days": 30}),
    )
    .await;
    assert_eq!(next_status(&server, &talks, &client).await, "booked");
    miss(&server, &talks, &Value::Null, 1).await;
    assert_eq!(server.sql_value("SELECT count(*) FROM no_shows").await, "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_is_gentle_or_refused() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let path = format!("/v1/organisations/{}", talks.people.organisation);
    let administrator = talks.people.administrator;
    for (rule, pointer) in [
        (
            json!({"after": 1, "within_days": 60, "approval_days": 30}),
            "/no_shows/after",
        ),
        (
            json!({"after": 2, "within_days": 0, "approval_days": 30}),
            "/no_shows/within_days",
        ),
        (
            json!({"after": 2, "within_days": 181, "approval_days": 30}),
            "/no_shows/within_days",
        ),
        (
            json!({"after": 2, "within_days": 60, "approval_days": 91}),
            "/no_shows/approval_days",
        ),
    ] {
        let body = json!({ "no_shows": rule });
        let refused = patch(&server, &path, administrator, &json!("\"1\""), &body).await;
        let problem = refused.expect_problem(422, "rule-violated");
        assert_eq!(problem["errors"][0]["pointer"], pointer);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_records_it_at_once_notes_it_once() {
    let server = Server::start().await;
    let talks = arrange(&server).await;
    let slots = talks.slots(&server).await;
    let booked = book(&server, &slots[0], &email("ada@example.org")).await;
    server.app.clock.advance(TimeDelta::days(3));
    let path = format!(
        "/v1/appointments/{}/no-show",
        booked["id"].as_str().expect("an id")
    );
    let token = server.token(talks.people.coordinator);
    let calls = (0..6).map(|_| server.once(&path, &json!({})).bearer_auth(&token));
    at_once(calls).await;
    assert_eq!(server.sql_value("SELECT count(*) FROM no_shows").await, "1");
    invariants::check(&server).await;
}
