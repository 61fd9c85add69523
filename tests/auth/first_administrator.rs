//! The network sets an organisation up, and then has no way in.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, Server};

use super::{PASSWORD, call, set_up, sign_in};

const OWNER: &str = "owner@example.org";
const COORDINATOR: &str = "ada@example.org";

/// An organisation without anybody, and a token of whoever coordinates the network.
struct Founded {
    server: Server,
    organisation: Value,
    network: String,
}

impl Founded {
    async fn arrange() -> Self {
        let server = Server::start().await;
        set_up(&server).await;
        let network = access_token(&server, COORDINATOR).await;
        let body = json!({"slug": "new", "name": {"de": "Neu"}});
        let path = "/v1/organisations";
        let founded = call(&server, Method::POST, path, &network, None, Some(&body)).await;
        Self {
            organisation: founded.expect(201)["id"].clone(),
            server,
            network,
        }
    }

    async fn invite(&self, token: &str, email: &str) -> Answer {
        let body = json!({
            "organisation_id": self.organisation, "email": email, "roles": ["administrator"]
        });
        let path = "/v1/invitations";
        call(&self.server, Method::POST, path, token, None, Some(&body)).await
    }

    async fn invited(&self, token: &str, email: &str) -> Value {
        self.invite(token, email).await.expect(201)["token"].clone()
    }

    async fn accept(&self, invitation: &Value) -> Answer {
        let body = json!({
            "token": invitation, "password": PASSWORD, "display_name": "Somebody"
        });
        self.server.post("/v1/invitations/accept", &body).await
    }
}

async fn access_token(server: &Server, email: &str) -> String {
    let tokens = sign_in(server, email, PASSWORD).await.expect(200);
    tokens["access_token"].as_str().expect("a token").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_coordinates_the_network_becomes_no_second_administrator() {
    let founded = Founded::arrange().await;
    let kept = founded.invited(&founded.network, COORDINATOR).await;
    let first = founded.invited(&founded.network, OWNER).await;
    founded.accept(&first).await.expect(201);
    founded.accept(&kept).await.expect_problem(409, "conflict");
    founded
        .invite(&founded.network, COORDINATOR)
        .await
        .expect_problem(409, "conflict");

    let owner = access_token(&founded.server, OWNER).await;
    let second = founded.invited(&owner, "grace@example.org").await;
    founded.accept(&second).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_first_administrators_at_once_one_becomes_it() {
    let founded = Founded::arrange().await;
    let first = founded.invited(&founded.network, OWNER).await;
    let second = founded.invited(&founded.network, "grace@example.org").await;
    let (one, other) = tokio::join!(founded.accept(&first), founded.accept(&second));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    let count = "SELECT count(*) FROM memberships";
    assert_eq!(founded.server.sql_value(count).await, "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_invite_no_more_leaves_no_way_in() {
    let founded = Founded::arrange().await;
    let first = founded.invited(&founded.network, OWNER).await;
    let account = founded.accept(&first).await.expect(201)["id"].clone();
    let owner = access_token(&founded.server, OWNER).await;
    let kept = founded.invited(&owner, "way-back@example.org").await;
    let account = account.as_str().expect("an id");
    let delete = format!("DELETE FROM memberships WHERE account_id = '{account}'");
    founded.server.sql(&delete).await;
    founded.accept(&kept).await.expect_problem(409, "conflict");
}
