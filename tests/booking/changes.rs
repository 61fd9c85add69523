//! What is found and booked after something has changed that it depends on, and while it does.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tests::fixtures::Talks;
use tests::{Answer, Server, postgres};
use uuid::Uuid;

use super::search::page;

/// A merge patch by the administrator, on top of what is there.
async fn change(server: &Server, talks: &Talks, path: &str, patch: &Value) {
    let as_administrator = |method| {
        let request = server.request(method, path);
        request.bearer_auth(server.token(talks.people.administrator))
    };
    let known = Answer::of(as_administrator(Method::GET)).await;
    let patched = as_administrator(Method::PATCH)
        .header("If-Match", known.header("etag"))
        .header("Content-Type", "application/merge-patch+json")
        .body(patch.to_string());
    Answer::of(patched).await.expect(200);
}

/// Another counsellor of the organisation, who speaks Arabic.
async fn colleague(server: &Server, talks: &Talks) -> Uuid {
    let (organisation, colleague) = (talks.people.organisation, Uuid::now_v7());
    server
        .sql(&format!(
            "INSERT INTO resources (organisation_id, id, kind) VALUES ('{organisation}', '{colleague}', 'counsellor');
             INSERT INTO counsellors (organisation_id, id, display_name, languages, published)
             VALUES ('{organisation}', '{colleague}', 'Nour', '{{ar}}', true)"
        ))
        .await;
    colleague
}

fn count(page: &Value) -> usize {
    page["items"].as_array().expect("items").len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_is_found_under_its_new_topic_and_no_more_under_the_old_one() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let path = format!("/v1/services/{}", talks.service);
    change(&server, &talks, &path, &json!({"topic": "debt"})).await;
    assert_eq!(count(&page(&server, "topic=psychosocial").await), 0);
    assert_eq!(count(&page(&server, "topic=debt").await), 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_that_is_hidden_offers_nothing_not_even_to_its_staff() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let slot = talks.slots(&server).await.remove(0);
    let path = format!("/v1/organisations/{}", talks.people.organisation);
    let lists = [
        format!("/v1/slots?service_id={}", talks.service),
        "/v1/slots?topic=psychosocial".to_owned(),
        "/v1/services".to_owned(),
        "/v1/sites".to_owned(),
        "/v1/counsellors".to_owned(),
    ];
    for (published, is_there) in [(false, false), (true, true)] {
        change(&server, &talks, &path, &json!({"published": published})).await;
        for list in &lists {
            let found = count(&server.get(list).await.expect(200)) > 0;
            assert_eq!(found, is_there, "{list}, published: {published}");
        }
        let by_staff = server
            .booking(&slot)
            .bearer_auth(server.token(talks.people.coordinator));
        let booked = Answer::of(by_staff).await;
        let expected = if is_there { 201 } else { 409 };
        assert_eq!(booked.status.as_u16(), expected, "{}", booked.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_found_by_what_its_counsellor_speaks_now() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let service = format!("/v1/services/{}", talks.service);
    let counsellor = format!("/v1/counsellors/{}", talks.counsellor);
    let languages = |tags: &[&str]| json!({ "languages": tags });
    change(&server, &talks, &service, &languages(&["de", "ar"])).await;
    let by_topic = "topic=psychosocial&language=ar";
    let by_service = format!("service_id={}&language=ar", talks.service);

    for (spoken, found) in [(["de", "ar"], 8), (["de", "tr"], 0)] {
        change(&server, &talks, &counsellor, &languages(&spoken)).await;
        assert_eq!(count(&page(&server, by_topic).await), found, "{spoken:?}");
        assert_eq!(count(&page(&server, &by_service).await), found);
    }

    // Somebody else takes over, who does speak it.
    let (colleague, session) = (colleague(&server, &talks).await, talks.session);
    let takes_over =
        format!("UPDATE sessions SET counsellor_id = '{colleague}' WHERE id = '{session}'");
    server.sql(&takes_over).await;
    let found = page(&server, by_topic).await;
    assert_eq!(count(&found), 8);
    let item = &found["items"][0];
    assert_eq!(item["counsellor_id"], colleague.to_string());
    assert_eq!(item["languages"], json!(["ar"]));
}

/// Copies are made by triggers, and a trigger sees only what is committed: without a lock, a session
/// that is inserted while its counsellor changes would keep what was.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_inserted_during_a_change_is_found_by_what_was_changed() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let change = postgres::connect(&server.database_url).await;
    change
        .batch_execute(&format!(
            "BEGIN;
             UPDATE counsellors SET languages = '{{de,uk}}' WHERE id = '{}';
             UPDATE services SET topic = 'debt' WHERE id = '{}'",
            talks.counsellor, talks.service
        ))
        .await
        .expect("rows of nobody else's");
    let (session, services) = (Uuid::now_v7(), [talks.service]);
    let insert = talks.add_session(&server, session, talks.counsellor, &services, 3);
    let commit = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        change.batch_execute("COMMIT").await.expect("nobody waits");
    };
    tokio::join!(insert, commit);
    let found = page(&server, "topic=debt&language=uk&limit=200").await;
    assert_eq!(count(&found), 16, "eight slots of each session");
    assert_eq!(count(&page(&server, "topic=psychosocial").await), 0);
}

/// What a booking locks is what the session claims when it asks; what it claims after that is not
/// locked, and whoever holds that lock would not be waited for.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_gets_another_counsellor_meanwhile_is_not_booked() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let slot = talks.slots(&server).await.remove(0);
    let colleague = colleague(&server, &talks).await;
    let change = postgres::connect(&server.database_url).await;
    change
        .batch_execute(&format!(
            "BEGIN;
             SELECT id FROM resources WHERE id = '{}' FOR NO KEY UPDATE;
             UPDATE sessions SET counsellor_id = '{colleague}' WHERE id = '{}'",
            talks.counsellor, talks.session
        ))
        .await
        .expect("rows of nobody else's");
    let commit = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        change.batch_execute("COMMIT").await.expect("nobody waits");
    };
    let (booked, ()) = tokio::join!(talks.book(&server, &slot), commit);
    assert_eq!(booked.expect(409)["code"], "slot-gone");
    talks.book(&server, &slot).await.expect(201);
}
