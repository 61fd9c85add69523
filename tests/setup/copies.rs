//! What sessions copy of their counsellor and their services, while all of them change.

use reqwest::Method;
use serde_json::{Value, json};
use tests::Server;

use super::schedules::EVERY_DAY;
use super::{Setup, id_of, send};

/// Publishing changes sessions and then looks at counsellor and services, whose own changes go on to
/// the sessions: whoever does not lock them first waits in a circle.
#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_its_counsellor_and_its_service_change_at_once_and_nobody_waits_in_a_circle() {
    let server = Server::start().await;
    let setup = Setup::arrange(&server).await;
    let owner = setup.people.administrator;
    let body = setup.schedule_body(EVERY_DAY, "09:00", "12:00");
    let schedule = send(&server, owner, Method::POST, "/v1/schedules", &body).await;
    let schedule = id_of(&schedule.expect(201));
    let change = async |path: String, one: Value, other: Value| {
        for turn in 0..20 {
            let patch = if turn % 2 == 0 { &one } else { &other };
            let changed = send(&server, owner, Method::PATCH, &path, patch).await;
            assert_eq!(changed.status, 200, "{path}: {}", changed.text);
        }
    };
    tokio::join!(
        change(
            format!("/v1/schedules/{schedule}"),
            json!({"starts": "10:00"}),
            json!({"starts": "09:00"}),
        ),
        change(
            format!("/v1/counsellors/{}", setup.counsellor),
            json!({"languages": ["de", "uk"]}),
            json!({"languages": ["de", "ar"]}),
        ),
        change(
            format!("/v1/services/{}", setup.service),
            json!({"topic": "debt"}),
            json!({"topic": "psychosocial"}),
        ),
    );
}

/// The rows of an index have a longest length, and what a counsellor speaks stands in one.
#[tokio::test(flavor = "multi_thread")]
async fn the_most_and_longest_languages_fit_and_one_more_is_refused() {
    let server = Server::start().await;
    let setup = Setup::arrange(&server).await;
    let owner = setup.people.administrator;
    let body = setup.schedule_body(EVERY_DAY, "09:00", "12:00");
    let schedule = send(&server, owner, Method::POST, "/v1/schedules", &body).await;
    schedule.expect(201);
    // Without a pattern, so that compression does not make them shorter.
    let longest = |_| {
        let random = uuid::Uuid::new_v4().simple().to_string();
        let [one, two, three] = [0, 8, 16].map(|place| &random[place..place + 8]);
        format!("de-{one}-{two}-{three}-{}", &random[24..29])
    };
    let mut languages: Vec<String> = (0..50).map(longest).collect();
    let path = format!("/v1/counsellors/{}", setup.counsellor);
    let patch = json!({"languages": languages});
    send(&server, owner, Method::PATCH, &path, &patch)
        .await
        .expect(200);
    languages.push("ar".to_owned());
    let patch = json!({"languages": languages});
    let refused = send(&server, owner, Method::PATCH, &path, &patch).await;
    refused.expect_problem(422, "rule-violated");
}
