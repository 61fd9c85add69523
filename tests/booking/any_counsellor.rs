//! Times that any counsellor gives: told as one, and given fairly.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::{Value, json};
use tests::crowd::{at_once, tally};
use tests::fixtures::Talks;
use tests::{Answer, Server, invariants};
use uuid::Uuid;

/// So many counsellors who give the service at the same time; the first of the organisation has no
/// session any more.
async fn arrange(server: &Server, counsellors: usize) -> (Talks, Vec<Uuid>) {
    let talks = Talks::arrange(server, "poliklinik").await;
    server.sql("UPDATE sessions SET status = 'withdrawn'").await;
    let mut ids = Vec::new();
    for _ in 0..counsellors {
        ids.push(talks.add_stage(server, &[talks.service], None).await);
    }
    (talks, ids)
}

async fn times(server: &Server, talks: &Talks) -> Vec<Value> {
    let service = talks.service;
    let path = format!("/v1/slots?service_id={service}&any_counsellor=true");
    let page = server.get(&path).await.expect(200);
    page["items"].as_array().expect("items").clone()
}

fn counsellors_of<'a>(answers: impl IntoIterator<Item = &'a Answer>) -> Vec<String> {
    let booked = answers.into_iter().filter(|it| it.status.is_success());
    booked
        .map(|it| {
            it.json()["counsellor_id"]
                .as_str()
                .expect("an id")
                .to_owned()
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn slots_that_start_together_are_told_as_one_page_by_page() {
    let server = Server::start().await;
    let (talks, _) = arrange(&server, 5).await;
    let all = times(&server, &talks).await;
    assert_eq!(all.len(), 8);
    for time in &all {
        assert_eq!(
            (&time["counsellor_id"], &time["session_id"]),
            (&Value::Null, &Value::Null)
        );
        assert_eq!(time["places_left"], 5);
    }
    for subject in [
        format!("service_id={}", talks.service),
        "topic=psychosocial".to_owned(),
    ] {
        let mut paged = Vec::new();
        let mut path = format!("/v1/slots?{subject}&any_counsellor=true&limit=3");
        loop {
            let page = server.get(&path).await.expect(200);
            let items = page["items"].as_array().expect("items");
            assert_eq!(page["next_available_at"], items[0]["starts_at"]);
            paged.extend(items.clone());
            let Some(cursor) = page["next_cursor"].as_str() else {
                break;
            };
            path = format!("/v1/slots?{subject}&any_counsellor=true&limit=3&cursor={cursor}");
        }
        assert_eq!(paged, all, "{subject}");
    }
    let behind = format!(
        "/v1/slots?service_id={}&any_counsellor=true&before={}",
        talks.service,
        (server.app.clock.now() + chrono::TimeDelta::hours(1)).format("%FT%TZ")
    );
    let page = server.get(&behind).await.expect(200);
    assert_eq!(page["items"], json!([]));
    assert_eq!(page["next_available_at"], all[0]["starts_at"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_callers_for_one_time_each_counsellor_gets_one() {
    let server = Server::start().await;
    let (talks, ids) = arrange(&server, 5).await;
    for time in times(&server, &talks).await.iter().take(3) {
        let calls = at_once((0..20).map(|_| server.booking(time))).await;
        let answers = || calls.iter().map(|call| &call.answer);
        let expected = [("201", 5), ("409 slot-taken", 15)];
        assert_eq!(
            tally(answers()),
            expected.map(|(o, n)| (o.to_owned(), n)).into()
        );
        let given: BTreeSet<_> = counsellors_of(answers()).into_iter().collect();
        assert_eq!(given, ids.iter().map(ToString::to_string).collect());
    }
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_the_fewest_talks_of_the_week_is_next() {
    let server = Server::start().await;
    let (talks, ids) = arrange(&server, 3).await;
    // The first has two talks already.
    for slot in talks
        .slots_with(&server, talks.service, ids[0])
        .await
        .iter()
        .skip(6)
    {
        talks.book(&server, slot).await.expect(201);
    }
    let mut counts: BTreeMap<String, usize> = BTreeMap::from([(ids[0].to_string(), 2)]);
    for time in times(&server, &talks).await.iter().take(4) {
        let calls = at_once((0..2).map(|_| server.booking(time))).await;
        for counsellor in counsellors_of(calls.iter().map(|call| &call.answer)) {
            *counts.entry(counsellor).or_default() += 1;
        }
    }
    let counts: Vec<_> = counts.into_values().collect();
    assert_eq!(counts.iter().sum::<usize>(), 10);
    let (most, fewest) = (counts.iter().max(), counts.iter().min());
    assert!(
        most.expect("some") - fewest.expect("some") <= 1,
        "{counts:?}"
    );
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_says_who_it_is_with_and_a_repeated_booking_stays_one() {
    let server = Server::start().await;
    let (talks, _) = arrange(&server, 3).await;
    let time = times(&server, &talks).await.remove(0);
    let body = json!({"slot_id": time["id"]});
    let held = at_once((0..5).map(|_| server.once("/v1/holds", &body))).await;
    let held: Vec<_> = held
        .iter()
        .filter(|call| call.answer.status == 201)
        .collect();
    assert_eq!(held.len(), 3);
    let with = held
        .iter()
        .map(|call| call.answer.json()["slot"]["counsellor_id"].to_string());
    assert_eq!(with.collect::<BTreeSet<_>>().len(), 3);
    let taken = Answer::of(server.booking(&time)).await;
    taken.expect_problem(409, "slot-taken");
    let hold = held[0].answer.json();
    let redeem = json!({"hold_id": hold["id"], "hold_token": hold["token"]});
    let booked = Answer::of(server.once("/v1/appointments", &redeem))
        .await
        .expect(201);
    assert_eq!(booked["counsellor_id"], hold["slot"]["counsellor_id"]);

    let other = times(&server, &talks).await.remove(1);
    let booking = server.booking(&other);
    let again = booking.try_clone().expect("a copy");
    let first = Answer::of(booking).await.expect(201);
    assert_eq!(Answer::of(again).await.expect(201), first);
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn language_and_gender_are_kept_in_mind() {
    let server = Server::start().await;
    let (talks, ids) = arrange(&server, 3).await;
    let [man, woman, speaker] = [ids[0], ids[1], ids[2]];
    server
        .sql(&format!(
            "UPDATE counsellors SET gender = 'male' WHERE id = '{man}';
             UPDATE counsellors SET gender = 'female' WHERE id = '{woman}';
             UPDATE counsellors SET languages = '{{de}}' WHERE id IN ('{man}', '{woman}');
             UPDATE counsellors SET languages = '{{ar}}' WHERE id = '{speaker}'"
        ))
        .await;
    let times = times(&server, &talks).await;
    let wish = |time: &Value, name: &str, value: &str| {
        let mut body = json!({"slot_id": time["id"]});
        body[name] = json!(value);
        Answer::of(server.once("/v1/appointments", &body))
    };
    let refused = wish(&times[0], "counsellor_gender", "female").await;
    refused.expect_problem(409, "slot-gone");
    server
        .sql("UPDATE services SET allows_gender_wish = true")
        .await;
    let booked = wish(&times[0], "counsellor_gender", "female")
        .await
        .expect(201);
    assert_eq!(booked["counsellor_id"], woman.to_string());
    let taken = wish(&times[0], "counsellor_gender", "female").await;
    taken.expect_problem(409, "slot-taken");
    for time in &times[1..4] {
        let booked = wish(time, "language", "ar").await.expect(201);
        assert_eq!(booked["counsellor_id"], speaker.to_string());
    }
    // Nobody else speaks it, and somebody is free.
    wish(&times[1], "language", "ar").await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_makes_no_sense_is_refused() {
    let server = Server::start().await;
    let (talks, ids) = arrange(&server, 2).await;
    let time = times(&server, &talks).await.remove(0);
    let slot = talks.slots(&server).await.remove(0);
    let both = format!(
        "/v1/slots?service_id={}&any_counsellor=true&counsellor_id={}",
        talks.service, ids[0]
    );
    let problem = server.get(&both).await.expect_problem(422, "rule-violated");
    assert_eq!(problem["errors"][0]["parameter"], "any_counsellor");
    let bad = format!(
        "/v1/slots?service_id={}&any_counsellor=maybe",
        talks.service
    );
    server
        .get(&bad)
        .await
        .expect_problem(400, "invalid-request");
    for path in ["/v1/appointments", "/v1/holds"] {
        for (gender, slot) in [("female", &slot), ("x", &time)] {
            let body = json!({"slot_id": slot["id"], "counsellor_gender": gender});
            let problem = Answer::of(server.once(path, &body)).await;
            let problem = problem.expect_problem(422, "rule-violated");
            assert_eq!(
                problem["errors"][0]["pointer"], "/counsellor_gender",
                "{path}"
            );
        }
    }
    let booked = talks.book(&server, &slot).await.expect(201);
    let moved = Answer::of(server.moving(&booked, &time)).await;
    moved.expect_problem(400, "invalid-request");
    server.sql("UPDATE sessions SET status = 'withdrawn'").await;
    let gone = Answer::of(server.booking(&time)).await;
    gone.expect_problem(409, "slot-gone");
    let as_staff = server.request(
        Method::GET,
        &format!("/v1/slots?service_id={}&any_counsellor=true", talks.service),
    );
    let page = Answer::of(as_staff.bearer_auth(server.token(talks.people.coordinator))).await;
    assert_eq!(page.expect(200)["items"], json!([]));
}
