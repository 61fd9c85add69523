//! The demo network, as somebody finds it who starts the program for the first time.

use api::demo;
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, Server};
use uuid::Uuid;

const PSYCHOSOCIAL: &str = "/v1/slots?topic=psychosocial&limit=200";

async fn started_at(instant: &str) -> Server {
    let server = Server::start().await;
    let instant: DateTime<Utc> = instant.parse().expect("an instant");
    let clock = &server.app.clock;
    clock.advance(instant - clock.now() + TimeDelta::seconds(1));
    demo::load(&server.app).await.expect("a demo network");
    server
}

async fn items(server: &Server, path: &str) -> Vec<Value> {
    let page = server.get(path).await.expect(200);
    page["items"].as_array().expect("items").clone()
}

/// The access token of somebody who signs in with the password of the demo.
async fn sign_in(server: &Server, email: &str) -> String {
    let password = json!({"email": email, "password": "sprechstunde-demo"});
    let signed_in = server.post("/v1/auth/token", &password).await.expect(200);
    signed_in["access_token"]
        .as_str()
        .expect("a token")
        .to_owned()
}

async fn appointments(server: &Server, token: &str, from: DateTime<Utc>) -> Vec<Value> {
    let from = from.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let path = format!("/v1/appointments?from={from}&limit=200");
    let answer = Answer::of(server.request(Method::GET, &path).bearer_auth(token)).await;
    answer.expect(200)["items"]
        .as_array()
        .expect("items")
        .clone()
}

