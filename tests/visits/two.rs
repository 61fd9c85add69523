//! Two volunteers come to a visit, or nobody.

use reqwest::Method;
use serde_json::{Value, json};
use tests::circles::staff;
use tests::neighbours::{FARTHER, NEAR, Neighbours, at, home, starts};
use tests::{Answer, Server, invariants};
use uuid::Uuid;

use super::{claims, text};

fn second(booked: &Value) -> Uuid {
    text(&booked["second_counsellor_id"])
        .parse()
        .expect("a UUID")
}

#[tokio::test(flavor = "multi_thread")]
async fn only_times_are_offered_at_which_two_can_come_so_far() {
    let server = Server::start().await;
    let neighbours = Neighbours::arrange(&server, 2, 2).await;
    let [ada, other] = neighbours.volunteers[..] else {
        panic!("two volunteers")
    };
    assert_eq!(neighbours.slots(&server, NEAR).await.len(), 30);
    neighbours.goes(&server, other, 2.0).await;
    assert_eq!(neighbours.slots(&server, NEAR).await.len(), 30);
    assert!(
        neighbours.slots(&server, FARTHER).await.is_empty(),
        "two kilometres are too few"
    );
    neighbours.goes(&server, other, 5.0).await;

    // A third has hours in the morning of the next day only, with nobody beside them.
    let day = chrono::TimeDelta::days(1);
    neighbours
        .add_hours(&server, ada, at(&server, 8) + day, at(&server, 12) + day)
        .await;
    assert_eq!(neighbours.slots(&server, NEAR).await.len(), 30);
    neighbours
        .add_hours(&server, other, at(&server, 10) + day, at(&server, 13) + day)
        .await;
    let slots = neighbours.slots(&server, NEAR).await;
    let (of_ada, of_other) = (starts(&slots, ada), starts(&slots, other));
    assert_eq!(of_ada[15..], ["10:00", "10:30", "11:00"]);
    assert_eq!(of_other[15..], ["10:00", "10:30", "11:00"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn both_are_claimed_each_with_their_own_way_and_freed_together() {
    let server = Server::start().await;
    let neighbours = Neighbours::arrange(&server, 2, 2).await;
    let [ada, other] = neighbours.volunteers[..] else {
        panic!("two volunteers")
    };
    let moved = format!("UPDATE counsellors SET visits_from_latitude = 51.38 WHERE id = '{other}'");
    server.sql(&moved).await;
    let slot = neighbours.slot(&server, FARTHER, ada, "11:00").await;
    let booked = Answer::of(server.visiting(&slot, FARTHER))
        .await
        .expect(201);
    assert_eq!(second(&booked), other);
    assert_eq!(claims(&server, ada).await, "10:35-12:25");
    assert_eq!(
        claims(&server, other).await,
        "10:50-12:10",
        "who lives next door"
    );
    let slots = neighbours.slots(&server, FARTHER).await;
    assert_eq!(starts(&slots, ada)[..2], ["09:00", "13:00"]);
    assert_eq!(starts(&slots, other), starts(&slots, ada));

    let later = neighbours.slot(&server, FARTHER, other, "14:00").await;
    let moved = Answer::of(server.moving(&booked, &later)).await.expect(200);
    assert_eq!(
        (&moved["counsellor_id"], second(&moved)),
        (&json!(other), ada)
    );
    assert_eq!(claims(&server, ada).await, "13:35-15:25");
    assert_eq!(claims(&server, other).await, "13:50-15:10");
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_of_the_two_is_away_the_visit_needs_attention() {
    let server = Server::start().await;
    let neighbours = Neighbours::arrange(&server, 2, 2).await;
    let people = neighbours.talks.people;
    let ada = neighbours.volunteers[0];
    let slot = neighbours.slot(&server, NEAR, ada, "11:00").await;
    let booked = Answer::of(server.visiting(&slot, NEAR)).await.expect(201);
    let other = second(&booked);
    let body = json!({
        "organisation_id": people.organisation, "counsellor_id": other,
        "starts_at": at(&server, 0), "ends_at": at(&server, 23)});
    let away = staff(
        &server,
        Method::POST,
        "/v1/absences",
        people.coordinator,
        &body,
    )
    .await;
    assert_eq!(
        away.expect(201)["affected_appointments"],
        json!([booked["id"]])
    );
    assert!(
        neighbours.slots(&server, NEAR).await.is_empty(),
        "nobody is left to come along"
    );
    let attention = server
        .request(Method::GET, "/v1/attention")
        .bearer_auth(server.token(people.coordinator));
    let attention = Answer::of(attention).await.expect(200);
    assert_eq!(attention["items"][0]["causes"][0]["reason"], "absence");
    let mut body = body;
    body["action"] = json!("cancel");
    let sick = server
        .once("/v1/sick-days", &body)
        .bearer_auth(server.token(people.coordinator));
    let told = Answer::of(sick).await.expect(200);
    assert_eq!(told["items"][0]["outcome"], "cancelled");
    assert_eq!(
        (claims(&server, ada).await, claims(&server, other).await),
        (String::new(), String::new())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn caps_hold_for_whoever_comes_along() {
    let server = Server::start().await;
    let neighbours = Neighbours::arrange(&server, 2, 2).await;
    let [ada, other] = neighbours.volunteers[..] else {
        panic!("two volunteers")
    };
    server
        .sql(&format!(
            "UPDATE counsellors SET max_per_day = 1 WHERE id = '{other}'"
        ))
        .await;
    let slot = neighbours.slot(&server, NEAR, ada, "11:00").await;
    let later = neighbours.slot(&server, NEAR, ada, "15:00").await;
    Answer::of(server.visiting(&slot, NEAR)).await.expect(201);
    assert!(neighbours.slots(&server, NEAR).await.is_empty());
    let refused = Answer::of(server.visiting(&later, NEAR)).await;
    refused.expect_problem(409, "slot-taken");
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_holds_both_until_it_is_redeemed_or_given_back() {
    let server = Server::start().await;
    let neighbours = Neighbours::arrange(&server, 2, 2).await;
    let [ada, other] = neighbours.volunteers[..] else {
        panic!("two volunteers")
    };
    let slot = neighbours.slot(&server, NEAR, ada, "11:00").await;
    let place = json!({"latitude": NEAR.0, "longitude": NEAR.1});
    let body = json!({"slot_id": slot["id"], "visit": place});
    let held = "10:50-12:10".to_owned();
    for is_redeemed in [false, true] {
        let hold = Answer::of(server.once("/v1/holds", &body))
            .await
            .expect(201);
        assert_eq!(
            (claims(&server, ada).await, claims(&server, other).await),
            (held.clone(), held.clone())
        );
        if is_redeemed {
            let body =
                json!({"hold_id": hold["id"], "hold_token": hold["token"], "visit": home(NEAR)});
            let booked = Answer::of(server.once("/v1/appointments", &body))
                .await
                .expect(201);
            assert_eq!(second(&booked), other);
        } else {
            let path = format!("/v1/holds/{}", text(&hold["id"]));
            let release = server.request(Method::DELETE, &path);
            let release = release.header("Hold-Token", text(&hold["token"]));
            Answer::of(release).await.expect(204);
            assert_eq!(
                (claims(&server, ada).await, claims(&server, other).await),
                (String::new(), String::new())
            );
        }
    }
    assert_eq!(
        (claims(&server, ada).await, claims(&server, other).await),
        (held.clone(), held)
    );
    invariants::check(&server).await;
}
