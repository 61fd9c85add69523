//! Visitors who wish for a counsellor of a gender, where a service allows it.

use reqwest::Method;
use serde_json::{Value, json};
use tests::circles::{patch, staff};
use tests::fixtures::Talks;
use tests::{Answer, Server};
use uuid::Uuid;

/// A second counsellor with a session of the service, and what both say of themselves.
async fn arrange(server: &Server) -> (Talks, Uuid) {
    let talks = Talks::arrange(server, "poliklinik").await;
    let other = talks.add_stage(server, &[talks.service], None).await;
    server
        .sql(&format!(
            "UPDATE counsellors SET gender = 'female' WHERE id = '{}';
             UPDATE counsellors SET gender = 'male' WHERE id = '{other}'",
            talks.counsellor
        ))
        .await;
    (talks, other)
}

async fn allow(server: &Server, talks: &Talks) {
    let path = format!("/v1/services/{}", talks.service);
    let read = server.get(&path).await.expect(200);
    let allow = json!({"allows_gender_wish": true});
    let administrator = talks.people.administrator;
    patch(server, &path, administrator, &read["etag"], &allow)
        .await
        .expect(200);
}

fn counsellors(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().expect("items").iter();
    let mut ids: Vec<_> = items
        .filter_map(|slot| slot["counsellor_id"].as_str())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_is_kept_where_the_service_allows_it() {
    let server = Server::start().await;
    let (talks, other) = arrange(&server).await;
    allow(&server, &talks).await;
    for subject in [
        format!("service_id={}", talks.service),
        "topic=psychosocial".to_owned(),
    ] {
        for (gender, expected) in [
            ("female", vec![talks.counsellor.to_string()]),
            ("male", vec![other.to_string()]),
            ("diverse", Vec::new()),
        ] {
            let path = format!("/v1/slots?{subject}&counsellor_gender={gender}&limit=200");
            let page = server.get(&path).await.expect(200);
            assert_eq!(counsellors(&page), expected, "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_it_is_not_allowed_nobody_learns_anything() {
    let server = Server::start().await;
    let (talks, _) = arrange(&server).await;
    let service = talks.service;
    let wish = format!("/v1/slots?service_id={service}&counsellor_gender=female");
    let problem = server.get(&wish).await.expect_problem(422, "rule-violated");
    assert_eq!(problem["errors"][0]["parameter"], "counsellor_gender");
    let detail = problem["detail"].as_str().expect("a detail");
    assert!(detail.contains(&service.to_string()), "{detail}");
    let by_topic = "/v1/slots?topic=psychosocial&counsellor_gender=female";
    let page = server.get(by_topic).await.expect(200);
    assert_eq!(page["items"], json!([]));
    let unknown = format!(
        "/v1/slots?service_id={}&counsellor_gender=male",
        Uuid::now_v7()
    );
    assert_eq!(server.get(&unknown).await.expect(200)["items"], json!([]));
    for bad in ["", "x", "Female"] {
        let path = format!("/v1/slots?topic=psychosocial&counsellor_gender={bad}");
        server
            .get(&path)
            .await
            .expect_problem(400, "invalid-request");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_staff_see_a_gender() {
    let server = Server::start().await;
    let (talks, other) = arrange(&server).await;
    allow(&server, &talks).await;
    let path = format!("/v1/counsellors/{}", talks.counsellor);
    assert_eq!(server.get(&path).await.expect(200)["gender"], Value::Null);
    let as_staff = |path: &str| {
        let request = server.request(Method::GET, path);
        Answer::of(request.bearer_auth(server.token(talks.people.administrator)))
    };
    let read = as_staff(&path).await.expect(200);
    assert_eq!(read["gender"], "female");
    let hidden = server.get("/v1/counsellors").await.expect(200);
    assert!(
        hidden["items"]
            .as_array()
            .expect("items")
            .iter()
            .all(|it| it["gender"].is_null())
    );
    let slots = server.get("/v1/slots?topic=psychosocial").await;
    assert!(!slots.text.contains("female"), "{}", slots.text);

    let path = format!("/v1/counsellors/{other}");
    let administrator = talks.people.administrator;
    let etag = as_staff(&path).await.expect(200)["etag"].clone();
    for bad in ["", "x", "MALE"] {
        let refused = patch(
            &server,
            &path,
            administrator,
            &etag,
            &json!({"gender": bad}),
        )
        .await;
        let problem = refused.expect_problem(422, "rule-violated");
        assert_eq!(problem["errors"][0]["pointer"], "/gender");
    }
    let removed = patch(
        &server,
        &path,
        administrator,
        &etag,
        &json!({"gender": null}),
    )
    .await;
    assert_eq!(removed.expect(200)["gender"], Value::Null);
    let new = json!({"organisation_id": talks.people.organisation, "display_name": "Kim", "gender": "diverse"});
    let created = staff(
        &server,
        Method::POST,
        "/v1/counsellors",
        administrator,
        &new,
    )
    .await;
    assert_eq!(created.expect(201)["gender"], "diverse");
}