async fn counts(server: &Server) -> String {
    let tables = [
        "organisations",
        "accounts",
        "memberships",
        "sites",
        "rooms",
        "counsellors",
        "services",
        "schedules",
        "sessions",
        "appointments",
        "contacts",
        "allocations",
    ];
    let counted = tables.map(|table| format!("(SELECT count(*) FROM {table})"));
    server
        .sql_value(&format!("SELECT ARRAY[{}]", counted.join(", ")))
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_data_base_gets_five_organisations_and_slots_to_book() {
    let server = Server::start().await;
    let loaded = demo::load_if_empty(&server.app).await.expect("no failure");
    let loaded = loaded.expect("a demo network");
    assert_eq!(
        loaded.coordinator(),
        "coordinator@poliklinik-leipzig.example"
    );

    let organisations = items(&server, "/v1/organisations").await;
    let slugs: Vec<_> = organisations.iter().map(|body| &body["slug"]).collect();
    assert_eq!(
        slugs,
        [
            "poliklinik-leipzig",
            "quartierpflege-leipzig",
            "selbsthilfe-sachsen",
            "selbsthilfefreundlichkeit",
            "gesundheitsregion-wolfsburg"
        ]
    );
    assert!(items(&server, "/v1/services?limit=200").await.len() > 25);
    assert!(items(&server, PSYCHOSOCIAL).await.len() >= 100);

    let talks = format!("/v1/slots?service_id={}", loaded.service);
    let slot = items(&server, &talks).await.remove(0);
    let request = server
        .request(Method::POST, "/v1/appointments")
        .header("Idempotency-Key", Uuid::new_v4().to_string());
    let booked = Answer::of(request.json(&json!({"slot_id": slot["id"]}))).await;
    assert_eq!(booked.expect(201)["client"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn loading_again_changes_nothing_and_finishes_what_was_interrupted() {
    let server = Server::start().await;
    demo::load(&server.app).await.expect("a demo network");
    let before = counts(&server).await;
    demo::load(&server.app).await.expect("the same");
    let again = demo::load_if_empty(&server.app).await.expect("no failure");
    assert!(again.is_some(), "a demo stays one");
    assert_eq!(counts(&server).await, before);

    // As if the program had been killed after the accounts.
    let tables = "contacts, appointments, allocations, session_services, sessions, schedules, services,
        counsellors, rooms, sites, resources, memberships, audit_entries, outbox_events, organisations";
    server.sql(&format!("TRUNCATE {tables} CASCADE")).await;
    let finished = demo::load_if_empty(&server.app).await.expect("no failure");
    assert!(finished.is_some());
    assert_eq!(items(&server, "/v1/organisations").await.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_base_that_serves_in_earnest_gets_no_demo() {
    let server = Server::start().await;
    tests::fixtures::People::arrange(&server, "ernst").await;
    let loaded = demo::load_if_empty(&server.app).await.expect("no failure");
    assert!(loaded.is_none());
    assert_eq!(items(&server, "/v1/organisations").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_signs_in_and_no_coordinators_day_is_empty() {
    let server = started_at("2026-12-24T12:40:00Z").await;
    let midnight: DateTime<Utc> = "2026-12-23T23:00:00Z".parse().expect("an instant");
    let loaded = demo::load(&server.app).await.expect("a demo network");
    for sign_in in &loaded.sign_ins {
        let me = server.request(Method::GET, "/v1/me");
        let me = me.bearer_auth(server.token(sign_in.account.uuid()));
        assert_eq!(Answer::of(me).await.expect(200)["email"], sign_in.email);
    }
    for slug in [
        "poliklinik-leipzig",
        "quartierpflege-leipzig",
        "selbsthilfe-sachsen",
        "selbsthilfefreundlichkeit",
        "gesundheitsregion-wolfsburg",
    ] {
        let token = sign_in(&server, &format!("coordinator@{slug}.example")).await;
        let all = appointments(&server, &token, midnight).await;
        let ahead = appointments(&server, &token, server.app.clock.now()).await;
        let on_the_day = |item: &&Value| {
            item["starts_at"]
                .as_str()
                .expect("a start")
                .starts_with("2026-12-24")
        };
        assert!(
            all.iter().filter(on_the_day).count() >= 2,
            "{slug}: {all:#?}"
        );
        assert!(ahead.len() >= 3, "{slug}: {ahead:#?}");
    }
    let token = sign_in(&server, "coordinator@poliklinik-leipzig.example").await;
    let all = appointments(&server, &token, midnight).await;
    for status in ["completed", "no_show", "checked_in", "booked", "cancelled"] {
        assert!(
            all.iter().any(|item| item["status"] == status),
            "{status}: {all:#?}"
        );
    }
    let reachable = all
        .iter()
        .find(|item| item["client"]["email"] != Value::Null);
    assert_eq!(
        reachable.expect("one")["client"]["email"],
        "samir.erfunden@example.org"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_psychosocial_slots_are_free_on_every_day_of_the_year() {
    let instants = [
        "2026-12-31T22:55:00Z",
        "2027-03-26T05:00:00Z",
        "2027-03-28T00:30:00Z",
        "2027-10-31T22:59:30Z",
    ];
    for instant in instants {
        let server = started_at(instant).await;
        let slots = items(&server, PSYCHOSOCIAL).await;
        assert!(slots.len() >= 100, "{} on {instant}", slots.len());
    }
}

/// Whatever the day, somebody falls ill over a booked talk.
#[tokio::test(flavor = "multi_thread")]
async fn there_is_something_that_needs_attention() {
    for instant in [
        "2027-03-27T11:00:00Z",
        "2027-12-31T22:30:00Z",
        "2027-10-29T08:00:00Z",
    ] {
        let server = started_at(instant).await;
        let token = sign_in(&server, "coordinator@poliklinik-leipzig.example").await;
        let request = server
            .request(Method::GET, "/v1/attention")
            .bearer_auth(&token);
        let needs = Answer::of(request).await.expect(200);
        let first = &needs["items"][0];
        assert_eq!(
            first["causes"][0]["reason"], "absence",
            "{instant}: {needs}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_neighbours_meet_every_second_wednesday_in_rooms_of_three_owners() {
    for instant in ["2026-11-25T09:00:00Z", "2027-03-24T23:30:00Z"] {
        let server = started_at(instant).await;
        let owners = "SELECT count(DISTINCT organisation_id) FROM allocations WHERE kind = 'loan'";
        assert_eq!(server.sql_value(owners).await, "3", "{instant}");
        let at_four = "SELECT count(*) FROM meeting_dates
            WHERE (starts_at AT TIME ZONE 'Europe/Berlin')::time = '16:00' AND extract(isodow FROM starts_at) = 3";
        let dates: u32 = server.sql_value(at_four).await.parse().expect("a number");
        assert!(dates >= 10, "{dates} on {instant}");
        tests::invariants::check(&server).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_course_of_the_academy_can_be_booked_at_any_time_of_the_year() {
    // Also when the clocks change, and over New Year.
    for start in [
        "2027-03-25T12:00:00Z",
        "2027-10-20T22:30:00Z",
        "2027-12-20T12:00:00Z",
    ] {
        let server = started_at(start).await;
        let courses = items(&server, "/v1/courses?topic=training").await;
        assert_eq!(courses.len(), 1, "{start}");
        assert_eq!(courses[0]["dates"].as_array().map(Vec::len), Some(4));
        assert_eq!(courses[0]["places_left"], 7, "{start}");
        for date in courses[0]["dates"].as_array().expect("dates") {
            let starts_at = date["starts_at"].as_str().expect("a start");
            assert!(starts_at.contains("T10:00:00"), "{starts_at}");
        }
        let path = format!(
            "/v1/courses/{}/book",
            courses[0]["id"].as_str().expect("an id")
        );
        Answer::of(server.once(&path, &json!({}))).await.expect(201);
        tests::invariants::check(&server).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_keeps_places_for_whom_the_poliklinik_sends() {
    let server = started_at("2026-05-04T07:00:00Z").await;
    demo::load(&server.app).await.expect("nothing more to load");
    let token = sign_in(&server, "coordinator@poliklinik-leipzig.example").await;
    let list = server.request(Method::GET, "/v1/kept-places");
    let kept = Answer::of(list.bearer_auth(&token)).await.expect(200);
    assert_eq!(kept["items"].as_array().expect("items").len(), 1);
    assert_eq!(kept["items"][0]["places"], 2);
    let service = kept["items"][0]["service_id"].as_str().expect("a service");
    let path = format!("/v1/slots?service_id={service}&limit=1");
    let open = &items(&server, &path).await[0];
    let sent = json!({"slot_id": open["id"], "sent_by": kept["items"][0]["partner_id"]});
    let booked = server.once("/v1/appointments", &sent).bearer_auth(&token);
    Answer::of(booked).await.expect(201);
    // It was one of those: everybody else sees as many as before.
    let now = &items(&server, &path).await[0];
    assert_eq!(now["places_left"], open["places_left"]);
}
