//! What holds for everything that staff set up, tried on each of it.

use reqwest::Method;
use serde_json::{Value, json};
use tests::fixtures::People;
use tests::{Answer, Server};

use super::{Setup, send};

/// A path, a body to create, and a field with another value.
fn things(setup: &Setup) -> Vec<(&'static str, Value, &'static str, Value)> {
    let organisation = setup.people.organisation;
    let named = json!({"de": "Name"});
    vec![
        (
            "/v1/organisations",
            json!({"slug": "new", "name": named, "published": true}),
            "retention_days",
            json!(30),
        ),
        ("/v1/sites", setup.site_body(), "city", json!("Halle")),
        (
            "/v1/services",
            setup.service_body(),
            "topic",
            json!("legal"),
        ),
        (
            "/v1/counsellors",
            json!({"organisation_id": organisation, "display_name": "Mina", "languages": ["de"], "published": true}),
            "skills",
            json!(["debts"]),
        ),
        (
            "/v1/rooms",
            json!({"organisation_id": organisation, "site_id": setup.site, "name": "Raum 2"}),
            "seats",
            json!(4),
        ),
        (
            "/v1/closures",
            json!({"organisation_id": organisation, "site_id": setup.site, "starts_at": "2030-01-01T00:00:00Z", "ends_at": "2030-01-02T00:00:00Z"}),
            "ends_at",
            json!("2030-01-03T00:00:00Z"),
        ),
        (
            "/v1/absences",
            json!({"organisation_id": organisation, "counsellor_id": setup.counsellor, "starts_at": "2030-01-01T00:00:00Z", "ends_at": "2030-01-02T00:00:00Z"}),
            "ends_at",
            json!("2030-01-03T00:00:00Z"),
        ),
        (
            "/v1/schedules",
            setup.schedule_body("FREQ=WEEKLY;BYDAY=MO", "09:00", "12:00"),
            "ends",
            json!("11:00"),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_created_found_listed_changed_and_archived() {
    let server = Server::start().await;
    let setup = Setup::arrange(&server).await;
    for (path, body, field, value) in things(&setup) {
        let account = if path == "/v1/organisations" {
            setup.people.network_coordinator
        } else if path == "/v1/services" || path == "/v1/counsellors" {
            setup.people.administrator
        } else {
            setup.people.coordinator
        };
        let token = &server.token(account);
        let post = server
            .request(Method::POST, path)
            .bearer_auth(token)
            .json(&body);
        let created = Answer::of(post).await;
        let thing = created.expect(201);
        let own = created.header("location").to_owned();
        assert_eq!(created.header("etag"), thing["etag"], "{path}");
        let ask = |method, path: &str| server.request(method, path).bearer_auth(token);

        let found = Answer::of(ask(Method::GET, &own)).await.expect(200);
        assert_eq!(found["id"], thing["id"]);
        let in_list = async || {
            let list = Answer::of(ask(Method::GET, path)).await.expect(200);
            let items = list["items"].as_array().expect("items").clone();
            items.iter().any(|item| item["id"] == thing["id"])
        };
        assert!(in_list().await, "{path}");

        let patch = ask(Method::PATCH, &own).json(&json!({field: value}));
        let without = patch.try_clone().expect("a request");
        Answer::of(without)
            .await
            .expect_problem(428, "precondition-required");
        let stale = patch
            .try_clone()
            .expect("a request")
            .header("If-Match", "\"7\"");
        Answer::of(stale)
            .await
            .expect_problem(412, "version-conflict");
        let changed = Answer::of(patch.header("If-Match", "\"1\""))
            .await
            .expect(200);
        assert_ne!(changed[field], thing[field], "{path}");
        assert_eq!(changed["etag"], "\"2\"", "{path}");
        let again = Answer::of(ask(Method::GET, &own)).await.expect(200);
        assert_eq!(again[field], changed[field], "{path}");
        let unknown = ask(Method::PATCH, &own)
            .json(&json!({"unknown": 1}))
            .header("If-Match", "\"2\"");
        Answer::of(unknown)
            .await
            .expect_problem(400, "invalid-request");

        let archive = ask(Method::DELETE, &own).header("If-Match", "\"2\"");
        Answer::of(archive).await.expect(204);
        assert!(!in_list().await, "{path}");
        Answer::of(ask(Method::GET, &own))
            .await
            .expect_problem(404, "not-found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_foreign_organisation_exists() {
    let server = Server::start().await;
    let setup = Setup::arrange(&server).await;
    let strangers = People::arrange(&server, "strangers").await;
    for (path, body, field, value) in things(&setup).into_iter().skip(1) {
        let token = server.token(strangers.administrator);
        let post = server
            .request(Method::POST, path)
            .bearer_auth(&token)
            .json(&body);
        Answer::of(post).await.expect_problem(404, "not-found");
        let owner = setup.people.administrator;
        let created = send(&server, owner, Method::POST, path, &body).await;
        created.expect(201);
        let own = created.header("location").to_owned();
        for method in [Method::PATCH, Method::DELETE] {
            let request = server.request(method, &own).bearer_auth(&token);
            let request = request.header("If-Match", "*").json(&json!({field: value}));
            Answer::of(request).await.expect_problem(404, "not-found");
        }
        server
            .post(path, &body)
            .await
            .expect_problem(401, "unauthenticated");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_see_what_is_published_and_no_more() {
    let server = Server::start().await;
    let setup = Setup::arrange(&server).await;
    let owner = setup.people.administrator;
    for (path, mut body, ..) in things(&setup).into_iter().skip(1).take(3) {
        body["published"] = json!(false);
        let created = send(&server, owner, Method::POST, path, &body).await;
        created.expect(201);
        let own = created.header("location").to_owned();
        server.get(&own).await.expect_problem(404, "not-found");
        let publish = json!({"published": true});
        let request = server
            .request(Method::PATCH, &own)
            .bearer_auth(server.token(owner));
        Answer::of(request.header("If-Match", "*").json(&publish))
            .await
            .expect(200);
        let seen = server.get(&own).await.expect(200);
        if path == "/v1/counsellors" {
            assert_eq!(
                (&seen["account_id"], &seen["skills"]),
                (&Value::Null, &Value::Null)
            );
        }
    }
    for path in [
        "/v1/rooms",
        "/v1/closures",
        "/v1/absences",
        "/v1/schedules",
        "/v1/sessions",
    ] {
        server
            .get(path)
            .await
            .expect_problem(401, "unauthenticated");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_changes_at_once_exactly_one_is_made() {
    let server = Server::start().await;
    let setup = Setup::arrange(&server).await;
    let token = server.token(setup.people.administrator);
    for path in [
        format!("/v1/sites/{}", setup.site),
        format!("/v1/schedules/{}", setup.schedule(&server).await),
    ] {
        let change = |body: Value| {
            let request = server.request(Method::PATCH, &path).bearer_auth(&token);
            Answer::of(request.header("If-Match", "\"1\"").json(&body))
        };
        let body = if path.contains("sites") {
            json!({"city": "Halle"})
        } else {
            json!({"ends": "11:30"})
        };
        let (one, other) = tokio::join!(change(body.clone()), change(body));
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412], "{path}: {} {}", one.text, other.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_says_which_of_its_numbers_cannot_be() {
    let server = Server::start().await;
    let setup = Setup::arrange(&server).await;
    for (field, value) in [
        ("length_minutes", json!(-1)),
        ("length_minutes", json!(0)),
        ("length_minutes", json!(1441)),
        ("buffer_before_minutes", json!(-5)),
        ("start_every_minutes", json!(0)),
        ("start_every_minutes", json!(9000)),
        ("minimum_notice_minutes", json!(i64::MIN)),
        ("horizon_days", json!(0)),
        ("horizon_days", json!(367)),
        ("cancellation_deadline_minutes", json!(527041)),
        ("reschedule_deadline_minutes", json!(-1)),
        ("reschedule_deadline_minutes", json!(527041)),
        ("modalities", json!([])),
        ("topic", json!("No")),
    ] {
        let mut body = setup.service_body();
        body[field] = value;
        let answer = send(
            &server,
            setup.people.administrator,
            Method::POST,
            "/v1/services",
            &body,
        )
        .await;
        let problem = answer.expect_problem(422, "rule-violated");
        assert_eq!(
            problem["errors"][0]["pointer"],
            format!("/{field}"),
            "{body}"
        );
    }
    for query in [
        "topic=No",
        "format=x",
        "modality=x",
        "language=-",
        "organisation_id=x",
        "cursor=x",
        "limit=0",
    ] {
        let answer = server.get(&format!("/v1/services?{query}")).await;
        answer.expect_problem(400, "invalid-request");
    }
    let found = server.get("/v1/services?topic=legal&topic=psychosocial&modality=phone&modality=in_person&language=de&format=individual").await;
    assert_eq!(found.expect(200)["items"].as_array().map(Vec::len), Some(1));
    let none = server.get("/v1/services?topic=legal").await;
    assert_eq!(none.expect(200)["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_body_refers_to_is_of_the_same_organisation() {
    let server = Server::start().await;
    let setup = Setup::arrange(&server).await;
    let owner = setup.people.administrator;
    let nobody = uuid::Uuid::now_v7();
    for (path, body, field) in [
        (
            "/v1/rooms",
            json!({"organisation_id": setup.people.organisation, "site_id": nobody, "name": "R"}),
            "site_id",
        ),
        (
            "/v1/counsellors",
            json!({"organisation_id": setup.people.organisation, "account_id": nobody, "display_name": "R"}),
            "account_id",
        ),
        (
            "/v1/absences",
            json!({"organisation_id": setup.people.organisation, "counsellor_id": nobody, "starts_at": "2030-01-01T00:00:00Z", "ends_at": "2030-01-02T00:00:00Z"}),
            "counsellor_id",
        ),
    ] {
        let problem = send(&server, owner, Method::POST, path, &body)
            .await
            .expect_problem(422, "rule-violated");
        assert_eq!(problem["errors"][0]["pointer"], format!("/{field}"));
    }
    let taken = json!({"slug": "ours", "name": {"de": "Zweite"}});
    let again = send(
        &server,
        setup.people.network_coordinator,
        Method::POST,
        "/v1/organisations",
        &taken,
    )
    .await;
    assert_eq!(
        again.expect_problem(409, "conflict")["errors"][0]["pointer"],
        "/slug"
    );
    let by_administrator = send(&server, owner, Method::POST, "/v1/organisations", &taken).await;
    by_administrator.expect_problem(403, "forbidden");
}
