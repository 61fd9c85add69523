use reqwest::Method;
use serde_json::json;
use tests::neighbours::{FARTHER, HALLE, NEAR, Neighbours, home, starts};
use tests::{Answer, Server, invariants};

use super::{claims, holding};

#[tokio::test(flavor = "multi_thread")]
async fn the_search_wants_to_know_where_to_and_keeps_the_ways_free() {
    let server = Server::start().await;
    let neighbours = Neighbours::arrange(&server, 1, 1).await;
    let ada = neighbours.volunteers[0];
    let nowhere = server
        .get(&format!("/v1/slots?service_id={}", neighbours.service))
        .await;
    let problem = nowhere.expect_problem(422, "rule-violated");
    assert_eq!(problem["errors"][0]["parameter"], "visit_near");
    let topic = server
        .get("/v1/slots?topic=neighbourhood_care")
        .await
        .expect(200);
    assert_eq!(
        topic["items"],
        json!([]),
        "of a topic, visits are not told of"
    );

    let slots = neighbours.slots(&server, NEAR).await;
    assert_eq!(slots.len(), 15, "every half hour from nine to four");
    assert!(neighbours.slots(&server, HALLE).await.is_empty());

    let slot = neighbours.slot(&server, NEAR, ada, "11:00").await;
    let booked = Answer::of(server.visiting(&slot, NEAR)).await.expect(201);
    assert_eq!(booked["visit"], home(NEAR));
    assert_eq!(
        (&booked["modality"], &booked["second_counsellor_id"]),
        (&json!("at_home"), &json!(null))
    );
    assert_eq!(claims(&server, ada).await, "10:50-12:10");

    let near = starts(&neighbours.slots(&server, NEAR).await, ada);
    assert_eq!(near[..4], ["09:00", "09:30", "12:30", "13:00"]);
    let farther = starts(&neighbours.slots(&server, FARTHER).await, ada);
    assert_eq!(
        farther[..4],
        ["09:00", "13:00", "13:30", "14:00"],
        "25 minutes there and back"
    );
    let topic = "/v1/slots?topic=neighbourhood_care&visit_near=51.38,12.37";
    let of_topic = server.get(topic).await.expect(200);
    assert_eq!(
        of_topic["items"].as_array().expect("items").len(),
        farther.len()
    );
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_moves_with_its_address_and_its_way() {
    let server = Server::start().await;
    let neighbours = Neighbours::arrange(&server, 2, 1).await;
    let [ada, other] = neighbours.volunteers[..] else {
        panic!("two volunteers")
    };
    let slot = neighbours.slot(&server, FARTHER, ada, "11:00").await;
    let booked = Answer::of(server.visiting(&slot, FARTHER))
        .await
        .expect(201);
    assert_eq!(claims(&server, ada).await, "10:35-12:25");

    let later = neighbours.slot(&server, FARTHER, other, "14:30").await;
    let moved = Answer::of(server.moving(&booked, &later)).await.expect(200);
    assert_eq!(
        (&moved["visit"], &moved["counsellor_id"]),
        (&home(FARTHER), &json!(other))
    );
    assert_eq!(
        (claims(&server, ada).await, claims(&server, other).await),
        (String::new(), "14:05-15:55".to_owned())
    );

    // A slot that was found for a place nearby does not do for one that is too far.
    neighbours.goes(&server, ada, 2.0).await;
    let near = neighbours.slot(&server, NEAR, ada, "10:00").await;
    let refused = Answer::of(server.moving(&booked, &near)).await;
    refused.expect_problem(409, "slot-gone");
    let cancelled = holding(&server, Method::POST, &booked, "/cancel").json(&json!({}));
    Answer::of(cancelled).await.expect(200);
    assert_eq!(claims(&server, other).await, "");
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_keeps_the_way_free_and_the_booking_tells_the_address() {
    let server = Server::start().await;
    let neighbours = Neighbours::arrange(&server, 1, 1).await;
    let ada = neighbours.volunteers[0];
    let slot = neighbours.slot(&server, NEAR, ada, "11:00").await;
    let place = json!({"latitude": NEAR.0, "longitude": NEAR.1});
    let body = json!({"slot_id": slot["id"], "visit": place});
    let hold = Answer::of(server.once("/v1/holds", &body))
        .await
        .expect(201);
    assert_eq!(claims(&server, ada).await, "10:50-12:10");
    assert_eq!(
        starts(&neighbours.slots(&server, NEAR).await, ada)[..3],
        ["09:00", "09:30", "12:30"]
    );

    // Who says another address than was held for is decided about anew.
    let redeemed =
        |place| json!({"hold_id": hold["id"], "hold_token": hold["token"], "visit": home(place)});
    let lied = Answer::of(server.once("/v1/appointments", &redeemed(HALLE))).await;
    lied.expect_problem(409, "slot-gone");
    let booked = Answer::of(server.once("/v1/appointments", &redeemed(FARTHER))).await;
    assert_eq!(booked.expect(201)["visit"], home(FARTHER));
    assert_eq!(claims(&server, ada).await, "10:35-12:25");
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn caps_of_a_volunteer_and_of_the_week_hold_for_visits() {
    let server = Server::start().await;
    let neighbours = Neighbours::arrange(&server, 1, 1).await;
    let ada = neighbours.volunteers[0];
    let capped = format!("UPDATE counsellors SET max_per_day = 1 WHERE id = '{ada}'");
    server.sql(&capped).await;
    let slot = neighbours.slot(&server, NEAR, ada, "11:00").await;
    let other = neighbours.slot(&server, NEAR, ada, "15:00").await;
    Answer::of(server.visiting(&slot, NEAR)).await.expect(201);
    assert!(neighbours.slots(&server, NEAR).await.is_empty());
    let refused = Answer::of(server.visiting(&other, NEAR)).await;
    refused.expect_problem(409, "cap-reached");
}
