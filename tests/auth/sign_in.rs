use domain::permission::Role;
use reqwest::Method;
use serde_json::json;
use tests::Server;
use tests::fixtures::People;

use super::{PASSWORD, call, set_up, sign_in};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_in_learns_who_they_are() {
    let server = Server::start().await;
    let account = set_up(&server).await;
    let answer = sign_in(&server, " ADA@example.org", PASSWORD).await;
    let tokens = answer.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(
        (&tokens["token_type"], &tokens["expires_in"]),
        (&json!("Bearer"), &json!(600))
    );
    let token = tokens["access_token"].as_str().expect("a token");
    let me = call(&server, Method::GET, "/v1/me", token, None, None).await;
    assert_eq!(me.expect(200), account);
    assert_eq!(me.header("cache-control"), "no-store");
    server
        .get("/v1/me")
        .await
        .expect_problem(401, "unauthenticated");
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_are_told_as_they_are_at_the_moment() {
    let server = Server::start().await;
    let people = People::arrange(&server, "poliklinik").await;
    let token = server.token(people.coordinator);
    let me = call(&server, Method::GET, "/v1/me", &token, None, None).await;
    let expected = json!([{"organisation_id": people.organisation, "roles": ["coordinator"]}]);
    assert_eq!(me.expect(200)["memberships"], expected);
    server.sql("DELETE FROM memberships").await;
    let me = call(&server, Method::GET, "/v1/me", &token, None, None).await;
    assert_eq!(me.expect(200)["memberships"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_an_unknown_address_are_answered_the_same() {
    let server = Server::start().await;
    set_up(&server).await;
    let mut answers = Vec::new();
    for (email, password) in [
        ("ada@example.org", "incorrect horse"),
        ("ada@example.org", "short"),
        ("bob@example.org", PASSWORD),
        ("bob", PASSWORD),
    ] {
        let answer = sign_in(&server, email, password).await;
        let mut problem = answer.expect_problem(401, "unauthenticated");
        problem["instance"] = json!(null);
        answers.push(problem);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_without_a_password_cannot_sign_in() {
    let server = Server::start().await;
    People::arrange(&server, "poliklinik").await;
    let answer = sign_in(&server, "coordinator@poliklinik.example", "-").await;
    answer.expect_problem(401, "unauthenticated");
    let answer = sign_in(&server, "coordinator@poliklinik.example", PASSWORD).await;
    answer.expect_problem(401, "unauthenticated");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_gets_a_token_for_a_role() {
    let server = Server::start().await;
    let people = People::arrange(&server, "poliklinik").await;
    for (role, account) in people.accounts() {
        let role: Role = role.parse().expect("a role");
        let token = api::tokens::for_role(&server.app, "poliklinik", role).await;
        let token = token.expect("an answer").expect("a token");
        let me = call(&server, Method::GET, "/v1/me", &token, None, None).await;
        assert_eq!(me.expect(200)["id"], json!(account));
    }
    let nobody = api::tokens::for_role(&server.app, "nowhere", Role::Administrator).await;
    assert!(nobody.expect("an answer").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_key_is_published() {
    let server = Server::start().await;
    let keys = server.get("/.well-known/jwks.json").await.expect(200);
    let key = &keys["keys"][0];
    assert_eq!(
        (&key["kty"], &key["crv"]),
        (&json!("OKP"), &json!("Ed25519"))
    );
    let jwks: jsonwebtoken::jwk::JwkSet = serde_json::from_value(keys.clone()).expect("a set");
    let key = jsonwebtoken::DecodingKey::from_jwk(&jwks.keys[0]).expect("a key");
    let people = People::arrange(&server, "poliklinik").await;
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::EdDSA);
    validation.set_audience(&[&server.base_url]);
    let token = server.token(people.counsellor);
    jsonwebtoken::decode::<serde_json::Value>(&token, &key, &validation).expect("claims");
}
