//! Crowds for the places of a group, and talks and groups that want the same counsellor.
//! `STORM_ROUNDS` makes the crowds as large as they are told to be, so many times.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tests::circles::{Circle, evening, patch};
use tests::crowd::{at_once, tally};
use tests::fixtures::Talks;
use tests::{Server, invariants};

use super::storm::WEATHER;

const PLACES: u16 = 12;

/// How many rounds, and how many callers in each.
fn weather() -> (usize, usize) {
    let rounds = std::env::var("STORM_ROUNDS");
    rounds.map_or((2, 60), |rounds| {
        (rounds.parse().expect("a number of rounds"), 200)
    })
}

fn outcomes(booked: usize, others: usize) -> BTreeMap<String, usize> {
    let outcomes = [("201", booked), ("409 slot-taken", others)];
    outcomes.map(|(o, n)| (o.to_owned(), n)).into()
}

async fn arrange() -> (Server, Circle) {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let circle = Circle::arrange(&server, talks, PLACES).await;
    (server, circle)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_hundred_callers_for_twelve_places_exactly_twelve_get_one() {
    let _alone = WEATHER.lock().await;
    let (server, circle) = arrange().await;
    let (rounds, callers) = weather();
    for _ in 0..rounds {
        let counsellor = circle.talks.add_counsellor(&server).await;
        let room = circle.talks.add_room(&server).await;
        circle.add_session(&server, counsellor, Some(room), 3).await;
        let slot = circle.slot(&server).await.expect("a slot");
        let calls = at_once((0..callers).map(|_| server.booking(&slot))).await;
        let places = usize::from(PLACES);
        assert_eq!(
            tally(calls.iter().map(|call| &call.answer)),
            outcomes(places, callers - places)
        );
        assert_eq!(circle.slot(&server).await, None);
    }
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn holds_bookings_moves_and_cancellations_at_once_never_overfill_a_session() {
    let _alone = WEATHER.lock().await;
    let (server, circle) = arrange().await;
    let (rounds, callers) = weather();
    for round in 0..rounds {
        let days = 3 + i64::try_from(round).expect("days");
        let mut slots = Vec::new();
        for _ in 0..2 {
            let counsellor = circle.talks.add_counsellor(&server).await;
            let session = circle.add_session(&server, counsellor, None, days).await;
            let found = circle.slots(&server).await;
            slots.extend(
                found
                    .into_iter()
                    .filter(|slot| slot["session_id"] == session["id"]),
            );
        }
        let [one, other] = slots.try_into().expect("two slots");
        let mut booked = Vec::new();
        for _ in 0..PLACES {
            booked.push(circle.talks.book(&server, &one).await.expect(201));
        }
        let calls =
            at_once((0..callers).map(|number| whoever(&server, &booked, [&one, &other], number)))
                .await;
        for outcome in tally(calls.iter().map(|call| &call.answer)).keys() {
            let expected = ["200", "201", "409 slot-taken", "409 already-cancelled"];
            assert!(expected.contains(&outcome.as_str()), "{outcome}");
        }
        invariants::check(&server).await;
    }
    invariants::check_at_the_end(&server).await;
}

/// Who books, holds, moves away or cancels.
fn whoever(
    server: &Server,
    booked: &[Value],
    [one, other]: [&Value; 2],
    number: usize,
) -> RequestBuilder {
    let mine = &booked[number % booked.len()];
    match number % 5 {
        0 => server.moving(mine, other),
        1 => {
            let path = format!(
                "/v1/appointments/{}/cancel",
                mine["id"].as_str().expect("an id")
            );
            let secret = mine["secret"].as_str().expect("a secret");
            server
                .once(&path, &json!({}))
                .header("Appointment-Secret", secret)
        }
        2 => server.once("/v1/holds", &json!({"slot_id": one["id"]})),
        3 => server.booking(other),
        _ => server.booking(one),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_talk_and_a_group_never_have_the_same_counsellor_at_once() {
    let _alone = WEATHER.lock().await;
    let (server, circle) = arrange().await;
    let talks = circle.talks;
    let (rounds, callers) = weather();
    for _ in 0..rounds {
        let counsellor = talks.add_stage(&server, &[talks.service], None).await;
        let slots = talks.slots_with(&server, talks.service, counsellor).await;
        // Nobody has claimed its time: it was taken when the group was published, and is free again.
        let blocker = talks.book(&server, &slots[7]).await.expect(201);
        let starts_at = evening(&server, 3) - TimeDelta::hours(2);
        let session = circle
            .publish(&server, counsellor, None, starts_at)
            .await
            .expect(201);
        let path = format!(
            "/v1/appointments/{}/cancel",
            blocker["id"].as_str().expect("an id")
        );
        let cancel = server.once(&path, &json!({}));
        let secret = blocker["secret"].as_str().expect("a secret");
        tests::Answer::of(cancel.header("Appointment-Secret", secret))
            .await
            .expect(200);
        let group = circle.slots(&server).await;
        let group = group
            .iter()
            .find(|slot| slot["session_id"] == session["id"])
            .expect("a slot");
        let wanted = [group, &slots[7]].into_iter().cycle().take(callers);
        let calls = at_once(wanted.map(|slot| server.booking(slot))).await;
        let outcomes = tally(calls.iter().map(|call| &call.answer));
        let booked = outcomes["201"];
        assert!(booked == 1 || booked == usize::from(PLACES), "{outcomes:?}");
        assert_eq!(
            outcomes.values().sum::<usize>(),
            booked + outcomes["409 slot-taken"],
            "{outcomes:?}"
        );
    }
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_capacity_that_is_lowered_during_bookings_is_kept() {
    let _alone = WEATHER.lock().await;
    let (server, circle) = arrange().await;
    let (rounds, callers) = weather();
    let administrator = circle.talks.people.administrator;
    for round in 0..rounds {
        let counsellor = circle.talks.add_counsellor(&server).await;
        let days = 3 + i64::try_from(round).expect("days");
        let session = circle.add_session(&server, counsellor, None, days).await;
        let slots = circle.slots(&server).await;
        let slot = slots
            .iter()
            .find(|slot| slot["session_id"] == session["id"])
            .expect("a slot");
        let path = format!("/v1/services/{}", circle.service);
        let service = server.get(&path).await.expect(200);
        let bookings: Vec<_> = (0..callers).map(|_| server.booking(slot)).collect();
        let lower = json!({"capacity": 5});
        let lowered = patch(&server, &path, administrator, &service["etag"], &lower);
        let (calls, lowered) = tokio::join!(at_once(bookings), lowered);
        let booked = tally(calls.iter().map(|call| &call.answer))["201"];
        match lowered.outcome().as_str() {
            "200" => assert_eq!(booked, 5),
            "409 capacity-taken" => assert_eq!(booked, usize::from(PLACES)),
            other => panic!("{other}"),
        }
        invariants::check(&server).await;
        if lowered.status == 200 {
            let service = server.get(&path).await.expect(200);
            let higher = json!({"capacity": PLACES});
            let raised = patch(&server, &path, administrator, &service["etag"], &higher);
            raised.await.expect(200);
            let seen = server
                .get(&format!(
                    "/v1/slots?service_id={}&limit=200",
                    circle.service
                ))
                .await
                .expect(200);
            let slots = seen["items"].as_array().expect("items");
            let again = slots
                .iter()
                .find(|slot| slot["session_id"] == session["id"])
                .expect("a slot");
            assert_eq!(again["places_left"], PLACES - 5);
        }
    }
    invariants::check_at_the_end(&server).await;
}
