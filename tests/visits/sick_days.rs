//! Somebody who visits others is ill.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tests::neighbours::{FARTHER, NEAR, Neighbours, at, home};
use tests::{Answer, Server, invariants};
use uuid::Uuid;

use super::{claims, holding, text};

fn sick(server: &Server, neighbours: &Neighbours, who: Uuid, action: &str) -> RequestBuilder {
    let people = neighbours.talks.people;
    let body = json!({
        "organisation_id": people.organisation, "counsellor_id": who, "action": action,
        "starts_at": at(server, 0), "ends_at": at(server, 23)});
    let request = server.once("/v1/sick-days", &body);
    request.bearer_auth(server.token(people.coordinator))
}

fn accepting(server: &Server, booked: &Value, proposal: &Value) -> RequestBuilder {
    let accept = format!("/proposals/{}/accept", text(&proposal["id"]));
    let request = holding(server, Method::POST, booked, &accept);
    request.header("Idempotency-Key", Uuid::new_v4().to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn others_who_go_so_far_are_proposed_and_held_with_their_ways() {
    let server = Server::start().await;
    let neighbours = Neighbours::arrange(&server, 3, 1).await;
    let [ada, near, farther] = neighbours.volunteers[..] else {
        panic!("three volunteers")
    };
    neighbours.goes(&server, near, 2.0).await;
    let slot = neighbours.slot(&server, FARTHER, ada, "11:00").await;
    let booked = Answer::of(server.visiting(&slot, FARTHER))
        .await
        .expect(201);
    let told = Answer::of(sick(&server, &neighbours, ada, "propose"))
        .await
        .expect(200);
    let item = &told["items"][0];
    assert_eq!(item["outcome"], "proposed", "{told}");
    let proposal = &item["proposals"][0];
    assert_eq!(proposal["counsellor_id"], json!(farther), "{proposal}");
    assert_eq!(claims(&server, farther).await, "08:35-10:25");
    let attention = server.request(Method::GET, "/v1/attention");
    let attention = attention.bearer_auth(server.token(neighbours.talks.people.coordinator));
    let attention = Answer::of(attention).await.expect(200);
    assert_eq!(attention["items"][0]["causes"][0]["reason"], "absence");

    let accepted = Answer::of(accepting(&server, &booked, proposal))
        .await
        .expect(200);
    assert_eq!(
        (&accepted["visit"], &accepted["counsellor_id"]),
        (&home(FARTHER), &json!(farther))
    );
    assert_eq!(
        (claims(&server, ada).await, claims(&server, farther).await),
        (String::new(), "08:35-10:25".to_owned())
    );
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_are_proposed_for_two_and_within_their_caps() {
    let server = Server::start().await;
    let neighbours = Neighbours::arrange(&server, 4, 2).await;
    let ada = neighbours.volunteers[0];
    let mut booked = Vec::new();
    for time in ["10:00", "14:00"] {
        let slot = neighbours.slot(&server, NEAR, ada, time).await;
        booked.push(Answer::of(server.visiting(&slot, NEAR)).await.expect(201));
    }
    // Each of the others goes once a day, and one of them has gone twice already.
    server
        .sql("UPDATE counsellors SET max_per_day = 2 WHERE visits_within_km IS NOT NULL")
        .await;
    let told = Answer::of(sick(&server, &neighbours, ada, "propose"))
        .await
        .expect(200);
    let items = told["items"].as_array().expect("items");
    assert!(
        items.iter().all(|item| item["outcome"] == "proposed"),
        "{told}"
    );
    let halves =
        "SELECT count(*) FROM (SELECT claim_id FROM allocations GROUP BY 1 HAVING count(*) <> 2) x";
    assert_eq!(server.sql_value(halves).await, "0");
    for (item, booked) in items.iter().zip(&booked) {
        let accepted = Answer::of(accepting(&server, booked, &item["proposals"][0])).await;
        let accepted = accepted.expect(200);
        assert!(accepted["second_counsellor_id"].is_string(), "{accepted}");
        assert_ne!(accepted["second_counsellor_id"], json!(ada));
    }
    assert_eq!(claims(&server, ada).await, "");
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_along_is_missed_as_much() {
    let server = Server::start().await;
    let neighbours = Neighbours::arrange(&server, 2, 2).await;
    let [ada, other] = neighbours.volunteers[..] else {
        panic!("two volunteers")
    };
    let slot = neighbours.slot(&server, NEAR, ada, "11:00").await;
    let booked = Answer::of(server.visiting(&slot, NEAR)).await.expect(201);
    let told = Answer::of(sick(&server, &neighbours, other, "propose"))
        .await
        .expect(200);
    assert_eq!(
        told["items"][0]["outcome"], "no_slot",
        "nobody else comes along"
    );
    let told = Answer::of(sick(&server, &neighbours, other, "cancel"))
        .await
        .expect(200);
    assert_eq!(told["items"][0]["outcome"], "cancelled");
    let seen = Answer::of(holding(&server, Method::GET, &booked, ""))
        .await
        .expect(200);
    assert_eq!(seen["status"], "cancelled");
    assert_eq!(
        (claims(&server, ada).await, claims(&server, other).await),
        (String::new(), String::new())
    );
    invariants::check(&server).await;
}
