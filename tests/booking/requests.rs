//! Services whose organisation wants to agree to what visitors book.

use chrono::{DateTime, TimeDelta, Utc};
use persistence::appointments::expire_requests;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tests::crowd::{at_once, tally};
use tests::fixtures::Talks;
use tests::{Answer, Server, invariants};
use uuid::Uuid;

/// Talks that want to be approved within a day.
async fn arrange(server: &Server) -> Talks {
    let talks = Talks::arrange(server, "poliklinik").await;
    server
        .sql("UPDATE services SET approval = 'required', approval_within_minutes = 1440")
        .await;
    talks
}

fn path(booked: &Value, action: &str) -> String {
    format!(
        "/v1/appointments/{}/{action}",
        booked["id"].as_str().expect("an id")
    )
}

fn by_staff(server: &Server, talks: &Talks, booked: &Value, action: &str) -> RequestBuilder {
    let token = server.token(talks.people.coordinator);
    let body = json!({"reason": "nicht zuständig"});
    let request = server.once(&path(booked, action), &body).bearer_auth(token);
    if action == "approve" {
        let request = server.request(Method::POST, &path(booked, action));
        return request
            .header("Idempotency-Key", Uuid::new_v4().to_string())
            .bearer_auth(server.token(talks.people.coordinator));
    }
    request
}

fn by_visitor(server: &Server, booked: &Value, action: &str) -> RequestBuilder {
    let secret = booked["secret"].as_str().expect("a secret");
    let request = server.once(&path(booked, action), &json!({}));
    request.header("Appointment-Secret", secret)
}

async fn opened(server: &Server, booked: &Value) -> Value {
    let secret = booked["secret"].as_str().expect("a secret");
    let request = server.request(Method::GET, path(booked, "").trim_end_matches('/'));
    let opened = Answer::of(request.header("Appointment-Secret", secret)).await;
    opened.expect(200)
}

fn instant(value: &Value) -> DateTime<Utc> {
    value.as_str().expect("a text").parse().expect("an instant")
}

/// As several programs do it at the same time; answers how many requests they ended.
async fn work(server: &Server) -> usize {
    let (database, now) = (&server.app.database, server.app.clock.now());
    let worker = || expire_requests(database, now);
    let ended = tokio::join!(worker(), worker(), worker(), worker());
    [ended.0, ended.1, ended.2, ended.3]
        .map(|ended| ended.expect("work"))
        .iter()
        .sum()
}

