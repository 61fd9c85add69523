//! Who has arrived, is called, and talks.

use chrono::TimeDelta;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tests::crowd::{at_once, tally};
use tests::fixtures::Talks;
use tests::{Answer, Server, invariants};

async fn arranged() -> (Server, Talks, Vec<Value>) {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let mut booked = Vec::new();
    for slot in &talks.slots(&server).await[..3] {
        booked.push(talks.book(&server, slot).await.expect(201));
    }
    let first: chrono::DateTime<chrono::Utc> = booked[0]["starts_at"]
        .as_str()
        .expect("a start")
        .parse()
        .expect("an instant");
    server.app.clock.advance(first - server.app.clock.now());
    (server, talks, booked)
}

fn step(server: &Server, talks: &Talks, booked: &Value, action: &str) -> RequestBuilder {
    let id = booked["id"].as_str().expect("an id");
    let request = server.once(&format!("/v1/appointments/{id}/{action}"), &json!({}));
    request.bearer_auth(server.token(talks.people.coordinator))
}

async fn waiting(server: &Server, talks: &Talks, query: &str) -> Value {
    let request = server.request(Method::GET, &format!("/v1/waiting-room{query}"));
    let token = server.token(talks.people.coordinator);
    Answer::of(request.bearer_auth(token)).await.expect(200)["items"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reception_sees_who_waits_since_when() {
    let (server, talks, booked) = arranged().await;
    assert_eq!(waiting(&server, &talks, "").await, json!([]));
    for one in [&booked[1], &booked[0]] {
        Answer::of(step(&server, &talks, one, "check-in"))
            .await
            .expect(200);
        server.app.clock.advance(TimeDelta::minutes(5));
    }
    let site = format!("?site_id={}", talks.site);
    let room = waiting(&server, &talks, &site).await;
    assert_eq!(room[0]["appointment_id"], booked[1]["id"]);
    assert_eq!(
        (&room[0]["waiting_minutes"], &room[1]["waiting_minutes"]),
        (&json!(10), &json!(5))
    );
    assert_eq!(
        waiting(&server, &talks, &format!("?site_id={}", talks.session)).await,
        json!([])
    );

    let called = Answer::of(step(&server, &talks, &booked[1], "call"))
        .await
        .expect(200);
    assert_eq!(
        (called["status"].as_str(), called["started_at"].is_null()),
        (Some("checked_in"), true)
    );
    assert_eq!(
        waiting(&server, &talks, "").await[0]["called_at"],
        called["called_at"]
    );
    let started = Answer::of(step(&server, &talks, &booked[1], "start"))
        .await
        .expect(200);
    assert_eq!(started["called_at"], called["called_at"]);
    assert_eq!(
        waiting(&server, &talks, "")
            .await
            .as_array()
            .expect("a list")
            .len(),
        1
    );
    let done = Answer::of(step(&server, &talks, &booked[1], "complete"))
        .await
        .expect(200);
    assert_eq!(
        (&done["status"], &done["started_at"]),
        (&json!("completed"), &started["started_at"])
    );
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_who_call_the_same_person_one_does() {
    let (server, talks, booked) = arranged().await;
    for one in &booked {
        Answer::of(step(&server, &talks, one, "check-in"))
            .await
            .expect(200);
        for action in ["call", "start"] {
            let calls = at_once((0..5).map(|_| step(&server, &talks, one, action))).await;
            let outcomes = tally(calls.iter().map(|call| &call.answer));
            let expected = [("200", 1), ("409 already-called", 4)];
            assert_eq!(outcomes, expected.map(|(o, n)| (o.to_owned(), n)).into());
        }
    }
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_called_who_has_not_arrived() {
    let (server, talks, booked) = arranged().await;
    for action in ["call", "start"] {
        let early = Answer::of(step(&server, &talks, &booked[0], action)).await;
        early.expect_problem(409, "wrong-status");
    }
}
