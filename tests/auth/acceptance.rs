use reqwest::Method;
use serde_json::{Value, json};
use tests::Server;
use tests::fixtures::People;

use super::{PASSWORD, at_once, call, set_up, sign_in};

async fn invited(server: &Server, people: &People, email: &str, role: &str) -> Value {
    let token = server.token(people.administrator);
    let body = json!({
        "organisation_id": people.organisation, "email": email, "roles": [role]
    });
    let path = "/v1/invitations";
    let answer = call(server, Method::POST, path, &token, None, Some(&body)).await;
    answer.expect(201)["token"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_who_accept_at_once_one_becomes_a_member() {
    let server = Server::start().await;
    let people = People::arrange(&server, "poliklinik").await;
    let token = invited(&server, &people, "grace@example.org", "coordinator").await;
    let body = json!({"token": token, "password": PASSWORD, "display_name": "Grace"});
    let statuses = at_once(&server, 10, "/v1/invitations/accept", &body).await;
    assert_eq!(statuses, [vec![201], vec![404; 9]].concat());
    let count = "SELECT count(*) FROM accounts WHERE email = 'grace@example.org'";
    assert_eq!(server.sql_value(count).await, "1");
    let audited = "SELECT count(*) FROM audit_entries WHERE action = 'accept'";
    assert_eq!(server.sql_value(audited).await, "1");

    let tokens = sign_in(&server, "grace@example.org", PASSWORD)
        .await
        .expect(200);
    let token = tokens["access_token"].as_str().expect("a token");
    let me = call(&server, Method::GET, "/v1/me", token, None, None).await;
    let expected = json!([{"organisation_id": people.organisation, "roles": ["coordinator"]}]);
    assert_eq!(me.expect(200)["memberships"], expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_exists_joins_with_its_own_password() {
    let server = Server::start().await;
    // Before the fixtures: the first account is made while there is none.
    let ada = set_up(&server).await;
    let people = People::arrange(&server, "poliklinik").await;
    let first = invited(&server, &people, "ada@example.org", "coordinator").await;
    let accept = async |token: &Value, password: &str| {
        let body = json!({"token": token, "password": password, "display_name": "Mallory"});
        server.post("/v1/invitations/accept", &body).await
    };
    accept(&first, "incorrect horse")
        .await
        .expect_problem(401, "unauthenticated");
    let joined = accept(&first, PASSWORD).await.expect(201);
    assert_eq!(joined["id"], ada["id"]);
    assert_eq!(joined["display_name"], "Ada");

    let second = invited(&server, &people, "ada@example.org", "counsellor").await;
    let joined = accept(&second, PASSWORD).await.expect(201);
    assert_eq!(joined["id"], ada["id"]);
    assert_eq!(joined["roles"], json!(["counsellor", "coordinator"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_invitations_of_one_address_make_one_account() {
    let server = Server::start().await;
    let people = People::arrange(&server, "poliklinik").await;
    let mut callers = tokio::task::JoinSet::new();
    for role in ["coordinator", "counsellor"] {
        let token = invited(&server, &people, "grace@example.org", role).await;
        let body = json!({"token": token, "password": PASSWORD, "display_name": "Grace"});
        let request = server.request(Method::POST, "/v1/invitations/accept");
        let request = request.json(&body);
        callers.spawn(async move { tests::Answer::of(request).await.status.as_u16() });
    }
    let statuses = callers.join_all().await;
    assert!(statuses.contains(&201), "{statuses:?}");
    assert!(
        statuses.iter().all(|status| [201, 409].contains(status)),
        "{statuses:?}"
    );
    let count = "SELECT count(*) FROM accounts WHERE email = 'grace@example.org'";
    assert_eq!(server.sql_value(count).await, "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_for_the_invited_address_and_tells_of_no_other() {
    let server = Server::start().await;
    set_up(&server).await;
    let people = People::arrange(&server, "poliklinik").await;
    let token = invited(&server, &people, "grace@example.org", "coordinator").await;
    for email in ["ada@example.org", "bob@example.org"] {
        let body = json!({
            "token": token, "email": email, "password": PASSWORD, "display_name": "Grace"
        });
        server
            .post("/v1/invitations/accept", &body)
            .await
            .expect_problem(400, "invalid-request");
    }
}
