//! Emergency talks that staff book, and places for the desk.

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Value, json};
use tests::circles::{Circle, patch, staff};
use tests::crowd::{at_once, tally};
use tests::fixtures::Talks;
use tests::{Answer, Server, invariants};
use uuid::Uuid;

async fn change_session(server: &Server, talks: &Talks, session: &str, body: Value) -> Answer {
    let path = format!("/v1/sessions/{session}");
    let coordinator = talks.people.coordinator;
    let read = server.request(Method::GET, &path);
    let read = Answer::of(read.bearer_auth(server.token(coordinator))).await;
    let etag = read.expect(200)["etag"].clone();
    patch(server, &path, coordinator, &etag, &body).await
}

async fn keep(server: &Server, talks: &Talks, body: Value) {
    let session = talks.session.to_string();
    change_session(server, talks, &session, body)
        .await
        .expect(200);
}

/// How many slots that account sees; `None` is the public.
async fn seen(server: &Server, talks: &Talks, account: Option<Uuid>) -> [usize; 2] {
    let mut seen = [0; 2];
    let of_service = format!("service_id={}", talks.service);
    for (place, of) in [of_service.as_str(), "topic=psychosocial"]
        .iter()
        .enumerate()
    {
        let mut request = server.request(Method::GET, &format!("/v1/slots?{of}"));
        if let Some(account) = account {
            request = request.bearer_auth(server.token(account));
        }
        let page = Answer::of(request).await.expect(200);
        seen[place] = page["items"].as_array().expect("items").len();
    }
    seen
}

fn starts(slot: &Value) -> DateTime<Utc> {
    let start = slot["starts_at"].as_str().expect("a start");
    start.parse().expect("an instant")
}

