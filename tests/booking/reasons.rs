//! Why something is cancelled or moved, and until when.

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Value, json};
use tests::crowd::{at_once, tally};
use tests::fixtures::Talks;
use tests::{Answer, Server, invariants};

fn path(booked: &Value, action: &str) -> String {
    let id = booked["id"].as_str().expect("an id");
    format!("/v1/appointments/{id}/{action}")
}

async fn by_visitor(server: &Server, booked: &Value, action: &str, body: Value) -> Answer {
    let secret = booked["secret"].as_str().expect("a secret");
    let request = server.once(&path(booked, action), &body);
    Answer::of(request.header("Appointment-Secret", secret)).await
}

async fn by_staff(server: &Server, talks: &Talks, path: &str, body: Value) -> Answer {
    let request = server.once(path, &body);
    Answer::of(request.bearer_auth(server.token(talks.people.coordinator))).await
}

/// An organisation with a reason for everybody and one for staff.
async fn arrange(server: &Server) -> Talks {
    let talks = Talks::arrange(server, "poliklinik").await;
    let path = format!("/v1/organisations/{}", talks.people.organisation);
    let own = json!({"reasons": [
        {"code": "exam", "text": {"de": "Prüfung"}, "staff_only": false},
        {"code": "plenum", "text": {"de": "Plenum"}, "staff_only": true},
    ]});
    let change = server.request(Method::PATCH, &path).json(&own);
    let change = change.header("If-Match", "\"1\"");
    let change = change.bearer_auth(server.token(talks.people.administrator));
    Answer::of(change).await.expect(200);
    talks
}

