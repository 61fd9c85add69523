//! What staff do with a course that somebody has booked.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use tests::circles::{evening, patch, staff};
use tests::courses::{Course, add_service, id_of};
use tests::fixtures::Talks;
use tests::{Answer, Server, invariants};

use super::story::{appointments, arrange, change, start_of};

async fn session(server: &Server, course: &Course, number: usize) -> (String, Value) {
    let path = format!("/v1/sessions/{}", course.sessions[number]);
    let request = server.request(Method::GET, &path);
    let token = server.token(course.talks.people.coordinator);
    let session = Answer::of(request.bearer_auth(token)).await.expect(200);
    (path, session)
}

async fn attention(server: &Server, course: &Course) -> Vec<Value> {
    let request = server.request(Method::GET, "/v1/attention");
    let token = server.token(course.talks.people.coordinator);
    let listed = Answer::of(request.bearer_auth(token)).await.expect(200);
    listed["items"].as_array().expect("items").clone()
}

async fn find(server: &Server, series: &Value) -> Value {
    let key = json!({"code": series["code"], "secret": series["secret"]});
    server.post("/v1/series/find", &key).await.expect(200)
}

#[tokio::test(flavor = "multi_thread")]
async fn participants_move_along_with_a_date_and_a_preview_tells_whom_it_touches() {
    let (server, course) = arrange(12).await;
    let series = course.book(&server).await.expect(201);
    course.book(&server).await.expect(201);
    let (path, read) = session(&server, &course, 1).await;
    let later = evening(&server, 13);
    let body = json!({"starts_at": later, "ends_at": later + TimeDelta::hours(2)});
    let coordinator = course.talks.people.coordinator;
    let preview = format!("{path}?dry_run=true");
    let preview = patch(&server, &preview, coordinator, &read["etag"], &body)
        .await
        .expect(200);
    assert_eq!(
        preview["affected_appointments"].as_array().map(Vec::len),
        Some(2)
    );
    assert_eq!(
        appointments(&find(&server, &series).await)[1]["version"],
        Value::Null
    );
    assert_ne!(
        start_of(&appointments(&find(&server, &series).await)[1]),
        later
    );

    patch(&server, &path, coordinator, &read["etag"], &body)
        .await
        .expect(200);
    let moved = find(&server, &series).await;
    let [first, second] = [0, 1].map(|number| &appointments(&moved)[number]);
    assert_eq!(start_of(second), later);
    assert_eq!(
        (&first["etag"], &second["etag"]),
        (&json!("\"1\""), &json!("\"2\""))
    );
    assert_eq!(attention(&server, &course).await, Vec::<Value>::new());
    // With other modalities they would not find it: that needs attention, and is no move.
    let (_, read) = session(&server, &course, 1).await;
    patch(
        &server,
        &path,
        coordinator,
        &read["etag"],
        &json!({"modalities": ["phone"]}),
    )
    .await
    .expect(200);
    assert_eq!(attention(&server, &course).await.len(), 2);
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_date_that_is_withdrawn_needs_attention_and_the_rest_can_be_booked() {
    let (server, course) = arrange(12).await;
    let series = course.book(&server).await.expect(201);
    let (path, read) = session(&server, &course, 0).await;
    let coordinator = course.talks.people.coordinator;
    let etag = read["etag"].as_str().expect("an entity tag");
    let withdraw = |query: &str| {
        let request = server.request(Method::DELETE, &format!("{path}{query}"));
        request
            .header("If-Match", etag)
            .bearer_auth(server.token(coordinator))
    };
    let preview = Answer::of(withdraw("?dry_run=true")).await.expect(200);
    assert_eq!(
        preview["affected_appointments"],
        json!([appointments(&series)[0]["id"]])
    );
    Answer::of(withdraw("")).await.expect(204);
    assert_eq!(attention(&server, &course).await.len(), 1);
    let seen = course.look(&server).await;
    assert_eq!(seen["dates"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        (
            &seen["places_left"],
            &seen["session_ids"].as_array().map(Vec::len)
        ),
        (&json!(11), &Some(2))
    );
    assert_eq!(
        appointments(&course.book(&server).await.expect(201)).len(),
        1
    );
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_away_on_one_date_closes_the_whole_course() {
    let (server, course) = arrange(12).await;
    let coordinator = course.talks.people.coordinator;
    let from = evening(&server, 12);
    let body = json!({
        "organisation_id": course.talks.people.organisation, "counsellor_id": course.talks.counsellor,
        "starts_at": from, "ends_at": from + TimeDelta::hours(1)});
    staff(&server, Method::POST, "/v1/absences", coordinator, &body)
        .await
        .expect(201);
    assert_eq!(course.look(&server).await["places_left"], 0);
    let refused = course
        .book(&server)
        .await
        .expect_problem(409, "dates-unbookable");
    assert_eq!(refused["errors"].as_array().map(Vec::len), Some(1));
    assert_eq!(refused["errors"][0]["code"], "slot-gone");
    assert_eq!(server.sql_value("SELECT count(*) FROM series").await, "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn its_dates_change_only_while_nobody_has_a_place() {
    let (server, course) = arrange(12).await;
    let third = course.add_session(&server, 19).await;
    let mut sessions = course.sessions.clone();
    sessions.push(third);
    let with_third = change(&server, &course, &json!({"session_ids": sessions}))
        .await
        .expect(200);
    assert_eq!(with_third["dates"].as_array().map(Vec::len), Some(3));
    let series = course.book(&server).await.expect(201);
    assert_eq!(appointments(&series).len(), 3);
    let without = change(&server, &course, &json!({"session_ids": course.sessions})).await;
    without.expect_problem(409, "conflict");
    change(&server, &course, &json!({"title": {"de": "Aufbaukurs"}}))
        .await
        .expect(200);
    tests::courses::cancel(&server, &series).await.expect(200);
    change(&server, &course, &json!({"session_ids": course.sessions}))
        .await
        .expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_course_can_have_a_capacity_of_its_own() {
    let (server, course) = arrange(3).await;
    let raised = change(&server, &course, &json!({"capacity": 5}))
        .await
        .expect(200);
    assert_eq!(
        (&raised["capacity"], &raised["places_left"]),
        (&json!(5), &json!(5))
    );
    for _ in 0..4 {
        course.book(&server).await.expect(201);
    }
    change(&server, &course, &json!({"capacity": 3}))
        .await
        .expect_problem(409, "capacity-taken");
    let as_its_service = change(&server, &course, &json!({"capacity": null})).await;
    as_its_service.expect_problem(409, "capacity-taken");
    let lowered = change(&server, &course, &json!({"capacity": 4}))
        .await
        .expect(200);
    assert_eq!(
        (&lowered["participants"], &lowered["places_left"]),
        (&json!(4), &json!(0))
    );
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn below_its_minimum_the_coordinator_decides_once_for_all_dates() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "selbsthilfe").await;
    let minimum =
        json!({"capacity": 12, "minimum_participants": 3, "minimum_deadline_minutes": 2880});
    let service = add_service(&server, talks, &minimum).await;
    let mut course = Course {
        talks,
        service,
        id: uuid::Uuid::nil(),
        sessions: Vec::new(),
    };
    for days in [5, 12] {
        let session = course.add_session(&server, days).await;
        course.sessions.push(session);
    }
    course.id = id_of(&course.create(&server, json!({})).await.expect(201));
    for _ in 0..2 {
        course.book(&server).await.expect(201);
    }
    let below = async |path: &str| {
        let token = server.token(talks.people.coordinator);
        let request = server.request(Method::GET, path).bearer_auth(token);
        Answer::of(request).await.expect(200)["items"]
            .as_array()
            .map(Vec::len)
    };
    assert_eq!(below("/v1/courses?below_minimum=true").await, Some(0));
    let to_the_deadline =
        evening(&server, 5) - TimeDelta::days(2) + TimeDelta::seconds(1) - server.app.clock.now();
    server.app.clock.advance(to_the_deadline);
    assert_eq!(below("/v1/courses?below_minimum=true").await, Some(1));
    assert_eq!(below("/v1/sessions?below_minimum=true").await, Some(0));
    assert_eq!(course.look_as_staff(&server).await["below_minimum"], true);
    assert_eq!(course.look(&server).await["below_minimum"], Value::Null);
    let public = server
        .get("/v1/courses?below_minimum=true")
        .await
        .expect(200);
    assert_eq!(public["items"], json!([]));
    let decided = change(&server, &course, &json!({"takes_place": true}))
        .await
        .expect(200);
    assert_eq!(decided["below_minimum"], false);
    assert_eq!(below("/v1/courses?below_minimum=true").await, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archived_course_takes_its_dates_along() {
    let (server, course) = arrange(12).await;
    let series = course.book(&server).await.expect(201);
    let coordinator = course.talks.people.coordinator;
    let archive = |query: &str| {
        let request = server.request(Method::DELETE, &format!("/v1/courses/{}{query}", course.id));
        request
            .header("If-Match", "\"1\"")
            .bearer_auth(server.token(coordinator))
    };
    let preview = Answer::of(archive("?dry_run=true")).await.expect(200);
    assert_eq!(preview["stranded"].as_array().map(Vec::len), Some(2));
    assert_eq!(course.look(&server).await["places_left"], 11);
    Answer::of(archive("")).await.expect(204);
    server
        .get(&format!("/v1/courses/{}", course.id))
        .await
        .expect_problem(404, "not-found");
    course.book(&server).await.expect_problem(404, "not-found");
    assert_eq!(attention(&server, &course).await.len(), 2);
    assert_eq!(appointments(&find(&server, &series).await).len(), 2);
    // Their counsellor is free again.
    let claims = "SELECT count(*) FROM allocations WHERE kind = 'session'";
    assert_eq!(server.sql_value(claims).await, "0");
    invariants::check(&server).await;
}
