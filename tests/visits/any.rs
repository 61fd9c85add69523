//! Whoever comes: a visit by its time, given to somebody who goes so far.

use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tests::crowd::{at_once, tally};
use tests::neighbours::{FARTHER, HALLE, NEAR, Neighbours, home, utc};
use tests::{Answer, Server, invariants};
use uuid::Uuid;

use super::{claims, text};

async fn times(server: &Server, neighbours: &Neighbours, place: (f64, f64)) -> Vec<Value> {
    let path = format!("{}&any_counsellor=true", neighbours.search(place));
    let page = server.get(&path).await.expect(200);
    page["items"].as_array().expect("items").clone()
}

async fn eleven(server: &Server, neighbours: &Neighbours, place: (f64, f64)) -> Value {
    let times = times(server, neighbours, place).await;
    let eleven = times
        .into_iter()
        .find(|time| utc(&time["starts_at"]) == "11:00");
    eleven.expect("a time at eleven")
}

fn visiting(server: &Server, time: &Value, place: (f64, f64)) -> RequestBuilder {
    let body = json!({"slot_id": time["id"], "visit": home(place)});
    server.once("/v1/appointments", &body)
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_comes_who_goes_so_far_and_has_the_fewest_visits() {
    let server = Server::start().await;
    let neighbours = Neighbours::arrange(&server, 3, 1).await;
    let [ada, busy, near] = neighbours.volunteers[..] else {
        panic!("three volunteers")
    };
    neighbours.goes(&server, near, 2.0).await;
    let nowhere = format!(
        "/v1/slots?service_id={}&any_counsellor=true",
        neighbours.service
    );
    let problem = server
        .get(&nowhere)
        .await
        .expect_problem(422, "rule-violated");
    assert_eq!(problem["errors"][0]["parameter"], "visit_near");
    assert_eq!(times(&server, &neighbours, HALLE).await, [json!(null); 0]);

    let slot = neighbours.slot(&server, NEAR, busy, "15:00").await;
    Answer::of(server.visiting(&slot, NEAR)).await.expect(201);
    assert_eq!(
        times(&server, &neighbours, NEAR).await.len(),
        15,
        "one for each half hour"
    );
    let eleven = eleven(&server, &neighbours, FARTHER).await;
    assert_eq!(
        (&eleven["places_left"], &eleven["counsellor_id"]),
        (&json!(2), &json!(null))
    );

    let first = Answer::of(visiting(&server, &eleven, FARTHER))
        .await
        .expect(201);
    assert_eq!(
        (&first["counsellor_id"], &first["visit"]),
        (&json!(ada), &home(FARTHER))
    );
    assert_eq!(claims(&server, ada).await, "10:35-12:25");
    let second = Answer::of(visiting(&server, &eleven, FARTHER))
        .await
        .expect(201);
    assert_eq!(second["counsellor_id"], json!(busy));
    let third = Answer::of(visiting(&server, &eleven, FARTHER)).await;
    third.expect_problem(409, "slot-taken");
    // Nearby there is one more.
    let third = Answer::of(visiting(&server, &eleven, NEAR))
        .await
        .expect(201);
    assert_eq!(third["counsellor_id"], json!(near));
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_is_held_for_whoever_comes() {
    let server = Server::start().await;
    let neighbours = Neighbours::arrange(&server, 1, 1).await;
    let eleven = eleven(&server, &neighbours, NEAR).await;
    for path in ["/v1/holds", "/v1/appointments"] {
        let body = json!({"slot_id": eleven["id"]});
        let nowhere = Answer::of(server.once(path, &body)).await;
        let problem = nowhere.expect_problem(422, "rule-violated");
        assert_eq!(problem["errors"][0]["pointer"], "/visit", "{path}");
    }
    let place = json!({"latitude": NEAR.0, "longitude": NEAR.1});
    let body = json!({"slot_id": eleven["id"], "visit": place});
    let hold = Answer::of(server.once("/v1/holds", &body))
        .await
        .expect(201);
    assert_eq!(
        claims(&server, neighbours.volunteers[0]).await,
        "10:50-12:10"
    );
    let body = json!({"hold_id": hold["id"], "hold_token": hold["token"], "visit": home(NEAR)});
    let booked = Answer::of(server.once("/v1/appointments", &body))
        .await
        .expect(201);
    assert_eq!(booked["counsellor_id"], json!(neighbours.volunteers[0]));
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_crowd_as_many_are_visited_as_there_are_pairs() {
    for (volunteers, come, visits) in [(3, 1, 3), (5, 2, 2)] {
        let server = Server::start().await;
        let neighbours = Neighbours::arrange(&server, volunteers, come).await;
        let eleven = eleven(&server, &neighbours, NEAR).await;
        let calls = at_once((0..12).map(|_| visiting(&server, &eleven, NEAR))).await;
        let told = tally(calls.iter().map(|call| &call.answer));
        let expected = [("201", visits), ("409 slot-taken", 12 - visits)];
        assert_eq!(
            told,
            expected
                .map(|(told, count)| (told.to_owned(), count))
                .into()
        );
        let booked = calls.iter().filter(|call| call.answer.status == 201);
        let people: Vec<Uuid> = booked
            .flat_map(|call| {
                let view = call.answer.json();
                let second = view["second_counsellor_id"].as_str().map(str::to_owned);
                [Some(text(&view["counsellor_id"]).to_owned()), second]
            })
            .flatten()
            .map(|id| id.parse().expect("a UUID"))
            .collect();
        assert_eq!(people.len(), visits * usize::from(come));
        invariants::check(&server).await;
    }
}
