//! How many talks are given at most, whoever asks for them at once.

use reqwest::Method;
use serde_json::{Value, json};
use tests::crowd::{at_once, tally};
use tests::fixtures::Talks;
use tests::{Answer, Server, invariants};
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn a_counsellor_gives_no_more_talks_a_day_than_they_may() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    server.sql("UPDATE counsellors SET max_per_day = 3").await;
    let slots = talks.slots(&server).await;
    let crowd = slots.iter().cycle().take(24);
    let calls = at_once(crowd.map(|slot| server.booking(slot))).await;
    let mut outcomes = tally(calls.iter().map(|call| &call.answer));
    assert_eq!(outcomes.remove("201"), Some(3), "{outcomes:?}");
    let capped = outcomes.remove("409 cap-reached").unwrap_or_default();
    let taken = outcomes.remove("409 slot-taken").unwrap_or_default();
    assert_eq!((capped + taken, outcomes.len()), (21, 0));
    assert!(talks.slots(&server).await.is_empty());
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn holds_and_moves_count_once_and_what_is_cancelled_no_more() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    server.sql("UPDATE counsellors SET max_per_day = 2").await;
    let slots = talks.slots(&server).await;
    let hold = server.once("/v1/holds", &json!({"slot_id": slots[0]["id"]}));
    let hold = Answer::of(hold).await.expect(201);
    let booked = talks.book(&server, &slots[1]).await.expect(201);
    talks
        .book(&server, &slots[2])
        .await
        .expect_problem(409, "cap-reached");
    let held = server.once("/v1/holds", &json!({"slot_id": slots[2]["id"]}));
    Answer::of(held).await.expect_problem(409, "cap-reached");
    let redeem = json!({"hold_id": hold["id"], "hold_token": hold["token"]});
    let redeem = server.once("/v1/appointments", &redeem);
    let again = redeem.try_clone().expect("a copy");
    let redeemed = Answer::of(redeem).await.expect(201);
    assert_eq!(Answer::of(again).await.expect(201), redeemed);
    let moved = Answer::of(server.moving(&booked, &slots[5])).await;
    assert_eq!(moved.expect(200)["starts_at"], slots[5]["starts_at"]);
    let cancel = format!(
        "/v1/appointments/{}/cancel",
        booked["id"].as_str().expect("an id")
    );
    let cancel = server.once(&cancel, &json!({}));
    let cancel = cancel.header(
        "Appointment-Secret",
        booked["secret"].as_str().expect("a secret"),
    );
    Answer::of(cancel).await.expect(200);
    talks.book(&server, &slots[2]).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_some_talks_in_a_row_there_is_a_pause_by_topic_as_by_service() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    server
        .sql("UPDATE counsellors SET pause_after = 2, pause_minutes = 30")
        .await;
    let slots = talks.slots(&server).await;
    for slot in [&slots[2], &slots[3]] {
        talks.book(&server, slot).await.expect(201);
    }
    talks
        .book(&server, &slots[4])
        .await
        .expect_problem(409, "cap-reached");
    let hours = |slots: &[Value]| -> Vec<String> {
        let starts = slots.iter().map(|slot| slot["starts_at"].to_string());
        starts.collect()
    };
    let expected = hours(&[
        slots[0].clone(),
        slots[5].clone(),
        slots[6].clone(),
        slots[7].clone(),
    ]);
    assert_eq!(hours(&talks.slots(&server).await), expected);
    let page = server.get("/v1/slots?topic=psychosocial&limit=200").await;
    let by_topic = page.expect(200)["items"].as_array().expect("items").clone();
    assert_eq!(hours(&by_topic), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_set_caps_and_the_public_does_not_see_them() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let counsellor = format!("/v1/counsellors/{}", talks.counsellor);
    let patch = |patch: Value| {
        let request = server.request(Method::PATCH, &counsellor);
        let request = request.bearer_auth(server.token(talks.people.administrator));
        Answer::of(request.header("If-Match", "\"1\"").json(&patch))
    };
    for (broken, pointer) in [
        (json!({"max_per_day": 0}), "/max_per_day"),
        (json!({"max_per_day": 101}), "/max_per_day"),
        (json!({"pause_after": 2}), "/pause_minutes"),
        (json!({"pause_minutes": 20}), "/pause_after"),
        (
            json!({"pause_after": 2, "pause_minutes": 0}),
            "/pause_minutes",
        ),
        (
            json!({"pause_after": -1, "pause_minutes": 5}),
            "/pause_after",
        ),
    ] {
        let problem = patch(broken).await.expect_problem(422, "rule-violated");
        assert_eq!(problem["errors"][0]["pointer"], pointer);
    }
    let caps = json!({"max_per_day": 4, "pause_after": 2, "pause_minutes": 30});
    let changed = patch(caps).await.expect(200);
    assert_eq!(changed["max_per_day"], 4);
    assert_eq!(
        (&changed["pause_after"], &changed["pause_minutes"]),
        (&json!(2), &json!(30))
    );
    let public = server.get(&counsellor).await.expect(200);
    assert_eq!(public["max_per_day"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cap_of_one_counsellor_is_no_others() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let other = talks.add_counsellor(&server).await;
    let session = Uuid::now_v7();
    talks
        .add_session(&server, session, other, &[talks.service], 2)
        .await;
    let (capped, most) = (talks.counsellor, "max_per_day = 1");
    server
        .sql(&format!(
            "UPDATE counsellors SET {most} WHERE id = '{capped}'"
        ))
        .await;
    let slots = talks.slots_with(&server, talks.service, capped).await;
    talks.book(&server, &slots[0]).await.expect(201);
    assert!(
        talks
            .slots_with(&server, talks.service, capped)
            .await
            .is_empty()
    );
    assert_eq!(
        talks.slots_with(&server, talks.service, other).await.len(),
        8
    );
}

/// Sessions of other counsellors, all in one week.
async fn stages(server: &Server, talks: &Talks, count: usize) -> Vec<Value> {
    let mut slots = Vec::new();
    for _ in 0..count {
        let counsellor = talks.add_stage(server, &[talks.service], None).await;
        let with = talks.slots_with(server, talks.service, counsellor).await;
        slots.push(with[0].clone());
    }
    slots
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_callers_for_different_counsellors_three_get_a_talk_of_the_week() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let slots = stages(&server, &talks, 20).await;
    talks.cap_weeks(&server, Some(3)).await.expect(200);
    let calls = at_once(slots.iter().map(|slot| server.booking(slot))).await;
    let outcomes = tally(calls.iter().map(|call| &call.answer));
    let expected = [("201", 3), ("409 cap-reached", 17)];
    assert_eq!(outcomes, expected.map(|(o, n)| (o.to_owned(), n)).into());
    let booked = calls.iter().find(|call| call.answer.status == 201);
    let booked = booked.expect("a booking").answer.json();
    // A move within the week counts once; what is cancelled leaves its place to one other.
    let other = slots
        .iter()
        .find(|slot| slot["counsellor_id"] != booked["counsellor_id"])
        .expect("another");
    let moved = Answer::of(server.moving(&booked, other)).await;
    assert!(
        ["200", "409 slot-taken"].contains(&moved.outcome().as_str()),
        "{}",
        moved.text
    );
    let path = format!(
        "/v1/appointments/{}/cancel",
        booked["id"].as_str().expect("an id")
    );
    let secret = booked["secret"].as_str().expect("a secret");
    let cancel = server
        .once(&path, &json!({}))
        .header("Appointment-Secret", secret);
    Answer::of(cancel).await.expect(200);
    let calls = at_once(slots.iter().map(|slot| server.booking(slot))).await;
    let outcomes = tally(calls.iter().map(|call| &call.answer));
    assert_eq!(outcomes.get("201"), Some(&1), "{outcomes:?}");
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cap_that_is_set_counts_what_was_booked_before() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let slots = stages(&server, &talks, 5).await;
    talks.book(&server, &slots[0]).await.expect(201);
    let hold = server.once("/v1/holds", &json!({"slot_id": slots[1]["id"]}));
    let hold = Answer::of(hold).await.expect(201);
    let changed = talks.cap_weeks(&server, Some(3)).await.expect(200);
    assert_eq!(changed["max_per_week"], 3);
    talks.book(&server, &slots[2]).await.expect(201);
    talks
        .book(&server, &slots[3])
        .await
        .expect_problem(409, "cap-reached");
    let of_week = talks
        .slots_with(&server, talks.service, counsellor_of(&slots[4]))
        .await;
    assert!(of_week.is_empty(), "{of_week:?}");
    let page = server
        .get("/v1/slots?topic=psychosocial&limit=200")
        .await
        .expect(200);
    let is_of_fourth = |slot: &&Value| slot["counsellor_id"] == slots[4]["counsellor_id"];
    assert_eq!(
        page["items"]
            .as_array()
            .expect("items")
            .iter()
            .find(is_of_fourth),
        None
    );
    let redeem = json!({"hold_id": hold["id"], "hold_token": hold["token"]});
    Answer::of(server.once("/v1/appointments", &redeem))
        .await
        .expect(201);
    // Without it, and with it again.
    talks.cap_weeks(&server, None).await.expect(200);
    talks.book(&server, &slots[3]).await.expect(201);
    talks.cap_weeks(&server, Some(5)).await.expect(200);
    talks.book(&server, &slots[4]).await.expect(201);
    let sixth = talks.add_stage(&server, &[talks.service], None).await;
    let of_sixth = talks.slots_with(&server, talks.service, sixth).await;
    assert!(of_sixth.is_empty(), "{of_sixth:?}");
}

fn counsellor_of(slot: &Value) -> Uuid {
    let id = slot["counsellor_id"].as_str().expect("an id");
    id.parse().expect("an id")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_hold_gives_its_place_in_the_week_back() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    talks.cap_weeks(&server, Some(1)).await.expect(200);
    let slots = talks.slots(&server).await;
    let hold = server.once("/v1/holds", &json!({"slot_id": slots[0]["id"]}));
    Answer::of(hold).await.expect(201);
    talks
        .book(&server, &slots[7])
        .await
        .expect_problem(409, "cap-reached");
    server.app.clock.advance(chrono::TimeDelta::minutes(11));
    talks.book(&server, &slots[7]).await.expect(201);
    invariants::check_at_the_end(&server).await;
}