/// Works until so many have ended: whoever was just refused holds the lock of a row for a moment, and
/// it is passed over.
async fn work_until(server: &Server, expected: usize) -> usize {
    let mut ended = 0;
    for _ in 0..100 {
        ended += work(server).await;
        if ended >= expected {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    ended
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_holds_its_time_until_it_is_answered() {
    let server = Server::start().await;
    let talks = arrange(&server).await;
    let slots = talks.slots(&server).await;
    let asked = talks.book(&server, &slots[0]).await.expect(201);
    assert_eq!(asked["status"], "requested");
    let within = instant(&asked["answer_by"]) - instant(&asked["booked_at"]);
    assert_eq!(within, TimeDelta::days(1));
    assert_eq!(talks.slots(&server).await.len(), 7);
    talks
        .book(&server, &slots[0])
        .await
        .expect_problem(409, "slot-taken");

    let approve = || by_staff(&server, &talks, &asked, "approve");
    let request = approve();
    let again = request.try_clone().expect("a copy");
    let approved = Answer::of(request).await.expect(200);
    assert_eq!(
        (&approved["status"], &approved["answer_by"]),
        (&json!("booked"), &Value::Null)
    );
    assert_eq!(Answer::of(again).await.expect(200), approved);
    Answer::of(approve())
        .await
        .expect_problem(409, "wrong-status");

    let other = talks.book(&server, &slots[1]).await.expect(201);
    let declined = Answer::of(by_staff(&server, &talks, &other, "decline")).await;
    let declined = declined.expect(200);
    assert_eq!(
        (&declined["status"], &declined["cancelled_by"]),
        (&json!("cancelled"), &json!("staff"))
    );
    assert_eq!(
        opened(&server, &other).await["cancel_reason"],
        "nicht zuständig"
    );
    Answer::of(by_staff(&server, &talks, &other, "approve"))
        .await
        .expect_problem(409, "already-cancelled");
    assert_eq!(talks.slots(&server).await.len(), 7);
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_book_at_once_and_others_learn_nothing() {
    let server = Server::start().await;
    let talks = arrange(&server).await;
    let slots = talks.slots(&server).await;
    let booking = server
        .booking(&slots[0])
        .bearer_auth(server.token(talks.people.coordinator));
    assert_eq!(Answer::of(booking).await.expect(201)["status"], "booked");
    let asked = talks.book(&server, &slots[1]).await.expect(201);
    for (account, status, code) in [
        (talks.people.administrator, 404, "not-found"),
        (talks.people.network_coordinator, 404, "not-found"),
    ] {
        let request = server.request(Method::POST, &path(&asked, "approve"));
        let request = request.bearer_auth(server.token(account));
        Answer::of(request).await.expect_problem(status, code);
    }
    let by_secret = by_visitor(&server, &asked, "approve");
    assert_eq!(Answer::of(by_secret).await.status, 401);
    let moved = server.moving(&asked, &slots[4]);
    let moved = Answer::of(moved).await.expect(200);
    assert_eq!(
        (&moved["status"], &moved["answer_by"]),
        (&json!("requested"), &asked["answer_by"])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_answers_ends_by_itself_once_and_is_free_again() {
    let server = Server::start().await;
    let talks = arrange(&server).await;
    let slots = talks.slots(&server).await;
    let mut asked = Vec::new();
    for slot in &slots[..6] {
        asked.push(talks.book(&server, slot).await.expect(201));
    }
    assert_eq!(work(&server).await, 0);
    let approve = by_staff(&server, &talks, &asked[0], "approve");
    Answer::of(approve).await.expect(200);
    server.app.clock.advance(TimeDelta::days(1));
    // Nobody has cleared it away yet, and it is over all the same.
    let late = by_staff(&server, &talks, &asked[1], "approve");
    Answer::of(late).await.expect_problem(409, "too-late");
    assert_eq!(work_until(&server, 5).await, 5);
    assert_eq!(work(&server).await, 0);
    let over = opened(&server, &asked[1]).await;
    assert_eq!(
        (&over["status"], &over["cancelled_by"], &over["etag"]),
        (&json!("cancelled"), &json!("program"), &json!("\"2\""))
    );
    assert_eq!(opened(&server, &asked[0]).await["status"], "booked");
    assert_eq!(talks.slots(&server).await.len(), 7);
    let traces =
        "SELECT count(*) FROM audit_entries WHERE action = 'expire' AND account_id IS NULL";
    assert_eq!(server.sql_value(traces).await, "5");
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_over_at_its_start_at_the_latest() {
    let server = Server::start().await;
    let talks = arrange(&server).await;
    server
        .sql("UPDATE services SET approval_within_minutes = 527040")
        .await;
    let slot = talks.slots(&server).await.remove(0);
    let asked = talks.book(&server, &slot).await.expect(201);
    assert_eq!(asked["answer_by"], asked["starts_at"]);
    let ahead = instant(&asked["starts_at"]) - server.app.clock.now();
    server.app.clock.advance(ahead - TimeDelta::seconds(60));
    assert_eq!(work(&server).await, 0);
    server.app.clock.advance(TimeDelta::seconds(62));
    assert_eq!(work_until(&server, 1).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_all_who_end_a_request_at_once_one_does() {
    let server = Server::start().await;
    let talks = arrange(&server).await;
    let slots = talks.slots(&server).await;
    for slot in &slots[..5] {
        let asked = talks.book(&server, slot).await.expect(201);
        let answers = (0..12).map(|caller| match caller % 3 {
            0 => by_staff(&server, &talks, &asked, "approve"),
            1 => by_staff(&server, &talks, &asked, "decline"),
            _ => by_visitor(&server, &asked, "cancel"),
        });
        let calls = at_once(answers).await;
        let outcomes = tally(calls.iter().map(|call| &call.answer));
        let status = opened(&server, &asked).await["status"].clone();
        // What was approved first can still be cancelled by its visitor.
        let done = outcomes.get("200").copied().unwrap_or_default();
        let cancelled = status == "cancelled";
        assert!(done == 1 || (done == 2 && cancelled), "{outcomes:?}");
        assert!(outcomes.keys().all(|outcome| !outcome.starts_with('5')));
    }
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_at_the_last_moment_counts_or_comes_too_late() {
    let server = Server::start().await;
    let talks = arrange(&server).await;
    let slots = talks.slots(&server).await;
    let mut asked = Vec::new();
    for slot in &slots {
        asked.push(talks.book(&server, slot).await.expect(201));
    }
    server
        .app
        .clock
        .advance(TimeDelta::days(1) - TimeDelta::seconds(2));
    let (answers, ended) = tokio::join!(
        async {
            tokio::time::sleep(std::time::Duration::from_millis(1600)).await;
            let answers = asked
                .iter()
                .map(|asked| by_staff(&server, &talks, asked, "approve"));
            at_once(answers).await
        },
        async {
            let mut ended = 0;
            for _ in 0..30 {
                ended += work(&server).await;
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            ended
        }
    );
    let approved = answers
        .iter()
        .filter(|call| call.answer.status == 200)
        .count();
    assert_eq!(approved + ended, asked.len());
    for call in answers {
        let outcome = call.answer.outcome();
        let known = ["200", "409 too-late", "409 already-cancelled"];
        assert!(known.contains(&outcome.as_str()), "{outcome}");
    }
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_says_how_it_is_approved() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let service = format!("/v1/services/{}", talks.service);
    let patch = |patch: Value| {
        let request = server.request(Method::PATCH, &service);
        let request = request.bearer_auth(server.token(talks.people.administrator));
        Answer::of(request.header("If-Match", "\"1\"").json(&patch))
    };
    let read = server.get(&service).await.expect(200);
    assert_eq!(
        (&read["approval"], &read["approval_within_minutes"]),
        (&json!("none"), &json!(2880))
    );
    for (field, value) in [
        ("approval", json!("maybe")),
        ("approval_within_minutes", json!(0)),
        ("approval_within_minutes", json!(527_041)),
    ] {
        let refused = patch(json!({field: value})).await;
        let problem = refused.expect_problem(422, "rule-violated");
        assert_eq!(problem["errors"][0]["pointer"], format!("/{field}"));
    }
    let changed = patch(json!({"approval": "required", "approval_within_minutes": 60}))
        .await
        .expect(200);
    assert_eq!(changed["approval"], "required");
    let slot = talks.slots(&server).await.remove(0);
    let asked = talks.book(&server, &slot).await.expect(201);
    assert_eq!(asked["status"], "requested");
}
