use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde_json::json;
use tests::crowd::{at_once, tally};
use tests::fixtures::Talks;
use tests::{Answer, Server, invariants};

use super::{answering, booked, items, seen, sick_day, text};

const ROUNDS: usize = 5;

fn outcomes(expected: &[(&str, usize)]) -> BTreeMap<String, usize> {
    let owned = expected
        .iter()
        .map(|(outcome, count)| ((*outcome).to_owned(), *count));
    owned.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_coordinators_resolve_the_same_day_at_once() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    talks.add_stage(&server, &[talks.service], None).await;
    booked(&server, &talks, 4).await;
    let propose = json!({"action": "propose", "proposals_each": 2});
    let both = [(), ()].map(|()| sick_day(&server, &talks, &propose));
    let calls = at_once(both).await;
    let mut told = Vec::new();
    for call in &calls {
        let items = items(&call.answer.expect(200));
        let first = text(&items[0]["outcome"]).to_owned();
        assert!(items.iter().all(|item| item["outcome"] == first.as_str()));
        told.push(first);
    }
    told.sort();
    assert_eq!(told, ["already_proposed", "proposed"]);
    let open = "SELECT count(*) FROM proposals WHERE state = 'open'";
    assert_eq!(server.sql_value(open).await, "8");
    let absences = "SELECT count(*) FROM absences";
    assert_eq!(server.sql_value(absences).await, "1");
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_all_who_accept_at_once_each_gets_one_place() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    talks.add_stage(&server, &[talks.service], None).await;
    talks.add_stage(&server, &[talks.service], None).await;
    let booked = booked(&server, &talks, 4).await;
    let propose = json!({"action": "propose", "proposals_each": 3});
    let done = Answer::of(sick_day(&server, &talks, &propose))
        .await
        .expect(200);
    let mut requests = Vec::new();
    for (item, booked) in items(&done).iter().zip(&booked) {
        for proposal in item["proposals"].as_array().expect("proposals") {
            requests.push(answering(&server, booked, proposal, "accept"));
        }
    }
    let calls = at_once(requests).await;
    let answers = tally(calls.iter().map(|call| &call.answer));
    assert_eq!(
        answers,
        outcomes(&[("200", 4), ("409 proposal-answered", 8)])
    );
    let held = "SELECT count(*) FROM allocations WHERE expires_at IS NOT NULL";
    assert_eq!(server.sql_value(held).await, "0");
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_accepts_while_it_is_cancelled_has_moved_before_or_not_at_all() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    talks.add_stage(&server, &[talks.service], None).await;
    let booked = booked(&server, &talks, ROUNDS).await;
    let propose = json!({"action": "propose"});
    let done = Answer::of(sick_day(&server, &talks, &propose))
        .await
        .expect(200);
    for (item, booked) in items(&done).iter().zip(&booked) {
        let cancel = format!("/v1/appointments/{}/cancel", text(&booked["id"]));
        let cancel = server.once(&cancel, &json!({}));
        let cancel = cancel.bearer_auth(server.token(talks.people.coordinator));
        let accept = answering(&server, booked, &item["proposals"][0], "accept");
        let calls = at_once([accept, cancel]).await;
        let [accepted, cancelled] = [0, 1].map(|at| calls[at].answer.outcome());
        assert_eq!(cancelled, "200");
        assert!(
            ["200", "409 proposal-answered"].contains(&accepted.as_str()),
            "{accepted}"
        );
        assert_eq!(seen(&server, booked, "").await["status"], "cancelled");
    }
    let left = "SELECT count(*) FROM allocations";
    assert_eq!(server.sql_value(left).await, "0");
    invariants::check_at_the_end(&server).await;
}

/// A visitor who cancels or moves at the same moment comes before or after.
#[tokio::test(flavor = "multi_thread")]
async fn a_sick_day_meets_visitors_who_cancel_and_move() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let other = talks.add_stage(&server, &[talks.service], None).await;
    let booked = booked(&server, &talks, 4).await;
    let slots = talks.slots_with(&server, talks.service, other).await;
    let cancelling = booked[..2].iter().map(|booked| {
        let path = format!("/v1/appointments/{}/cancel", text(&booked["id"]));
        let request = server.once(&path, &json!({}));
        request.header("Appointment-Secret", text(&booked["secret"]))
    });
    let moving = booked[2..]
        .iter()
        .zip(&slots)
        .map(|(booked, slot)| server.moving(booked, slot));
    let wish = json!({"action": "propose", "proposals_each": 2});
    let propose = sick_day(&server, &talks, &wish);
    let calls = at_once(cancelling.chain(moving).chain([propose])).await;
    for call in &calls {
        let outcome = call.answer.outcome();
        assert!(
            ["200", "409 slot-taken"].contains(&outcome.as_str()),
            "{outcome}"
        );
    }
    assert_eq!(calls[4].answer.status, 200);
    let open = "SELECT count(*) FROM proposals p JOIN appointments a ON a.id = p.appointment_id
                WHERE p.state = 'open' AND a.status = 'cancelled'";
    assert_eq!(server.sql_value(open).await, "0");
    invariants::check_at_the_end(&server).await;
}

/// At the moment at which the answer is due, others may book the slot: one of them gets it.
#[tokio::test(flavor = "multi_thread")]
async fn accepting_races_with_the_expiry() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let other = talks.add_stage(&server, &[talks.service], None).await;
    let booked = booked(&server, &talks, ROUNDS).await;
    let propose = json!({"action": "propose"});
    let slots = talks.slots_with(&server, talks.service, other).await;
    let done = Answer::of(sick_day(&server, &talks, &propose))
        .await
        .expect(200);
    server
        .app
        .clock
        .advance(TimeDelta::hours(24) - TimeDelta::seconds(1));
    for (round, (item, booked)) in items(&done).iter().zip(&booked).enumerate() {
        let proposal = &item["proposals"][0];
        let held = |slot: &&serde_json::Value| slot["starts_at"] == proposal["starts_at"];
        let slot = slots.iter().find(held).expect("the slot that is held");
        if round == 2 {
            server.app.clock.advance(TimeDelta::seconds(1));
        }
        let wishes = [
            answering(&server, booked, proposal, "accept"),
            server.booking(slot),
            server.booking(slot),
        ];
        let calls = at_once(wishes).await;
        let won = calls.iter().filter(|call| call.answer.status.is_success());
        assert!(won.count() <= 1);
        for call in &calls {
            assert!(
                !call.answer.status.is_server_error(),
                "{}",
                call.answer.text
            );
        }
    }
    invariants::check_at_the_end(&server).await;
}