#[tokio::test(flavor = "multi_thread")]
async fn only_those_who_may_book_it_see_an_emergency_talk() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let elsewhere = Talks::arrange(&server, "elsewhere").await;
    server
        .sql(&format!(
            "DELETE FROM session_services WHERE session_id = '{}'",
            elsewhere.session
        ))
        .await;
    let people = talks.people;
    keep(&server, &talks, json!({"audience": "staff"})).await;
    for (account, count) in [
        (None, 0),
        (Some(people.coordinator), 8),
        (Some(people.counsellor), 8),
        (Some(people.administrator), 0),
        (Some(people.network_coordinator), 0),
        (Some(elsewhere.people.coordinator), 0),
    ] {
        assert_eq!(
            seen(&server, &talks, account).await,
            [count; 2],
            "{account:?}"
        );
    }
    keep(&server, &talks, json!({"audience": "everyone"})).await;
    assert_eq!(seen(&server, &talks, None).await, [8; 2]);
    assert_eq!(talks.slots(&server).await.len(), 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_that_the_public_guesses_is_gone() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let slots = talks.slots(&server).await;
    let booked = talks.book(&server, &slots[7]).await.expect(201);
    keep(&server, &talks, json!({"audience": "staff"})).await;
    let slot = json!({"slot_id": slots[0]["id"]});
    let coordinator = server.token(talks.people.coordinator);
    for path in ["/v1/appointments", "/v1/holds"] {
        let refused = Answer::of(server.once(path, &slot)).await;
        refused.expect_problem(409, "slot-gone");
        let other = server.once(path, &slot);
        let other = other.bearer_auth(server.token(talks.people.administrator));
        let refused = Answer::of(other).await;
        refused.expect_problem(409, "slot-gone");
    }
    let moved = Answer::of(server.moving(&booked, &slots[1])).await;
    moved.expect_problem(409, "slot-gone");
    // Staff book, hold and move there; what they hold, a visitor redeems.
    let hold = server.once("/v1/holds", &slot).bearer_auth(&coordinator);
    let hold = Answer::of(hold).await.expect(201);
    let redeem = json!({"hold_id": hold["id"], "hold_token": hold["token"]});
    Answer::of(server.once("/v1/appointments", &redeem))
        .await
        .expect(201);
    let to = json!({"slot_id": slots[1]["id"]});
    let path = format!(
        "/v1/appointments/{}/reschedule",
        booked["id"].as_str().expect("an id")
    );
    let moved = server.once(&path, &to).bearer_auth(&coordinator);
    Answer::of(moved).await.expect(200);
    let booked = server.booking(&slots[2]).bearer_auth(&coordinator);
    Answer::of(booked).await.expect(201);
    assert_eq!(seen(&server, &talks, None).await, [0; 2]);
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emergency_talk_opens_to_all_before_its_start() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let slots = talks.slots(&server).await;
    let opens = json!({"audience": "staff", "opens_to_all_minutes": 120});
    keep(&server, &talks, opens).await;
    let clock = &server.app.clock;
    let third = starts(&slots[2]);
    clock.advance(third - TimeDelta::minutes(120) - clock.now());
    // Less than two hours before: the first two, and not yet the third.
    assert_eq!(seen(&server, &talks, None).await, [2; 2]);
    let refused = talks.book(&server, &slots[2]).await;
    refused.expect_problem(409, "slot-gone");
    clock.advance(TimeDelta::minutes(1));
    assert_eq!(talks.slots(&server).await.len(), 2, "the first has begun");
    talks.book(&server, &slots[2]).await.expect(201);
    talks
        .book(&server, &slots[3])
        .await
        .expect_problem(409, "slot-gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_keeps_its_sessions_for_staff() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let day = server.app.clock.now().date_naive();
    let mut body = json!({
        "organisation_id": talks.people.organisation, "counsellor_id": talks.counsellor, "site_id": talks.site,
        "service_ids": [talks.service], "modalities": ["phone"], "rule": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU",
        "starts": "20:00", "ends": "22:00", "valid_from": day, "opens_on_holidays": true, "audience": "staff"});
    let coordinator = talks.people.coordinator;
    let created = staff(&server, Method::POST, "/v1/schedules", coordinator, &body).await;
    let created = created.expect(201);
    assert_eq!(talks.slots(&server).await.len(), 8);
    let [all, _] = seen(&server, &talks, Some(coordinator)).await;
    assert!(all > 20, "two talks each evening: {all}");
    let path = format!("/v1/schedules/{}", created["id"].as_str().expect("an id"));
    let open = json!({"audience": "everyone"});
    patch(&server, &path, coordinator, &created["etag"], &open)
        .await
        .expect(200);
    assert_eq!(talks.slots(&server).await.len(), all);
    for (field, value, pointer) in [
        ("audience", json!("friends"), "/audience"),
        ("desk_places", json!(-1), "/desk_places"),
        ("desk_places", json!(501), "/desk_places"),
        ("opens_to_all_minutes", json!(-1), "/opens_to_all_minutes"),
        (
            "opens_to_all_minutes",
            json!(527041),
            "/opens_to_all_minutes",
        ),
    ] {
        body["audience"] = json!("staff");
        let mut bad = body.clone();
        bad[field] = value;
        let refused = staff(&server, Method::POST, "/v1/schedules", coordinator, &bad).await;
        let problem = refused.expect_problem(422, "rule-violated");
        assert_eq!(problem["errors"][0]["pointer"], pointer);
    }
    body["audience"] = json!("everyone");
    body["opens_to_all_minutes"] = json!(60);
    let refused = staff(&server, Method::POST, "/v1/schedules", coordinator, &body).await;
    let problem = refused.expect_problem(422, "rule-violated");
    assert_eq!(problem["errors"][0]["pointer"], "/opens_to_all_minutes");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_places_of_a_group_are_given_at_the_desk() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let circle = Circle::arrange(&server, talks, 5).await;
    let session = circle.add_session(&server, talks.counsellor, None, 3).await;
    let session = session["id"].as_str().expect("an id").to_owned();
    let desk = json!({"desk_places": 2});
    change_session(&server, &talks, &session, desk)
        .await
        .expect(200);
    let slot = circle.slot(&server).await.expect("a slot");
    assert_eq!(slot["places_left"], 3);
    // However many ask at once, the public gets three.
    let calls = at_once((0..12).map(|_| server.booking(&slot))).await;
    let outcomes = tally(calls.iter().map(|call| &call.answer));
    let expected = [("201", 3), ("409 slot-taken", 9)];
    assert_eq!(outcomes, expected.map(|(o, n)| (o.to_owned(), n)).into());
    assert_eq!(circle.slot(&server).await, None);
    let coordinator = server.token(talks.people.coordinator);
    let calls = (0..4).map(|_| server.booking(&slot).bearer_auth(&coordinator));
    let calls = at_once(calls).await;
    let outcomes = tally(calls.iter().map(|call| &call.answer));
    let expected = [("201", 2), ("409 slot-taken", 2)];
    assert_eq!(outcomes, expected.map(|(o, n)| (o.to_owned(), n)).into());
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_books_while_a_session_is_closed_to_all_gets_it_before_or_not() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let slots = talks.slots(&server).await;
    let path = format!("/v1/sessions/{}", talks.session);
    let close = server
        .request(Method::PATCH, &path)
        .header("If-Match", "\"1\"");
    let close = close.header("Content-Type", "application/merge-patch+json");
    let close = close.bearer_auth(server.token(talks.people.coordinator));
    let close = close.body(json!({"audience": "staff"}).to_string());
    let mut calls = vec![close];
    calls.extend(slots.iter().map(|slot| server.booking(slot)));
    let calls = at_once(calls).await;
    assert_eq!(calls[0].answer.status, 200, "{}", calls[0].answer.text);
    let outcomes = tally(calls[1..].iter().map(|call| &call.answer));
    let known = ["201", "409 slot-gone"];
    assert!(
        outcomes
            .keys()
            .all(|outcome| known.contains(&outcome.as_str())),
        "{outcomes:?}"
    );
    for slot in &slots {
        let late = talks.book(&server, slot).await;
        late.expect_problem(409, "slot-gone");
    }
    invariants::check(&server).await;
}