#[tokio::test(flavor = "multi_thread")]
async fn reasons_are_listed_for_everybody_and_with_those_of_an_organisation() {
    let server = Server::start().await;
    let talks = arrange(&server).await;
    let common = server.get("/v1/cancellation-reasons").await.expect(200);
    let items = common["items"].as_array().expect("items");
    assert_eq!(items[0]["code"], "ill");
    assert_eq!(items[0]["text"]["de-simple"], "Ich bin krank.");
    let of = format!(
        "/v1/cancellation-reasons?organisation_id={}",
        talks.people.organisation
    );
    let all = server.get(&of).await.expect(200);
    let own = &all["items"].as_array().expect("items")[items.len()..];
    assert_eq!(
        own[0],
        json!({"code": "exam", "text": {"de": "Prüfung"}, "staff_only": false, "common": false})
    );
    assert_eq!((own.len(), &own[1]["staff_only"]), (2, &json!(true)));
    for (query, status, code) in [
        (uuid::Uuid::now_v7().to_string(), 404, "not-found"),
        ("x".to_owned(), 400, "invalid-request"),
    ] {
        let path = format!("/v1/cancellation-reasons?organisation_id={query}");
        server.get(&path).await.expect_problem(status, code);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn visitors_give_a_reason_of_the_list_and_none_of_staff() {
    let server = Server::start().await;
    let talks = arrange(&server).await;
    let slots = talks.slots(&server).await;
    let booked = talks.book(&server, &slots[0]).await.expect(201);
    for code in ["bored", "plenum", "counsellor_away", "So so", ""] {
        let to = json!({"slot_id": slots[1]["id"], "reason_code": code});
        for (action, body) in [("cancel", json!({"reason_code": code})), ("reschedule", to)] {
            let problem = by_visitor(&server, &booked, action, body).await;
            let problem = problem.expect_problem(422, "rule-violated");
            assert_eq!(problem["errors"][0]["pointer"], "/reason_code", "{code}");
        }
    }
    let unchanged = "SELECT concat(status, version, cancel_reason, move_reason) FROM appointments";
    assert_eq!(server.sql_value(unchanged).await, "booked1");

    let to = json!({"slot_id": slots[1]["id"], "reason_code": "cannot_get_there"});
    let moved = by_visitor(&server, &booked, "reschedule", to)
        .await
        .expect(200);
    assert_eq!(moved["move_reason_code"], "cannot_get_there");
    let why = json!({"reason_code": "exam", "reason": "Mathe"});
    let cancelled = by_visitor(&server, &booked, "cancel", why)
        .await
        .expect(200);
    let told = ["cancel_reason_code", "cancel_reason", "move_reason_code"];
    let told = told.map(|name| cancelled[name].as_str().unwrap_or_default());
    assert_eq!(told, ["exam", "Mathe", "cannot_get_there"]);
    let kept = "SELECT concat(move_reason, ' ', cancel_reason) FROM appointments";
    assert_eq!(server.sql_value(kept).await, "cannot_get_there exam");
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_give_any_reason_and_a_repeated_request_gets_the_same_answer() {
    let server = Server::start().await;
    let talks = arrange(&server).await;
    let slots = talks.slots(&server).await;
    for (slot, code) in slots.iter().zip(["ill", "counsellor_away", "plenum"]) {
        let booked = talks.book(&server, slot).await.expect(201);
        let cancel = server.once(&path(&booked, "cancel"), &json!({"reason_code": code}));
        let cancel = cancel.bearer_auth(server.token(talks.people.coordinator));
        let again = cancel.try_clone().expect("a copy");
        let cancelled = Answer::of(cancel).await.expect(200);
        assert_eq!(cancelled["cancel_reason_code"], code);
        assert_eq!(Answer::of(again).await.expect(200), cancelled);
        let read = server.request(Method::GET, path(&booked, "").trim_end_matches('/'));
        let read = Answer::of(read.bearer_auth(server.token(talks.people.coordinator))).await;
        assert_eq!(read.expect(200)["cancel_reason_code"], code);
    }
    let booked = talks.book(&server, &slots[0]).await.expect(201);
    let unknown = json!({"reason_code": "bored"});
    let unknown = by_staff(&server, &talks, &path(&booked, "cancel"), unknown).await;
    unknown.expect_problem(422, "rule-violated");
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_cancel_at_once_one_says_why() {
    let server = Server::start().await;
    let talks = arrange(&server).await;
    let slots = talks.slots(&server).await;
    let booked = talks.book(&server, &slots[0]).await.expect(201);
    let secret = booked["secret"].as_str().expect("a secret");
    let calls = ["ill", "exam", "other", "no_longer_needed"].map(|code| {
        let cancel = server.once(&path(&booked, "cancel"), &json!({"reason_code": code}));
        cancel.header("Appointment-Secret", secret)
    });
    let calls = at_once(calls).await;
    let outcomes = tally(calls.iter().map(|call| &call.answer));
    let expected = [("200", 1), ("409 already-cancelled", 3)];
    assert_eq!(outcomes, expected.map(|(o, n)| (o.to_owned(), n)).into());
    let winner = calls.iter().find(|call| call.answer.status.is_success());
    let winner = winner.expect("a winner").answer.json();
    let kept = server
        .sql_value("SELECT cancel_reason FROM appointments")
        .await;
    assert_eq!(winner["cancel_reason_code"], kept);
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn moving_has_a_deadline_of_its_own_which_was_agreed_with_the_booking() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    // An hour for cancelling; a day for moving.
    let move_deadline = |minutes: &'static str| {
        let change = format!("UPDATE services SET reschedule_deadline_minutes = {minutes}");
        let server = &server;
        async move { server.sql(&change).await }
    };
    move_deadline("1440").await;
    let slots = talks.slots(&server).await;
    let strict = talks.book(&server, &slots[6]).await.expect(201);
    move_deadline("NULL").await;
    let lenient = talks.book(&server, &slots[5]).await.expect(201);
    let starts: DateTime<Utc> = slots[5]["starts_at"]
        .as_str()
        .expect("a start")
        .parse()
        .expect("an instant");
    let clock = &server.app.clock;
    clock.advance(starts - TimeDelta::hours(2) - clock.now());
    let to = json!({"slot_id": slots[7]["id"]});
    let late = by_visitor(&server, &strict, "reschedule", to.clone()).await;
    late.expect_problem(409, "too-late");
    let moved = by_staff(&server, &talks, &path(&strict, "reschedule"), to.clone()).await;
    moved.expect(200);
    let to = json!({"slot_id": slots[6]["id"]});
    let moved = by_visitor(&server, &lenient, "reschedule", to).await;
    moved.expect(200);
    let cancelled = by_visitor(&server, &strict, "cancel", json!({})).await;
    cancelled.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_lists_no_reason_twice_and_none_of_the_network() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let path = format!("/v1/organisations/{}", talks.people.organisation);
    let reason = |code: &str| json!({"code": code, "text": {"de": "so"}, "staff_only": false});
    let many: Vec<_> = (0..21)
        .map(|number| reason(&format!("r{number}")))
        .collect();
    for (reasons, pointer) in [
        (json!([reason("a"), reason("a")]), "/reasons"),
        (json!([reason("ill")]), "/reasons"),
        (json!(many), "/reasons"),
        (json!([reason("No")]), "/reasons/0/code"),
        (
            json!([{"code": "a", "text": {}, "staff_only": false}]),
            "/reasons/0/text",
        ),
    ] {
        let change = server.request(Method::PATCH, &path);
        let change = change.json(&json!({"reasons": reasons}));
        let change = change.header("If-Match", "\"1\"");
        let change = change.bearer_auth(server.token(talks.people.administrator));
        let problem = Answer::of(change).await;
        let problem = problem.expect_problem(422, "rule-violated");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{reasons}");
    }
}
