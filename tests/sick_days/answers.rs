use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::fixtures::Talks;
use tests::{Answer, Server, invariants};
use uuid::Uuid;

use super::{answering, booked, items, seen, sick_day, text};

/// Two proposals for each of so many appointments.
async fn proposed(server: &Server, talks: &Talks, count: usize) -> Vec<(Value, Vec<Value>)> {
    let booked = booked(server, talks, count).await;
    let wish = json!({"action": "propose", "proposals_each": 2});
    let done = Answer::of(sick_day(server, talks, &wish)).await.expect(200);
    let proposals = items(&done).into_iter().map(|item| {
        let proposals = item["proposals"].as_array().expect("proposals");
        proposals.clone()
    });
    booked.into_iter().zip(proposals).collect()
}

fn then(server: &Server, booked: &Value, proposal: &Value, then: &str) -> reqwest::RequestBuilder {
    answering(server, booked, proposal, "decline").json(&json!({"then": then}))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_comes_too_late_is_refused_and_the_slot_is_anybodys() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let other = talks.add_stage(&server, &[talks.service], None).await;
    let (booked, proposals) = proposed(&server, &talks, 1).await.remove(0);
    server.app.clock.advance(TimeDelta::hours(24));
    for answer in ["accept", "decline"] {
        let late = answering(&server, &booked, &proposals[0], answer);
        Answer::of(late)
            .await
            .expect_problem(409, "proposal-expired");
    }
    let shown = items(&seen(&server, &booked, "/proposals").await);
    assert_eq!(shown[0]["state"], "expired");
    let free = talks.slots_with(&server, talks.service, other).await;
    let held = |slot: &&Value| slot["starts_at"] == proposals[0]["starts_at"];
    let slot = free.iter().find(held).expect("the slot that was held");
    talks.book(&server, slot).await.expect(201);
    // What is left of the old proposals does not stand in the way of new ones.
    let again = Answer::of(sick_day(&server, &talks, &json!({"action": "propose"}))).await;
    assert_eq!(items(&again.expect(200))[0]["outcome"], "proposed");
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_old_time_can_be_kept_only_where_it_is_possible_again() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    talks.add_stage(&server, &[talks.service], None).await;
    let (booked, proposals) = proposed(&server, &talks, 1).await.remove(0);
    let keep = || then(&server, &booked, &proposals[0], "keep");
    Answer::of(keep()).await.expect_problem(409, "slot-gone");
    let shown = items(&seen(&server, &booked, "/proposals").await);
    assert_eq!(shown[0]["state"], "open");
    server
        .sql("UPDATE absences SET archived_at = '2026-01-01'")
        .await;
    let kept = Answer::of(keep()).await.expect(200);
    assert_eq!(kept["starts_at"], booked["starts_at"]);
    let twice = Answer::of(answering(&server, &booked, &proposals[0], "accept")).await;
    twice.expect_problem(409, "proposal-answered");
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_let_down_cancels_and_accepts_whatever_the_deadline() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    talks.add_stage(&server, &[talks.service], None).await;
    server
        .sql("UPDATE services SET cancellation_deadline_minutes = 20000")
        .await;
    let mut both = proposed(&server, &talks, 2).await;
    let (booked, proposals) = both.remove(0);
    let cancelled = Answer::of(then(&server, &booked, &proposals[0], "cancel")).await;
    let cancelled = cancelled.expect(200);
    assert_eq!(cancelled["status"], "cancelled");
    assert_eq!(cancelled["cancelled_by"], "visitor");
    let states: Vec<_> = items(&seen(&server, &booked, "/proposals").await);
    let states: Vec<_> = states.iter().map(|it| text(&it["state"])).collect();
    assert_eq!(states, ["declined", "withdrawn"]);
    let (booked, proposals) = both.remove(0);
    let accepted = Answer::of(answering(&server, &booked, &proposals[1], "accept")).await;
    assert_eq!(accepted.expect(200)["starts_at"], proposals[1]["starts_at"]);
    let held = "SELECT count(*) FROM allocations WHERE expires_at IS NOT NULL";
    assert_eq!(server.sql_value(held).await, "0");
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_is_answered_by_whom_it_was_made_to() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    talks.add_stage(&server, &[talks.service], None).await;
    let both = proposed(&server, &talks, 2).await;
    let ((one, _), (other, theirs)) = (&both[0], &both[1]);
    // Another's proposal, another's secret, and what is not there, are all the same.
    for proposal in [
        &theirs[0],
        &json!({"id": Uuid::now_v7()}),
        &json!({"id": "x"}),
    ] {
        for answer in ["accept", "decline"] {
            let refused = Answer::of(answering(&server, one, proposal, answer)).await;
            refused.expect_problem(404, "not-found");
        }
    }
    let stolen = json!({"id": other["id"], "secret": one["secret"]});
    let refused = Answer::of(answering(&server, &stolen, &theirs[0], "accept")).await;
    refused.expect_problem(404, "not-found");
    let word = then(&server, other, &theirs[0], "maybe");
    Answer::of(word).await.expect_problem(422, "rule-violated");
    invariants::check_at_the_end(&server).await;
}
