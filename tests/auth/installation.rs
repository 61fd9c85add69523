use persistence::installation::{InstallationError, prepare};
use persistence::vault::{MasterKey, Vault};
use serde_json::json;
use tests::Server;

use super::{PASSWORD, at_once, set_up, setup_token};

#[tokio::test(flavor = "multi_thread")]
async fn the_first_account_coordinates_the_network() {
    let server = Server::start().await;
    let me = set_up(&server).await;
    assert_eq!(me["network_coordinator"], true);
    assert_eq!(me["memberships"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_set_up_at_once_one_does() {
    let server = Server::start().await;
    let body = json!({
        "token": setup_token(&server).await, "email": "ada@example.org", "password": PASSWORD,
        "display_name": "Ada"
    });
    let statuses = at_once(&server, 6, "/v1/auth/setup", &body).await;
    assert_eq!(statuses, [201, 401, 401, 401, 401, 401]);
    server
        .post("/v1/auth/setup", &body)
        .await
        .expect_problem(401, "unauthenticated");
    assert_eq!(server.sql_value("SELECT count(*) FROM accounts").await, "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_set_up_token_makes_nothing() {
    let server = Server::start().await;
    setup_token(&server).await;
    for token in ["", "7Z3KQ0M4X9V2T8R5P1N6H7J3D0"] {
        let body = json!({
            "token": token, "email": "ada@example.org", "password": PASSWORD, "display_name": "Ada"
        });
        let answer = server.post("/v1/auth/setup", &body).await;
        answer.expect_problem(401, "unauthenticated");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_password_is_refused_and_the_token_stays_good() {
    let server = Server::start().await;
    let body = json!({
        "token": setup_token(&server).await, "email": "ada", "password": "short", "display_name": "Ada"
    });
    let answer = server.post("/v1/auth/setup", &body).await;
    let problem = answer.expect_problem(422, "rule-violated");
    assert_eq!(problem["errors"][0]["pointer"], "/email");
    assert_eq!(problem["errors"][1]["pointer"], "/password");
    assert!(!answer.text.contains("short"));
    set_up(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_that_start_at_once_share_one_key_and_one_token() {
    let server = Server::start().await;
    server
        .sql("DELETE FROM signing_keys; DELETE FROM installation;")
        .await;
    let program = || async {
        let prepared = prepare(
            &server.app.database,
            &server.app.vault,
            server.app.clock.now(),
        );
        let prepared = prepared.await.expect("an installation");
        let token = prepared.setup_token.expect("a token");
        (prepared.signing_key.id, token.reveal().to_owned())
    };
    let (first, second, third) = tokio::join!(program(), program(), program());
    assert_eq!(first, second);
    assert_eq!(first, third);
    let keys = "SELECT count(*) FROM signing_keys";
    assert_eq!(server.sql_value(keys).await, "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_master_key_is_refused() {
    let server = Server::start().await;
    let other = Vault::new(&MasterKey::random().expect("a key"));
    let refused = prepare(&server.app.database, &other, server.app.clock.now()).await;
    let error = refused.expect_err("a refusal");
    assert!(matches!(error, InstallationError::OtherMasterKey));
    assert_eq!(
        error.to_string(),
        "the master key does not belong to this data base"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn once_there_is_an_account_no_token_is_made() {
    let server = Server::start().await;
    set_up(&server).await;
    let app = &server.app;
    let prepared = prepare(&app.database, &app.vault, app.clock.now()).await;
    assert!(prepared.expect("an installation").setup_token.is_none());
}
