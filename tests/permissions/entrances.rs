//! What opens the doors through which people come in who have no token yet.

use persistence::installation::prepare;
use reqwest::Method;
use serde_json::{Value, json};
use tests::fixtures::People;
use tests::{Answer, Server};
use uuid::Uuid;

const PASSWORD: &str = "correct horse battery staple";

/// A body that the operation accepts from anybody; `None` for those that are no entrance.
pub async fn body(server: &Server, people: &People, operation: &str) -> Option<Value> {
    match operation {
        "acceptInvitation" => Some(acceptance(server, people, &new_email()).await),
        "createToken" => Some(credentials(server, people).await),
        "refreshToken" | "revokeToken" => {
            let credentials = credentials(server, people).await;
            let tokens = server.post("/v1/auth/token", &credentials).await;
            Some(json!({"refresh_token": tokens.expect(200)["refresh_token"]}))
        }
        _ => None,
    }
}

/// What makes the first account of a program that has none.
pub async fn setup(server: &Server) -> Value {
    let app = &server.app;
    let installation = prepare(&app.database, &app.vault, app.clock.now()).await;
    let token = installation.expect("an installation").setup_token;
    json!({
        "token": token.expect("a token").reveal(), "email": new_email(), "password": PASSWORD,
        "display_name": "Ada"
    })
}

async fn credentials(server: &Server, people: &People) -> Value {
    let email = new_email();
    let acceptance = acceptance(server, people, &email).await;
    let accepted = server.post("/v1/invitations/accept", &acceptance).await;
    accepted.expect(201);
    json!({"email": email, "password": PASSWORD})
}

async fn acceptance(server: &Server, people: &People, email: &str) -> Value {
    let invitation = json!({
        "organisation_id": people.organisation, "email": email, "roles": ["counsellor"]
    });
    let request = server
        .request(Method::POST, "/v1/invitations")
        .bearer_auth(server.token(people.administrator));
    let invited = Answer::of(request.json(&invitation)).await.expect(201);
    json!({"token": invited["token"], "password": PASSWORD, "display_name": "Grace"})
}

fn new_email() -> String {
    format!("{}@new.example", Uuid::now_v7())
}
