//! Holds that many want, that expire, and that are given back.

use std::time::Duration;

use chrono::TimeDelta;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tests::crowd::{at_once, tally};
use tests::fixtures::Talks;
use tests::{Answer, Server, invariants};

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_would_hold_a_slot_one_does() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    for slot in talks.slots(&server).await {
        let calls = at_once((0..50).map(|_| holding(&server, &slot))).await;
        let outcomes = tally(calls.iter().map(|call| &call.answer));
        let expected = [("201", 1), ("409 slot-taken", 49)];
        assert_eq!(outcomes, expected.map(|(o, n)| (o.to_owned(), n)).into());
    }
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn holders_and_bookers_of_one_slot_share_one_success() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    for slot in talks.slots(&server).await {
        let requests = (0..50).map(|caller| match caller % 2 {
            0 => holding(&server, &slot),
            _ => server.booking(&slot),
        });
        let calls = at_once(requests).await;
        let outcomes = tally(calls.iter().map(|call| &call.answer));
        let expected = [("201", 1), ("409 slot-taken", 49)];
        assert_eq!(outcomes, expected.map(|(o, n)| (o.to_owned(), n)).into());
    }
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_released_slot_is_free_and_released_once() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let slot = talks.slots(&server).await.remove(0);
    let hold = Answer::of(holding(&server, &slot)).await.expect(201);
    assert_eq!(talks.slots(&server).await.len(), 7);

    Answer::of(releasing(&server, &hold)).await.expect(204);
    assert_eq!(talks.slots(&server).await.len(), 8);
    Answer::of(releasing(&server, &hold))
        .await
        .expect_problem(404, "not-found");
    Answer::of(redeeming(&server, &hold))
        .await
        .expect_problem(409, "hold-expired");
    talks.book(&server, &slot).await.expect(201);
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_is_released_with_its_own_token_only() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let slots = talks.slots(&server).await;
    let mine = Answer::of(holding(&server, &slots[0])).await.expect(201);
    let theirs = Answer::of(holding(&server, &slots[1])).await.expect(201);
    let crossed = json!({"id": mine["id"], "token": theirs["token"]});
    Answer::of(releasing(&server, &crossed))
        .await
        .expect_problem(404, "not-found");
    Answer::of(redeeming(&server, &crossed))
        .await
        .expect_problem(409, "hold-mismatch");
    assert_eq!(talks.slots(&server).await.len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_hold_cannot_be_released_or_redeemed() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let slot = talks.slots(&server).await.remove(0);
    let hold = Answer::of(holding(&server, &slot)).await.expect(201);
    server.app.clock.advance(TimeDelta::minutes(10));
    Answer::of(redeeming(&server, &hold))
        .await
        .expect_problem(409, "hold-expired");
    Answer::of(releasing(&server, &hold))
        .await
        .expect_problem(404, "not-found");
    assert_eq!(talks.slots(&server).await.len(), 8);
}

/// The clock jumps over the end of the hold at another moment of the race in every round.
#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_expires_while_it_is_redeemed_is_never_booked_twice() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    for round in 0..40 {
        let counsellor = talks.add_stage(&server, &[talks.service], None).await;
        let slot = &talks.slots_with(&server, talks.service, counsellor).await[0];
        let hold = Answer::of(holding(&server, slot)).await.expect(201);
        let clock = server.app.clock.clone();
        let expiry = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_micros(500 * round)).await;
            clock.advance(TimeDelta::minutes(10));
        });
        let calls = at_once([
            redeeming(&server, &hold),
            server.booking(slot),
            server.booking(slot),
        ])
        .await;
        expiry.await.expect("an expiry");
        let outcomes: Vec<_> = calls.iter().map(|call| call.answer.outcome()).collect();
        let winners = outcomes.iter().filter(|outcome| *outcome == "201").count();
        let redeemed = ["201", "409 hold-expired", "409 slot-taken"];
        assert!(winners <= 1, "{outcomes:?}");
        assert!(redeemed.contains(&outcomes[0].as_str()), "{outcomes:?}");
        for rival in &outcomes[1..] {
            assert!(
                ["201", "409 slot-taken"].contains(&rival.as_str()),
                "{outcomes:?}"
            );
        }
        // Who comes afterwards finds it booked, or gets it.
        let late = talks.book(&server, slot).await.outcome();
        let expected = if winners == 1 {
            "409 slot-taken"
        } else {
            "201"
        };
        assert_eq!(late, expected, "{outcomes:?}");
    }
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_is_redeemed_or_released_and_never_both() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    for round in 0..60 {
        let room = talks.add_room(&server).await;
        let counsellor = talks.add_stage(&server, &[talks.service], Some(room)).await;
        let slot = &talks.slots_with(&server, talks.service, counsellor).await[0];
        let hold = Answer::of(holding(&server, slot)).await.expect(201);
        let mut requests = vec![redeeming(&server, &hold), releasing(&server, &hold)];
        requests.rotate_left(round % 2);
        let calls = at_once(requests).await;
        let outcomes = tally(calls.iter().map(|call| &call.answer));
        let redeemed = [("201", 1), ("404 not-found", 1)];
        let released = [("204", 1), ("409 hold-expired", 1)];
        let either = [redeemed, released].map(|outcome| outcome.map(|(o, n)| (o.to_owned(), n)));
        assert!(either.map(Into::into).contains(&outcomes), "{outcomes:?}");
    }
    invariants::check_at_the_end(&server).await;
}

fn holding(server: &Server, slot: &Value) -> RequestBuilder {
    server.once("/v1/holds", &json!({"slot_id": slot["id"]}))
}

fn redeeming(server: &Server, hold: &Value) -> RequestBuilder {
    let body = json!({"hold_id": hold["id"], "hold_token": hold["token"]});
    server.once("/v1/appointments", &body)
}

fn releasing(server: &Server, hold: &Value) -> RequestBuilder {
    let path = format!("/v1/holds/{}", hold["id"].as_str().expect("an id"));
    let token = hold["token"].as_str().expect("a token");
    server
        .request(Method::DELETE, &path)
        .header("Hold-Token", token)
}
