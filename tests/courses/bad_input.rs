use reqwest::Method;
use serde_json::{Value, json};
use tests::Answer;
use tests::circles::staff;
use tests::courses::add_service;
use uuid::Uuid;

use super::story::{arrange, change};

#[tokio::test(flavor = "multi_thread")]
async fn courses_that_cannot_be_change_nothing() {
    let (server, course) = arrange(3).await;
    let free = course.add_session(&server, 19).await;
    let talk = course.talks.session;
    let thousands: Vec<Uuid> = (0..10_000).map(|_| Uuid::now_v7()).collect();
    let more: Vec<Uuid> = (0..53).map(|_| Uuid::now_v7()).collect();
    for (pointer, besides) in [
        ("/session_ids", json!({"session_ids": []})),
        ("/session_ids", json!({"session_ids": more})),
        ("/session_ids", json!({"session_ids": [Uuid::now_v7()]})),
        ("/session_ids", json!({"session_ids": [talk]})),
        ("/session_ids", json!({"session_ids": [course.sessions[0]]})),
        (
            "/session_ids",
            json!({"session_ids": [free], "service_id": course.talks.service}),
        ),
        (
            "/session_ids",
            json!({"session_ids": [free], "service_id": Uuid::now_v7()}),
        ),
        ("/capacity", json!({"session_ids": [free], "capacity": 0})),
        ("/capacity", json!({"session_ids": [free], "capacity": 501})),
        (
            "/closes_at",
            json!({"session_ids": [free], "opens_at": "2026-12-01T00:00:00Z", "closes_at": "2026-12-01T00:00:00Z"}),
        ),
        (
            "/opens_at",
            json!({"session_ids": [free], "opens_at": "1969-12-01T00:00:00Z"}),
        ),
        (
            "/closes_at",
            json!({"session_ids": [free], "closes_at": "9999-12-31T23:59:59Z"}),
        ),
        ("/title", json!({"session_ids": [free], "title": {}})),
    ] {
        let problem = course.create(&server, besides.clone()).await;
        let problem = problem.expect_problem(422, "rule-violated");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{besides}");
    }
    let huge = course
        .create(&server, json!({"session_ids": thousands}))
        .await;
    assert!(huge.status.is_client_error(), "{}", huge.text);
    for malformed in [
        json!({"session_ids": "all"}),
        json!({"session_ids": null}),
        json!({"colour": "red"}),
        json!({"title": 1}),
    ] {
        let problem = course.create(&server, malformed).await;
        problem.expect_problem(400, "invalid-request");
    }
    assert_eq!(server.sql_value("SELECT count(*) FROM courses").await, "1");
    assert_eq!(
        server.sql_value("SELECT count(*) FROM course_dates").await,
        "2"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_course_stays_with_its_service_and_organisation() {
    let (server, course) = arrange(3).await;
    let other = add_service(&server, course.talks, &json!({"capacity": 3})).await;
    for (pointer, body) in [
        ("/service_id", json!({"service_id": other})),
        (
            "/organisation_id",
            json!({"organisation_id": Uuid::now_v7()}),
        ),
        ("/session_ids", json!({"session_ids": []})),
        ("/capacity", json!({"capacity": 0})),
    ] {
        let problem = change(&server, &course, &body)
            .await
            .expect_problem(422, "rule-violated");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
    }
    assert_eq!(course.look_as_staff(&server).await["etag"], "\"1\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn bookings_that_cannot_be_read_change_nothing() {
    let (server, course) = arrange(3).await;
    let path = format!("/v1/courses/{}/book", course.id);
    for (body, status, code) in [
        (json!({"colour": "red"}), 400, "invalid-request"),
        (json!({"client": []}), 400, "invalid-request"),
        (json!({"client": {"email": "nobody"}}), 422, "rule-violated"),
        (json!({"language": "?"}), 422, "rule-violated"),
        (json!({"modality": "pigeon"}), 422, "rule-violated"),
    ] {
        Answer::of(server.once(&path, &body))
            .await
            .expect_problem(status, code);
    }
    let keyless = server.post(&path, &json!({})).await;
    keyless.expect_problem(400, "idempotency-key-required");
    let nowhere = format!("/v1/courses/{}/book", Uuid::now_v7());
    Answer::of(server.once(&nowhere, &json!({})))
        .await
        .expect_problem(404, "not-found");
    Answer::of(server.once("/v1/courses/1/book", &json!({})))
        .await
        .expect_problem(404, "not-found");
    for query in [
        "limit=0",
        "colour=red",
        "modality=pigeon",
        "cursor=nonsense",
        "organisation_id=1",
        "topic=A B",
    ] {
        let answer = server.get(&format!("/v1/courses?{query}")).await;
        answer.expect_problem(400, "invalid-request");
    }
    assert_eq!(server.sql_value("SELECT count(*) FROM series").await, "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_published_is_found_by_its_staff_alone() {
    let (server, course) = arrange(3).await;
    change(&server, &course, &json!({"published": false}))
        .await
        .expect(200);
    let path = format!("/v1/courses/{}", course.id);
    server.get(&path).await.expect_problem(404, "not-found");
    course.book(&server).await.expect_problem(404, "not-found");
    assert_eq!(
        server.get("/v1/courses").await.expect(200)["items"],
        json!([])
    );
    assert_eq!(course.look_as_staff(&server).await["published"], false);
    let book = format!("{path}/book");
    let coordinator = course.talks.people.coordinator;
    let by_staff = staff(&server, Method::POST, &book, coordinator, &json!({})).await;
    by_staff.expect_problem(404, "not-found");
    change(&server, &course, &json!({"published": true}))
        .await
        .expect(200);
    let by_staff = staff(&server, Method::POST, &book, coordinator, &json!({})).await;
    assert_ne!(by_staff.expect(201)["secret"], Value::Null);
}
