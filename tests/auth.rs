//! Signing in, and who may.

mod acceptance;
mod accounts;
mod first_administrator;
mod forgery;
mod installation;
mod invitations;
mod refresh;
mod sign_in;
mod throttle;

use persistence::installation::prepare;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, Server};

const PASSWORD: &str = "correct horse battery staple";

/// The token that the program prints when it starts without an account.
async fn setup_token(server: &Server) -> String {
    let app = &server.app;
    let installation = prepare(&app.database, &app.vault, app.clock.now()).await;
    let token = installation.expect("an installation").setup_token;
    token.expect("a token").reveal().to_owned()
}

/// Makes the first account, which can sign in as ada@example.org.
async fn set_up(server: &Server) -> Value {
    let body = json!({
        "token": setup_token(server).await, "email": "ada@example.org", "password": PASSWORD,
        "display_name": "Ada"
    });
    server.post("/v1/auth/setup", &body).await.expect(201)
}

async fn sign_in(server: &Server, email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password});
    server.post("/v1/auth/token", &body).await
}

/// Calls as the bearer of the token, with an `If-Match` where there is one to send.
async fn call(
    server: &Server,
    method: Method,
    path: &str,
    token: &str,
    etag: Option<&str>,
    body: Option<&Value>,
) -> Answer {
    let mut request = server.request(method, path).bearer_auth(token);
    if let Some(etag) = etag {
        request = request.header("If-Match", etag);
    }
    if let Some(body) = body {
        request = request.json(body);
    }
    Answer::of(request).await
}

/// Sends the same request so many times at once, and answers the sorted statuses.
async fn at_once(server: &Server, count: usize, path: &str, body: &Value) -> Vec<u16> {
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..count {
        let request = server.request(Method::POST, path).json(body);
        callers.spawn(async move { Answer::of(request).await.status.as_u16() });
    }
    let mut statuses = callers.join_all().await;
    statuses.sort_unstable();
    statuses
}
