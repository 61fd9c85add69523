//! Why there is a visit at a time, or none.

use chrono::TimeDelta;
use serde_json::json;
use tests::neighbours::{HALLE, NEAR, Neighbours, at, utc};
use tests::{Answer, Server};

#[tokio::test(flavor = "multi_thread")]
async fn a_time_is_free_for_a_visit_if_and_only_if_the_search_offers_it() {
    let server = Server::start().await;
    let neighbours = Neighbours::arrange(&server, 3, 2).await;
    let ada = neighbours.volunteers[0];
    let slot = neighbours.slot(&server, NEAR, ada, "11:00").await;
    Answer::of(server.visiting(&slot, NEAR)).await.expect(201);
    let service = neighbours.service;
    let explain = |half_hours, wish: String| {
        let at = at(&server, 8) + TimeDelta::minutes(30 * half_hours);
        let at = at.format("%Y-%m-%dT%H:%M:%SZ");
        format!("/v1/slots/explain?service_id={service}&at={at}{wish}")
    };
    let to = |(latitude, longitude): (f64, f64)| format!("&visit_near={latitude},{longitude}");
    let slots = neighbours.slots(&server, NEAR).await;
    for half_hours in 0..20 {
        let told = server.get(&explain(half_hours, to(NEAR))).await.expect(200);
        let time = (at(&server, 8) + TimeDelta::minutes(30 * half_hours)).format("%H:%M");
        let is_listed = slots
            .iter()
            .any(|slot| utc(&slot["starts_at"]) == time.to_string());
        assert_eq!(told["code"] == "free", is_listed, "{half_hours}: {told}");
    }
    let busy = server.get(&explain(6, to(NEAR))).await.expect(200);
    assert_eq!(busy["code"], "taken", "two of three are on their way");
    let far = server.get(&explain(2, to(HALLE))).await.expect(200);
    assert_eq!(
        (&far["code"], &far["next_available_at"]),
        (&json!("out-of-reach"), &json!(null))
    );
    let nowhere = server.get(&explain(2, String::new())).await;
    nowhere.expect_problem(422, "rule-violated");
}
