use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;
use tests::furnished::Furnished;
use tests::{Answer, Server};
use uuid::Uuid;

use super::{PASSWORD, set_up};

const WRONG: &str = "7Z3KQ0M4X9V2T8R5P1N6H7J3D0";

async fn sign_in_from(server: &Server, address: &str, password: &str) -> Answer {
    sign_in_as(server, address, "ada@example.org", password).await
}

async fn sign_in_as(server: &Server, address: &str, email: &str, password: &str) -> Answer {
    let request = server
        .request(Method::POST, "/v1/auth/token")
        .header("X-Forwarded-For", address)
        .json(&json!({"email": email, "password": password}));
    Answer::of(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_noisy_source_is_slowed_and_nobody_else() {
    let server = Server::start().await;
    set_up(&server).await;
    for attempt in 0..20 {
        let address = format!("2001:db8::{attempt:x}");
        sign_in_from(&server, &address, "incorrect horse")
            .await
            .expect_problem(401, "unauthenticated");
    }
    let refused = sign_in_from(&server, "2001:db8::1", PASSWORD).await;
    refused.expect_problem(429, "rate-limited");
    let seconds: u64 = refused.header("retry-after").parse().expect("seconds");
    assert!((1..=3).contains(&seconds), "{seconds}");
    sign_in_from(&server, "2001:db8:0:1::1", PASSWORD)
        .await
        .expect(200);
    server.app.clock.advance(TimeDelta::seconds(3));
    sign_in_from(&server, "2001:db8::1", PASSWORD)
        .await
        .expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_rightly_costs_nothing() {
    let server = Server::start().await;
    set_up(&server).await;
    for _ in 0..25 {
        sign_in_from(&server, "192.0.2.1", PASSWORD)
            .await
            .expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_set_up_tokens_is_slowed() {
    let server = Server::start().await;
    let body = json!({
        "token": "7Z3KQ0M4X9V2T8R5P1N6H7J3D0", "email": "ada@example.org", "password": PASSWORD,
        "display_name": "Ada"
    });
    for _ in 0..20 {
        let answer = server.post("/v1/auth/setup", &body).await;
        answer.expect_problem(401, "unauthenticated");
    }
    let answer = server.post("/v1/auth/setup", &body).await;
    answer.expect_problem(429, "rate-limited");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_guesses_one_account_keeps_no_neighbour_from_another() {
    let server = Server::start().await;
    set_up(&server).await;
    for _ in 0..20 {
        sign_in_as(&server, "192.0.2.1", "bob@example.org", PASSWORD)
            .await
            .expect_problem(401, "unauthenticated");
    }
    sign_in_as(&server, "192.0.2.1", "bob@example.org", PASSWORD)
        .await
        .expect_problem(429, "rate-limited");
    sign_in_from(&server, "192.0.2.1", PASSWORD)
        .await
        .expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_the_right_secret_is_never_refused() {
    let server = Server::start().await;
    let furnished = Furnished::arrange(&server, "poliklinik").await;
    let path = format!("/v1/appointments/{}", furnished.appointment);
    let shown = async |secret: &str| {
        let request = server.request(Method::GET, &path);
        Answer::of(request.header("Appointment-Secret", secret)).await
    };
    let found = async |secret: &str| {
        let body = json!({"code": furnished.code, "secret": secret});
        server.post("/v1/appointments/find", &body).await
    };
    let released = async |token: &str| {
        let path = format!("/v1/holds/{}", Uuid::now_v7());
        let request = server.request(Method::DELETE, &path);
        Answer::of(request.header("Hold-Token", token)).await
    };
    let redeemed = async || {
        let request = server.request(Method::POST, "/v1/appointments");
        let request = request.header("Idempotency-Key", Uuid::new_v4().to_string());
        let body = json!({"hold_id": Uuid::now_v7(), "hold_token": "x"});
        Answer::of(request.json(&body)).await
    };
    for _ in 0..5 {
        shown(WRONG).await.expect_problem(404, "not-found");
        found(WRONG).await.expect_problem(404, "not-found");
        released("x").await.expect_problem(404, "not-found");
        redeemed().await.expect_problem(409, "hold-mismatch");
    }
    for limited in [
        shown(WRONG).await,
        found(WRONG).await,
        released("x").await,
        redeemed().await,
    ] {
        limited.expect_problem(429, "rate-limited");
        assert!(!limited.header("retry-after").is_empty());
    }
    shown(&furnished.secret).await.expect(200);
    found(&furnished.secret).await.expect(200);
    let (hold, token) = furnished.hold(&server, 0).await;
    let request = server.request(Method::DELETE, &format!("/v1/holds/{hold}"));
    Answer::of(request.header("Hold-Token", token))
        .await
        .expect(204);
}
