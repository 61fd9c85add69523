use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use tests::fixtures::People;
use tests::{Answer, Server};
use uuid::Uuid;

use super::{PASSWORD, call};

async fn invite(server: &Server, account: Uuid, body: &Value) -> Answer {
    let token = server.token(account);
    call(
        server,
        Method::POST,
        "/v1/invitations",
        &token,
        None,
        Some(body),
    )
    .await
}

fn body(people: &People, roles: &[&str]) -> Value {
    json!({"organisation_id": people.organisation, "email": "grace@example.org", "roles": roles})
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_invite_anybody_and_network_coordinators_administrators_only() {
    let server = Server::start().await;
    let ours = People::arrange(&server, "ours").await;
    let theirs = People::arrange(&server, "theirs").await;
    let one = body(&ours, &["coordinator", "counsellor"]);
    let administrator = body(&ours, &["administrator"]);
    invite(&server, ours.administrator, &one).await.expect(201);
    for refused in [
        invite(&server, ours.network_coordinator, &one).await,
        invite(&server, ours.coordinator, &one).await,
        invite(&server, ours.counsellor, &administrator).await,
    ] {
        refused.expect_problem(403, "forbidden");
    }
    invite(&server, theirs.administrator, &one)
        .await
        .expect_problem(404, "not-found");
    let nowhere =
        json!({"organisation_id": Uuid::now_v7(), "email": "a@b.de", "roles": ["administrator"]});
    invite(&server, ours.network_coordinator, &nowhere)
        .await
        .expect_problem(404, "not-found");
    for roles in [&[][..], &["network_coordinator"], &["boss"]] {
        invite(&server, ours.administrator, &body(&ours, roles))
            .await
            .expect_problem(422, "rule-violated");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_listed_without_its_token_and_withdrawn() {
    let server = Server::start().await;
    let people = People::arrange(&server, "poliklinik").await;
    let created = invite(
        &server,
        people.administrator,
        &body(&people, &["coordinator"]),
    )
    .await;
    let (invitation, path) = (created.expect(201), created.header("location").to_owned());
    assert_eq!(created.header("cache-control"), "no-store");
    let get = async |account, path: &str| {
        call(
            &server,
            Method::GET,
            path,
            &server.token(account),
            None,
            None,
        )
        .await
    };
    let list = format!("/v1/invitations?organisation_id={}", people.organisation);
    let listed = get(people.administrator, &list).await.expect(200);
    assert_eq!(listed["items"][0]["id"], invitation["id"]);
    assert_eq!(listed["items"][0]["token"], Value::Null);
    get(people.administrator, &path).await.expect(200);
    let listed = get(people.network_coordinator, &list).await.expect(200);
    assert_eq!(listed["items"], json!([]));
    get(people.network_coordinator, &path)
        .await
        .expect_problem(404, "not-found");
    get(people.coordinator, &list)
        .await
        .expect_problem(403, "forbidden");
    get(people.administrator, "/v1/invitations")
        .await
        .expect_problem(400, "invalid-request");

    let token = server.token(people.administrator);
    let withdrawn = call(&server, Method::DELETE, &path, &token, None, None).await;
    withdrawn.expect(204);
    let accept =
        json!({"token": invitation["token"], "password": PASSWORD, "display_name": "Grace"});
    server
        .post("/v1/invitations/accept", &accept)
        .await
        .expect_problem(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_invitation_has_one_effect_and_the_same_token() {
    let server = Server::start().await;
    let people = People::arrange(&server, "poliklinik").await;
    let send = async |body: Value| {
        let request = server
            .request(Method::POST, "/v1/invitations")
            .bearer_auth(server.token(people.administrator))
            .header("Idempotency-Key", "7d9f4a2e-1b3c-4d5e-8f60-718293a4b5c6");
        Answer::of(request.json(&body)).await
    };
    let first = send(body(&people, &["coordinator"])).await.expect(201);
    assert_eq!(
        send(body(&people, &["coordinator"])).await.expect(201),
        first
    );
    send(body(&people, &["counsellor"]))
        .await
        .expect_problem(422, "idempotency-key-reused");
    let count = "SELECT count(*) FROM invitations";
    assert_eq!(server.sql_value(count).await, "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_ends_after_seven_days() {
    let server = Server::start().await;
    let people = People::arrange(&server, "poliklinik").await;
    let created = invite(
        &server,
        people.administrator,
        &body(&people, &["coordinator"]),
    )
    .await;
    let token = created.expect(201)["token"].clone();
    server.app.clock.advance(TimeDelta::days(7));
    let accept = json!({"token": token, "password": PASSWORD, "display_name": "Grace"});
    server
        .post("/v1/invitations/accept", &accept)
        .await
        .expect_problem(404, "not-found");
}
