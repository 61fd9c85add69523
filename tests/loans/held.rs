use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;
use tests::circles::{Circle, staff};
use tests::fixtures::Talks;
use tests::lending::{Lending, id, met};
use tests::{Answer, Server, invariants};

use super::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn holds_reach_into_the_owners_room_until_they_expire() {
    let server = Server::start().await;
    let lending = Lending::arrange(&server).await;
    let stage = Stage::arrange(&server, lending.borrower, lending.entered).await;
    let slots = stage.slots(&server).await;
    let held = Answer::of(server.once("/v1/holds", &json!({"slot_id": slots[0]["id"]}))).await;
    let held = held.expect(201);
    let own = lending.own_meeting(&server, 4, 9, 30);
    met(&server, &lending.owner, &own)
        .await
        .expect_problem(409, "slot-taken");
    // Who redeems it has the room.
    let redeem = json!({"hold_id": held["id"], "hold_token": held["token"]});
    Answer::of(server.once("/v1/appointments", &redeem))
        .await
        .expect(201);
    invariants::check(&server).await;

    let held = Answer::of(server.once("/v1/holds", &json!({"slot_id": slots[1]["id"]}))).await;
    let hold = id(&held.expect(201));
    let past = server.app.clock.now() - TimeDelta::minutes(1);
    server
        .sql(&format!(
            "UPDATE allocations SET expires_at = '{past}' WHERE claim_id = '{hold}';
             UPDATE holds SET expires_at = '{past}' WHERE id = '{hold}'"
        ))
        .await;
    // What has expired is in nobody's way: not in that of another borrower, nor in the owner's.
    let other = Talks::arrange(&server, "other").await;
    let second = Lending::of(&server, lending.owner, lending.room, other, json!({})).await;
    let there = Stage::arrange(&server, other, second.entered).await;
    let hours = there.hours(&server).await;
    assert_eq!(hours, ["10", "11", "12", "13", "14", "15", "16"]);
    let slot = there.slots(&server).await.remove(0);
    there.book(&server, &slot).await.expect(201);
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_circle_in_a_room_on_loan_takes_it_with_the_first_booking() {
    let server = Server::start().await;
    let lending = Lending::arrange(&server).await;
    let circle = Circle::arrange(&server, lending.borrower, 3).await;
    let counsellor = lending.borrower.counsellor;
    circle
        .add_session(&server, counsellor, Some(lending.entered), 4)
        .await;
    let slot = circle.slot(&server).await.expect("a slot");
    assert_eq!(slot["places_left"], 3);
    // Taken by the owner meanwhile, it is not offered.
    let own = lending.own_meeting(&server, 4, 18, 60);
    let own = met(&server, &lending.owner, &own).await.expect(201);
    assert!(circle.slot(&server).await.is_none());
    let refused = circle.talks.book(&server, &slot).await;
    refused.expect_problem(409, "slot-taken");
    let cancel = format!("/v1/meetings/{}/cancel", id(&own));
    staff(
        &server,
        Method::POST,
        &cancel,
        lending.owner.people.coordinator,
        &json!({}),
    )
    .await
    .expect(200);
    for _ in 0..3 {
        circle.talks.book(&server, &slot).await.expect(201);
    }
    assert!(circle.slot(&server).await.is_none());
    let uses = lending
        .uses(&server, lending.owner.people.coordinator)
        .await;
    assert_eq!(uses.len(), 1, "one use, however many come: {uses:?}");
    invariants::check(&server).await;
}
