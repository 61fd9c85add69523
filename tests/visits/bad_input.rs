use reqwest::Method;
use serde_json::{Value, json};
use tests::circles::{patch, staff};
use tests::neighbours::{HALLE, NEAR, Neighbours, area, home};
use tests::{Answer, Server};

use super::claims;

fn pointer(problem: &Value) -> &str {
    problem["errors"][0]["pointer"].as_str().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_goes_a_radius_of_the_planet() {
    let server = Server::start().await;
    let neighbours = Neighbours::arrange(&server, 1, 1).await;
    let people = neighbours.talks.people;
    for (wrong, at) in [
        (json!({"visits": area(6371.0)}), "/visits/within_km"),
        (json!({"visits": area(0.0)}), "/visits/within_km"),
        (json!({"visits": area(-1.0)}), "/visits/within_km"),
        (
            json!({"visits": {"latitude": 91, "longitude": 12, "within_km": 5}}),
            "/visits/latitude",
        ),
    ] {
        let mut body = wrong.clone();
        body["organisation_id"] = json!(people.organisation);
        body["display_name"] = json!("Weit Weg");
        let refused = staff(
            &server,
            Method::POST,
            "/v1/counsellors",
            people.administrator,
            &body,
        )
        .await;
        let problem = refused.expect_problem(422, "rule-violated");
        assert_eq!(pointer(&problem), at, "{problem}");
    }
    let body = json!({"organisation_id": people.organisation, "display_name": "Halb", "visits": {"within_km": 5}});
    let refused = staff(
        &server,
        Method::POST,
        "/v1/counsellors",
        people.administrator,
        &body,
    )
    .await;
    refused.expect_problem(400, "invalid-request");
    // Postgres would refuse it, too.
    for wrong in [
        "visits_within_km = 6371",
        "visits_from_latitude = 91",
        "visits_within_km = NULL",
    ] {
        let known = format!(
            "SELECT count(*) FROM counsellors WHERE visits_within_km = 5 AND id = '{}'",
            neighbours.volunteers[0]
        );
        let update = format!(
            "DO $$ BEGIN UPDATE counsellors SET {wrong} WHERE visits_within_km = 5;
            EXCEPTION WHEN check_violation THEN NULL; END $$"
        );
        server.sql(&update).await;
        assert_eq!(server.sql_value(&known).await, "1", "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_has_rules_of_its_own_and_nothing_else_has_them() {
    let server = Server::start().await;
    let neighbours = Neighbours::arrange(&server, 1, 1).await;
    let administrator = neighbours.talks.people.administrator;
    for (service, wrong, at) in [
        (neighbours.service, json!({"volunteers": 3}), "/volunteers"),
        (neighbours.service, json!({"volunteers": 0}), "/volunteers"),
        (
            neighbours.service,
            json!({"travel_minutes_per_km": 31}),
            "/travel_minutes_per_km",
        ),
        (
            neighbours.service,
            json!({"travel_minutes_per_km": 0}),
            "/travel_minutes_per_km",
        ),
        (
            neighbours.service,
            json!({"travel_minimum_minutes": 241}),
            "/travel_minimum_minutes",
        ),
        (
            neighbours.service,
            json!({"modalities": ["at_home", "phone"]}),
            "/modalities",
        ),
        (
            neighbours.talks.service,
            json!({"volunteers": 2}),
            "/volunteers",
        ),
        (
            neighbours.talks.service,
            json!({"travel_minimum_minutes": 5}),
            "/travel_minimum_minutes",
        ),
    ] {
        let path = format!("/v1/services/{service}");
        let known = server.get(&path).await.expect(200);
        let refused = patch(&server, &path, administrator, &known["etag"], &wrong).await;
        let problem = refused.expect_problem(422, "rule-violated");
        assert_eq!(pointer(&problem), at, "{problem}");
    }
    let known = server
        .get(&format!("/v1/services/{}", neighbours.talks.service))
        .await
        .expect(200);
    assert_eq!(
        (&known["volunteers"], &known["travel_minutes_per_km"]),
        (&Value::Null, &Value::Null)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn places_that_cannot_be_are_refused_and_change_nothing() {
    let server = Server::start().await;
    let neighbours = Neighbours::arrange(&server, 1, 1).await;
    let ada = neighbours.volunteers[0];
    for (wrong, status, code) in [
        ("51.34", 400, "invalid-request"),
        ("here", 400, "invalid-request"),
        ("51.34,12.37,3", 400, "invalid-request"),
        ("91,12.37", 422, "rule-violated"),
        ("NaN,12.37", 422, "rule-violated"),
    ] {
        let path = format!(
            "/v1/slots?service_id={}&visit_near={wrong}",
            neighbours.service
        );
        let problem = server.get(&path).await.expect_problem(status, code);
        assert_eq!(problem["errors"][0]["parameter"], "visit_near", "{wrong}");
    }
    let slot = neighbours.slot(&server, NEAR, ada, "11:00").await;
    let talk = neighbours.talks.slots(&server).await.remove(0);
    let off_the_globe = home((91.0, 12.0));
    let mut nameless = home(NEAR);
    nameless["street"] = json!(" ");
    for (slot, visit, at) in [
        (&slot, Value::Null, "/visit"),
        (&slot, off_the_globe, "/visit/latitude"),
        (&slot, nameless, "/visit/street"),
        (&talk, home(NEAR), "/visit"),
    ] {
        let body = json!({"slot_id": slot["id"], "visit": visit});
        let refused = Answer::of(server.once("/v1/appointments", &body)).await;
        let problem = refused.expect_problem(422, "rule-violated");
        assert_eq!(pointer(&problem), at, "{problem}");
    }
    let too_far = Answer::of(server.visiting(&slot, HALLE)).await;
    too_far.expect_problem(409, "slot-gone");
    for (slot, place, at) in [
        (&slot, Value::Null, "/visit"),
        (
            &slot,
            json!({"latitude": 0, "longitude": 181}),
            "/visit/latitude",
        ),
        (
            &talk,
            json!({"latitude": NEAR.0, "longitude": NEAR.1}),
            "/visit",
        ),
    ] {
        let body = json!({"slot_id": slot["id"], "visit": place});
        let refused = Answer::of(server.once("/v1/holds", &body)).await;
        let problem = refused.expect_problem(422, "rule-violated");
        assert_eq!(pointer(&problem), at, "{problem}");
    }
    let series = json!({"slot_id": slot["id"], "rule": "FREQ=DAILY;COUNT=2"});
    let refused = Answer::of(server.once("/v1/series", &series)).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    assert_eq!(claims(&server, ada).await, "");
    assert_eq!(
        server.sql_value("SELECT count(*) FROM appointments").await,
        "0"
    );
}
