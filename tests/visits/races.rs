//! Many want the same volunteers at once.

use serde_json::{Value, json};
use tests::crowd::{at_once, tally};
use tests::neighbours::{FARTHER, NEAR, Neighbours, home};
use tests::{Answer, Server, invariants};
use uuid::Uuid;

use super::claims;

const ROUNDS: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn of_two_visits_whose_ways_overlap_one_takes_place() {
    let server = Server::start().await;
    let neighbours = Neighbours::arrange(&server, 1, 1).await;
    let ada = neighbours.volunteers[0];
    // An hour from ten, and one from eleven: apart, but for the way.
    let early = neighbours.slot(&server, FARTHER, ada, "10:00").await;
    let late = neighbours.slot(&server, NEAR, ada, "11:00").await;
    for _ in 0..ROUNDS {
        let calls = at_once([
            server.visiting(&early, FARTHER),
            server.visiting(&late, NEAR),
        ])
        .await;
        let told = tally(calls.iter().map(|call| &call.answer));
        assert_eq!(
            told,
            [("201".to_owned(), 1), ("409 slot-taken".to_owned(), 1)].into()
        );
        invariants::check(&server).await;
        server.sql("DELETE FROM allocations; UPDATE appointments SET status = 'cancelled', ended_at = booked_at, cancelled_by = 'staff'").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn visits_from_two_sides_that_share_a_volunteer_end_with_one_winner_and_no_deadlock() {
    let server = Server::start().await;
    let neighbours = Neighbours::arrange(&server, 3, 2).await;
    let [one, two, three] = neighbours.volunteers[..] else {
        panic!("three volunteers")
    };
    let mut slots = Vec::new();
    for volunteer in [one, two, three] {
        slots.push(neighbours.slot(&server, NEAR, volunteer, "11:00").await);
    }
    for _ in 0..ROUNDS {
        let crowd = slots.iter().chain(&slots).chain(&slots);
        let calls = at_once(crowd.map(|slot| server.visiting(slot, NEAR))).await;
        let told = tally(calls.iter().map(|call| &call.answer));
        // Three people make one pair.
        assert_eq!(
            told,
            [("201".to_owned(), 1), ("409 slot-taken".to_owned(), 8)].into()
        );
        invariants::check(&server).await;
        server.sql("DELETE FROM allocations; UPDATE appointments SET status = 'cancelled', ended_at = booked_at, cancelled_by = 'staff'").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pairs_are_claimed_whole_or_not_at_all() {
    let server = Server::start().await;
    let neighbours = Neighbours::arrange(&server, 4, 2).await;
    let slots: Vec<Value> = neighbours.slots(&server, NEAR).await;
    let crowd = slots
        .iter()
        .take(24)
        .map(|slot| server.visiting(slot, NEAR));
    let calls = at_once(crowd).await;
    let told = tally(calls.iter().map(|call| &call.answer));
    assert!(
        told.keys()
            .all(|outcome| ["201", "409 slot-taken"].contains(&outcome.as_str())),
        "{told:?}"
    );
    let halves =
        "SELECT count(*) FROM (SELECT claim_id FROM allocations GROUP BY 1 HAVING count(*) <> 2) x";
    assert_eq!(server.sql_value(halves).await, "0");
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_that_is_booked_again_after_a_lost_answer_is_booked_once() {
    let server = Server::start().await;
    let neighbours = Neighbours::arrange(&server, 2, 2).await;
    let ada = neighbours.volunteers[0];
    let slot = neighbours.slot(&server, NEAR, ada, "11:00").await;
    let (key, body) = (
        Uuid::new_v4(),
        json!({"slot_id": slot["id"], "visit": home(NEAR)}),
    );
    let first = Answer::of(server.under_key(key, "/v1/appointments", &body))
        .await
        .expect(201);
    let again = Answer::of(server.under_key(key, "/v1/appointments", &body))
        .await
        .expect(201);
    assert_eq!(first, again);
    assert_eq!(again["visit"], home(NEAR));
    assert_eq!(claims(&server, ada).await, "10:50-12:10");
    let elsewhere = json!({"slot_id": slot["id"], "visit": home(FARTHER)});
    let refused = Answer::of(server.under_key(key, "/v1/appointments", &elsewhere)).await;
    refused.expect_problem(422, "idempotency-key-reused");
    invariants::check(&server).await;
}
