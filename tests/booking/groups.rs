//! A group session is one slot with places, and works as a talk does.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use tests::circles::{Circle, evening};
use tests::fixtures::Talks;
use tests::{Answer, Server, invariants};

async fn circle_of(capacity: u16) -> (Server, Circle, Value) {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let circle = Circle::arrange(&server, talks, capacity).await;
    let session = circle.add_session(&server, talks.counsellor, None, 2).await;
    (server, circle, session)
}

#[tokio::test(flavor = "multi_thread")]
async fn places_are_counted_down_until_none_is_left() {
    let (server, circle, session) = circle_of(3).await;
    for left in [3, 2, 1] {
        let slot = circle.slot(&server).await.expect("a slot");
        assert_eq!(slot["places_left"], left);
        assert_eq!(
            (&slot["starts_at"], &slot["ends_at"]),
            (&session["starts_at"], &session["ends_at"])
        );
        let booked = circle.talks.book(&server, &slot).await.expect(201);
        assert_eq!(booked["session_id"], session["id"]);
    }
    assert_eq!(circle.slot(&server).await, None);
    // A topic is searched by another statement.
    let of_topic = server
        .get("/v1/slots?topic=psychosocial&limit=200")
        .await
        .expect(200);
    let slots = of_topic["items"].as_array().expect("items");
    assert!(slots.iter().all(|slot| slot["session_id"] != session["id"]));
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_participant_holds_finds_moves_and_cancels() {
    let (server, circle, _) = circle_of(2).await;
    let slot = circle.slot(&server).await.expect("a slot");
    let next = circle
        .add_session(&server, circle.talks.counsellor, None, 9)
        .await;
    let hold = Answer::of(server.once("/v1/holds", &json!({"slot_id": slot["id"]})))
        .await
        .expect(201);
    assert_eq!(hold["slot"]["places_left"], 2);
    assert_eq!(circle.slots(&server).await[0]["places_left"], 1);
    invariants::check(&server).await;
    let redeem = json!({"hold_id": hold["id"], "hold_token": hold["token"]});
    let booked = Answer::of(server.once("/v1/appointments", &redeem))
        .await
        .expect(201);
    assert_eq!(circle.slots(&server).await[0]["places_left"], 1);
    invariants::check(&server).await;

    let to_the_next = circle.slots(&server).await.pop().expect("a slot");
    assert_eq!(to_the_next["session_id"], next["id"]);
    let moved = Answer::of(server.moving(&booked, &to_the_next))
        .await
        .expect(200);
    assert_eq!(moved["session_id"], next["id"]);
    let left: Vec<_> = circle
        .slots(&server)
        .await
        .iter()
        .map(|slot| slot["places_left"].clone())
        .collect();
    assert_eq!(left, [2, 1]);
    // To where one is already.
    Answer::of(server.moving(&booked, &to_the_next))
        .await
        .expect(200);
    invariants::check(&server).await;

    let path = format!("/v1/appointments/{}", booked["id"].as_str().expect("an id"));
    let secret = booked["secret"].as_str().expect("a secret");
    let entry = server.request(Method::GET, &format!("{path}/calendar.ics"));
    let entry = Answer::of(entry.header("Appointment-Secret", secret)).await;
    assert!(entry.text.contains("SUMMARY:Termin\r\n"), "{}", entry.text);
    let cancel = server.once(&format!("{path}/cancel"), &json!({}));
    Answer::of(cancel.header("Appointment-Secret", secret))
        .await
        .expect(200);
    let left: Vec<_> = circle
        .slots(&server)
        .await
        .iter()
        .map(|slot| slot["places_left"].clone())
        .collect();
    assert_eq!(left, [2, 2]);
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_expired_or_was_given_back_keeps_no_place() {
    let (server, circle, _) = circle_of(1).await;
    let slot = circle.slot(&server).await.expect("a slot");
    let hold = || Answer::of(server.once("/v1/holds", &json!({"slot_id": slot["id"]})));
    let first = hold().await.expect(201);
    hold().await.expect_problem(409, "slot-taken");
    let release = server.request(
        Method::DELETE,
        &format!("/v1/holds/{}", first["id"].as_str().expect("an id")),
    );
    let release = release.header("Hold-Token", first["token"].as_str().expect("a token"));
    assert_eq!(Answer::of(release).await.status, 204);
    invariants::check(&server).await;
    hold().await.expect(201);
    assert_eq!(circle.slot(&server).await, None);
    server.app.clock.advance(TimeDelta::minutes(11));
    assert_eq!(
        circle.slot(&server).await.expect("a slot")["places_left"],
        1
    );
    circle.talks.book(&server, &slot).await.expect(201);
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_claims_its_counsellor_when_it_is_published() {
    let (server, circle, session) = circle_of(12).await;
    let talks = circle.talks;
    // The talks' session of that day ends at 17:00; one more would run into the group.
    let day = evening(&server, 2).date_naive();
    let late = format!(
        "UPDATE sessions SET ends_at = '{day}T20:00Z' WHERE id = '{}'",
        talks.session
    );
    server.sql(&late).await;
    let starts: Vec<_> = talks
        .slots(&server)
        .await
        .iter()
        .map(|slot| slot["starts_at"].clone())
        .collect();
    // From 17:45 on, with its buffer, until 20:00.
    assert_eq!(starts.len(), 8, "{starts:?}");
    let path = format!("/v1/sessions/{}", session["id"].as_str().expect("an id"));
    let withdraw = server
        .request(Method::DELETE, &path)
        .bearer_auth(server.token(talks.people.coordinator));
    let withdraw = withdraw.header("If-Match", session["etag"].as_str().expect("an entity tag"));
    assert_eq!(Answer::of(withdraw).await.status, 204);
    assert_eq!(talks.slots(&server).await.len(), 11);
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_whose_time_is_taken_is_offered_when_it_is_free_again() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let circle = Circle::arrange(&server, talks, 5).await;
    let slots = talks.slots(&server).await;
    let booked = talks.book(&server, &slots[7]).await.expect(201);
    // At the hour of the last talk.
    let starts_at = evening(&server, 2) - TimeDelta::hours(2);
    circle
        .publish(&server, talks.counsellor, None, starts_at)
        .await
        .expect(201);
    assert_eq!(circle.slot(&server).await, None);
    let path = format!(
        "/v1/appointments/{}/cancel",
        booked["id"].as_str().expect("an id")
    );
    let cancel = server.once(&path, &json!({}));
    let secret = booked["secret"].as_str().expect("a secret");
    Answer::of(cancel.header("Appointment-Secret", secret))
        .await
        .expect(200);
    // Nobody has claimed the hour now, neither the group nor a talk.
    let slot = circle.slot(&server).await.expect("a slot");
    assert_eq!(talks.slots(&server).await.len(), 8);
    talks.book(&server, &slot).await.expect(201);
    assert_eq!(talks.slots(&server).await.len(), 6);
    talks
        .book(&server, &slots[7])
        .await
        .expect_problem(409, "slot-taken");
    assert_eq!(
        circle.slot(&server).await.expect("a slot")["places_left"],
        4
    );
    invariants::check(&server).await;
}
