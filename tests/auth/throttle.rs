use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;
use tests::{Answer, Server};

use super::{PASSWORD, set_up};

async fn sign_in_from(server: &Server, address: &str, password: &str) -> Answer {
    let request = server
        .request(Method::POST, "/v1/auth/token")
        .header("X-Forwarded-For", address)
        .json(&json!({"email": "ada@example.org", "password": password}));
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
