//! The demo network, where a request takes place when its caller says.

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{Method, RequestBuilder};
use serde_json::json;
use tests::fixtures::Talks;
use tests::{Answer, Server};

fn at(request: RequestBuilder, instant: DateTime<Utc>) -> RequestBuilder {
    request.header("Test-Clock", instant.to_rfc3339())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_is_seen_to_expire_and_a_deadline_to_pass() {
    let server = Server::start_sandbox().await;
    let talks = Talks::arrange(&server, "sandbox").await;
    let slots = talks.slots(&server).await;
    let wish = json!({"slot_id": slots[0]["id"]});
    let hold = Answer::of(server.once("/v1/holds", &wish))
        .await
        .expect(201);
    let expires_at: DateTime<Utc> = hold["expires_at"]
        .as_str()
        .and_then(|text| text.parse().ok())
        .expect("an instant");
    let redeemed = json!({"hold_id": hold["id"], "hold_token": hold["token"]});
    let too_late = at(server.once("/v1/appointments", &redeemed), expires_at);
    Answer::of(too_late)
        .await
        .expect_problem(409, "hold-expired");
    let in_time = at(
        server.once("/v1/appointments", &redeemed),
        expires_at - TimeDelta::seconds(2),
    );
    let booked = Answer::of(in_time).await.expect(201);

    let starts_at: DateTime<Utc> = booked["starts_at"]
        .as_str()
        .and_then(|text| text.parse().ok())
        .expect("an instant");
    let path = format!(
        "/v1/appointments/{}/cancel",
        booked["id"].as_str().expect("an id")
    );
    let secret = booked["secret"].as_str().expect("a secret");
    for (instant, status) in [
        (starts_at - TimeDelta::minutes(1), 409),
        (server.app.clock.now(), 200),
    ] {
        let cancel = server.once(&path, &json!({}));
        let cancel = at(cancel.header("Appointment-Secret", secret), instant);
        assert_eq!(Answer::of(cancel).await.status.as_u16(), status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_instant_that_is_near_is_taken_and_only_in_the_demo_network() {
    let sandbox = Server::start_sandbox().await;
    for wrong in [
        "tomorrow",
        "2000-01-01T00:00:00Z",
        "",
        "9999-12-31T23:59:59Z",
    ] {
        let request = sandbox.request(Method::GET, "/v1/services?topic=debt");
        let refused = Answer::of(request.header("Test-Clock", wrong)).await;
        refused.expect_problem(400, "invalid-request");
    }
    let server = Server::start().await;
    let request = at(
        server.request(Method::GET, "/v1/services?topic=debt"),
        server.app.clock.now(),
    );
    Answer::of(request)
        .await
        .expect_problem(400, "invalid-request");
    sandbox.get("/v1/services?topic=debt").await.expect(200);
}
