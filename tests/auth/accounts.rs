use reqwest::Method;
use serde_json::{Value, json};
use tests::fixtures::People;
use tests::{Answer, Server};
use uuid::Uuid;

use super::call;

fn path(account: Uuid, people: &People) -> String {
    format!(
        "/v1/accounts/{account}?organisation_id={}",
        people.organisation
    )
}

async fn list(server: &Server, as_account: Uuid, people: &People) -> Answer {
    let path = format!("/v1/accounts?organisation_id={}", people.organisation);
    call(
        server,
        Method::GET,
        &path,
        &server.token(as_account),
        None,
        None,
    )
    .await
}

async fn etag(server: &Server, people: &People, account: Uuid) -> String {
    let listed = list(server, people.administrator, people).await.expect(200);
    let items = listed["items"].as_array().expect("items").clone();
    let item = items.iter().find(|item| item["id"] == json!(account));
    let etag = item.expect("the account")["etag"].as_str();
    etag.expect("an etag").to_owned()
}

async fn change(server: &Server, people: &People, account: Uuid, roles: Value) -> Answer {
    let etag = etag(server, people, account).await;
    let token = server.token(people.administrator);
    let (path, body) = (path(account, people), json!({"roles": roles}));
    call(
        server,
        Method::PATCH,
        &path,
        &token,
        Some(&etag),
        Some(&body),
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn coordinators_and_administrators_see_the_people_of_their_own_organisation() {
    let server = Server::start().await;
    let ours = People::arrange(&server, "ours").await;
    let theirs = People::arrange(&server, "theirs").await;
    for account in [ours.coordinator, ours.administrator] {
        let listed = list(&server, account, &ours).await.expect(200);
        assert_eq!(listed["items"].as_array().expect("items").len(), 3);
        list(&server, account, &theirs)
            .await
            .expect_problem(404, "not-found");
    }
    for account in [ours.counsellor, ours.network_coordinator] {
        list(&server, account, &ours)
            .await
            .expect_problem(403, "forbidden");
    }
    let first = format!("/v1/accounts?organisation_id={}&limit=2", ours.organisation);
    let token = server.token(ours.coordinator);
    let page = call(&server, Method::GET, &first, &token, None, None)
        .await
        .expect(200);
    let cursor = page["next_cursor"].as_str().expect("a cursor");
    let next = format!("{first}&cursor={cursor}");
    let page = call(&server, Method::GET, &next, &token, None, None)
        .await
        .expect(200);
    assert_eq!(page["items"].as_array().expect("items").len(), 1);
    assert_eq!(page["next_cursor"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_changes_roles_at_once() {
    let server = Server::start().await;
    let people = People::arrange(&server, "poliklinik").await;
    let roles = json!(["coordinator", "counsellor"]);
    let changed = change(&server, &people, people.counsellor, roles).await;
    let view = changed.expect(200);
    assert_eq!(view["roles"], json!(["counsellor", "coordinator"]));
    list(&server, people.counsellor, &people).await.expect(200);
    assert_eq!(
        etag(&server, &people, people.counsellor).await,
        view["etag"]
    );
    for roles in [json!([]), json!(["network_coordinator"]), json!(["boss"])] {
        change(&server, &people, people.counsellor, roles)
            .await
            .expect_problem(422, "rule-violated");
    }
    let (token, path) = (
        server.token(people.administrator),
        path(people.counsellor, &people),
    );
    let body = json!({"roles": ["counsellor"]});
    call(
        &server,
        Method::PATCH,
        &path,
        &token,
        Some("\"1\""),
        Some(&body),
    )
    .await
    .expect_problem(412, "version-conflict");
    call(&server, Method::PATCH, &path, &token, None, Some(&body))
        .await
        .expect_problem(428, "precondition-required");
    let coordinator = server.token(people.coordinator);
    call(
        &server,
        Method::PATCH,
        &path,
        &coordinator,
        Some("*"),
        Some(&body),
    )
    .await
    .expect_problem(403, "forbidden");
    let audited =
        "SELECT string_agg(action || ' ' || array_to_string(fields, ','), ';') FROM audit_entries";
    assert_eq!(server.sql_value(audited).await, "update roles");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_administrator_stays() {
    let server = Server::start().await;
    let people = People::arrange(&server, "poliklinik").await;
    let (token, path) = (
        server.token(people.administrator),
        path(people.administrator, &people),
    );
    change(
        &server,
        &people,
        people.administrator,
        json!(["coordinator"]),
    )
    .await
    .expect_problem(409, "conflict");
    call(&server, Method::DELETE, &path, &token, Some("*"), None)
        .await
        .expect_problem(409, "conflict");
    change(
        &server,
        &people,
        people.coordinator,
        json!(["administrator"]),
    )
    .await
    .expect(200);
    call(&server, Method::DELETE, &path, &token, Some("*"), None)
        .await
        .expect(204);
    list(&server, people.administrator, &people)
        .await
        .expect_problem(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_administrators_cannot_remove_one_another_at_once() {
    let server = Server::start().await;
    let people = People::arrange(&server, "poliklinik").await;
    change(
        &server,
        &people,
        people.coordinator,
        json!(["administrator"]),
    )
    .await
    .expect(200);
    let remove = |who: Uuid, whom: Uuid| {
        let request = server
            .request(Method::DELETE, &path(whom, &people))
            .bearer_auth(server.token(who))
            .header("If-Match", "*");
        Answer::of(request)
    };
    let (one, other) = tokio::join!(
        remove(people.administrator, people.coordinator),
        remove(people.coordinator, people.administrator)
    );
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses[0], 204, "{one:?} {other:?}");
    assert_ne!(statuses[1], 204, "{one:?} {other:?}");
    let left = "SELECT count(*) FROM memberships WHERE role = 'administrator'";
    assert_eq!(server.sql_value(left).await, "1");
}
