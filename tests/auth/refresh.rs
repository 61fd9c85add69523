use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::{Answer, Server};

use super::{PASSWORD, at_once, set_up, sign_in};

async fn refresh(server: &Server, tokens: &Value) -> Answer {
    let body = json!({"refresh_token": tokens["refresh_token"]});
    server.post("/v1/auth/refresh", &body).await
}

async fn signed_in(server: &Server) -> Value {
    let answer = sign_in(server, "ada@example.org", PASSWORD).await;
    answer.expect(200)
}

#[tokio::test(flavor = "multi_thread")]
async fn using_a_token_twice_ends_its_family_and_no_other() {
    let server = Server::start().await;
    set_up(&server).await;
    let (first, elsewhere) = (signed_in(&server).await, signed_in(&server).await);
    let answer = refresh(&server, &first).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let second = answer.expect(200);
    let third = refresh(&server, &second).await.expect(200);
    refresh(&server, &first)
        .await
        .expect_problem(401, "unauthenticated");
    refresh(&server, &third)
        .await
        .expect_problem(401, "unauthenticated");
    refresh(&server, &elsewhere).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_refresh_at_once_one_gets_tokens_and_the_family_ends() {
    let server = Server::start().await;
    set_up(&server).await;
    let tokens = signed_in(&server).await;
    let body = json!({"refresh_token": tokens["refresh_token"]});
    let statuses = at_once(&server, 8, "/v1/auth/refresh", &body).await;
    assert_eq!(statuses, [200, 401, 401, 401, 401, 401, 401, 401]);
    let left = "SELECT count(*) FROM refresh_tokens";
    assert_eq!(server.sql_value(left).await, "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_is_void_and_revoking_never_fails() {
    let server = Server::start().await;
    set_up(&server).await;
    let first = signed_in(&server).await;
    let second = refresh(&server, &first).await.expect(200);
    for token in [
        &first["refresh_token"],
        &first["refresh_token"],
        &json!("what?"),
    ] {
        let body = json!({"refresh_token": token});
        server.post("/v1/auth/revoke", &body).await.expect(204);
    }
    refresh(&server, &second)
        .await
        .expect_problem(401, "unauthenticated");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_ends_after_two_weeks() {
    let server = Server::start().await;
    set_up(&server).await;
    let tokens = signed_in(&server).await;
    server.app.clock.advance(TimeDelta::days(13));
    let tokens = refresh(&server, &tokens).await.expect(200);
    server.app.clock.advance(TimeDelta::days(14));
    refresh(&server, &tokens)
        .await
        .expect_problem(401, "unauthenticated");
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_kept_as_hashes_only() {
    let server = Server::start().await;
    set_up(&server).await;
    let tokens = signed_in(&server).await;
    let token = tokens["refresh_token"].as_str().expect("a token");
    let kept = format!(
        "SELECT count(*) FROM refresh_tokens WHERE token_hash IN ('{token}', sha256('{token}'))"
    );
    assert_eq!(server.sql_value(&kept).await, "0");
}
