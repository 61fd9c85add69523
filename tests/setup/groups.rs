//! What staff say of a group and its sessions.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use tests::circles::{Circle, patch, staff};
use tests::fixtures::Talks;
use tests::{Answer, Server, invariants};

async fn circle_of(capacity: u16) -> (Server, Circle, Value) {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let circle = Circle::arrange(&server, talks, capacity).await;
    let session = circle.add_session(&server, talks.counsellor, None, 2).await;
    (server, circle, session)
}

fn path_of(session: &Value) -> String {
    format!("/v1/sessions/{}", session["id"].as_str().expect("an id"))
}

async fn read(server: &Server, circle: &Circle, path: &str) -> Value {
    let request = server.request(Method::GET, path);
    let coordinator = server.token(circle.talks.people.coordinator);
    Answer::of(request.bearer_auth(coordinator))
        .await
        .expect(200)
}

async fn book(server: &Server, circle: &Circle, count: usize) {
    for _ in 0..count {
        let slot = circle.slot(server).await.expect("a slot");
        circle.talks.book(server, &slot).await.expect(201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_can_have_a_capacity_of_its_own() {
    let (server, circle, session) = circle_of(3).await;
    assert_eq!(
        (&session["capacity"], &session["capacity_by_hand"]),
        (&json!(3), &json!(false))
    );
    let (path, coordinator) = (path_of(&session), circle.talks.people.coordinator);
    let change = async |body: Value| {
        let etag = read(&server, &circle, &path).await["etag"].clone();
        patch(&server, &path, coordinator, &etag, &body).await
    };
    let raised = change(json!({"capacity": 5})).await.expect(200);
    assert_eq!(
        (&raised["capacity"], &raised["capacity_by_hand"]),
        (&json!(5), &json!(true))
    );
    book(&server, &circle, 4).await;
    // Two cancel: the numbers of those who stay do not matter.
    let cancelled = "UPDATE appointments SET status = 'cancelled', cancelled_by = 'staff', ended_at = booked_at, version = 1
                     WHERE id IN (SELECT claim_id FROM places WHERE number <= 2);
                     DELETE FROM places WHERE number <= 2";
    server.sql(cancelled).await;
    let lowered = change(json!({"capacity": 2})).await.expect(200);
    assert_eq!(
        (&lowered["capacity"], &lowered["participants"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(circle.slot(&server).await, None);
    change(json!({"capacity": 1}))
        .await
        .expect_problem(409, "capacity-taken");
    // It follows its service again.
    let followed = change(json!({"capacity": null})).await.expect(200);
    assert_eq!(
        (&followed["capacity"], &followed["capacity_by_hand"]),
        (&json!(3), &json!(false))
    );
    assert_eq!(
        circle.slot(&server).await.expect("a slot")["places_left"],
        1
    );
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_coordinator_decides_about_a_session_below_its_minimum() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let circle = Circle::arrange(&server, talks, 5).await;
    let session = circle.add_session(&server, talks.counsellor, None, 4).await;
    let people = talks.people;
    let service = format!("/v1/services/{}", circle.service);
    let etag = read(&server, &circle, &service).await["etag"].clone();
    let minimum = json!({"minimum_participants": 3, "minimum_deadline_minutes": 80 * 60});
    patch(&server, &service, people.administrator, &etag, &minimum)
        .await
        .expect(200);
    book(&server, &circle, 2).await;
    let (path, missed) = (path_of(&session), "/v1/sessions?below_minimum=true");
    let seen = read(&server, &circle, &path).await;
    assert_eq!(
        (&seen["minimum_participants"], &seen["below_minimum"]),
        (&json!(3), &json!(false))
    );
    assert_eq!(read(&server, &circle, missed).await["items"], json!([]));

    server.app.clock.advance(TimeDelta::days(2));
    let seen = read(&server, &circle, &path).await;
    assert_eq!(
        (&seen["participants"], &seen["below_minimum"]),
        (&json!(2), &json!(true))
    );
    let listed = read(&server, &circle, missed).await;
    assert_eq!(listed["items"][0]["id"], session["id"]);
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
    let decided = json!({"takes_place": true});
    let decided = patch(&server, &path, people.coordinator, &seen["etag"], &decided)
        .await
        .expect(200);
    assert_eq!(
        (&decided["below_minimum"], &decided["takes_place"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(read(&server, &circle, missed).await["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_count_who_came_without_a_booking_and_nobody_else_sees_it() {
    let (server, circle, session) = circle_of(5).await;
    let people = circle.talks.people;
    let path = format!("{}/drop-ins", path_of(&session));
    let record = |account, count: i64| {
        let (server, path) = (&server, &path);
        async move {
            staff(
                server,
                Method::POST,
                path,
                account,
                &json!({"count": count}),
            )
            .await
        }
    };
    record(people.coordinator, 4)
        .await
        .expect_problem(409, "too-early");
    server.app.clock.advance(TimeDelta::days(3));
    record(people.administrator, 4)
        .await
        .expect_problem(403, "forbidden");
    record(people.coordinator, -1)
        .await
        .expect_problem(422, "rule-violated");
    assert_eq!(
        record(people.coordinator, 4).await.expect(200)["drop_in_count"],
        4
    );
    assert_eq!(
        record(people.counsellor, 6).await.expect(200)["drop_in_count"],
        6
    );
    let of_talks = format!("/v1/sessions/{}/drop-ins", circle.talks.session);
    let refused = staff(
        &server,
        Method::POST,
        &of_talks,
        people.coordinator,
        &json!({"count": 1}),
    )
    .await;
    refused.expect_problem(422, "rule-violated");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_has_a_session_to_itself_and_places() {
    let (server, circle, _) = circle_of(5).await;
    let (talks, people) = (circle.talks, circle.talks.people);
    let mixed = json!({
        "organisation_id": people.organisation, "counsellor_id": talks.counsellor, "site_id": talks.site,
        "service_ids": [circle.service, talks.service], "modalities": ["in_person"],
        "starts_at": "2030-01-01T10:00:00Z", "ends_at": "2030-01-01T12:00:00Z"});
    let refused = staff(
        &server,
        Method::POST,
        "/v1/sessions",
        people.coordinator,
        &mixed,
    )
    .await;
    refused.expect_problem(422, "rule-violated");
    let mut talk_with_places = mixed;
    talk_with_places["service_ids"] = json!([talks.service]);
    talk_with_places["capacity"] = json!(5);
    let refused = staff(
        &server,
        Method::POST,
        "/v1/sessions",
        people.coordinator,
        &talk_with_places,
    )
    .await;
    refused.expect_problem(422, "rule-violated");
    let service = format!("/v1/services/{}", circle.service);
    let etag = read(&server, &circle, &service).await["etag"].clone();
    for wrong in [
        json!({"capacity": null}),
        json!({"capacity": 0}),
        json!({"capacity": 501}),
        json!({"minimum_participants": 2}),
        json!({"minimum_deadline_minutes": 2}),
        json!({"minimum_participants": 6, "minimum_deadline_minutes": 60}),
        json!({"format": "individual"}),
        json!({"format": "individual", "capacity": null}),
    ] {
        let refused = patch(&server, &service, people.administrator, &etag, &wrong).await;
        refused.expect_problem(422, "rule-violated");
    }
    let talk = format!("/v1/services/{}", talks.service);
    let etag = read(&server, &circle, &talk).await["etag"].clone();
    let refused = patch(
        &server,
        &talk,
        people.administrator,
        &etag,
        &json!({"capacity": 2}),
    )
    .await;
    refused.expect_problem(422, "rule-violated");
}
