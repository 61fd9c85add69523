//! What an operation costs at a distance from the data base.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tests::fixtures::Talks;
use tests::proxy::{Proxy, Record};
use tests::{Answer, Server, postgres};

const ONE_WAY: Duration = Duration::from_millis(50);
const ROUND_TRIP: Duration = Duration::from_millis(100);
/// How often a request is made before it counts.
const WARM_UP: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn every_public_read_is_one_statement_and_one_trip() {
    let (distant, talks) = Distant::start().await;
    let now = distant.server.app.clock.now();
    let week = [now, now + TimeDelta::weeks(1)].map(|at| at.format("%Y-%m-%dT%H:%M:%SZ"));
    let (service, [from, before]) = (talks.service, week);
    let of_a_service = format!("/v1/slots?service_id={service}&from={from}&before={before}");
    for path in [
        of_a_service.as_str(),
        "/v1/slots?topic=psychosocial&language=ar&near=51.34,12.37&within_km=60&limit=20",
        "/v1/services?topic=psychosocial&language=ar",
        "/v1/organisations",
        "/v1/sites",
        "/v1/counsellors",
    ] {
        let found = distant.server.get(path).await.expect(200);
        assert!(!found["items"].as_array().expect("items").is_empty());
        let record = distant
            .cost(|server| server.request(Method::GET, path))
            .await;
        let cost = (record.statements().len(), record.trips());
        assert_eq!(cost, (1, 1), "{path}: {record:?}");
    }
    distant
        .takes(1, |server| server.request(Method::GET, &of_a_service))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_books_in_two_trips() {
    let (distant, talks) = Distant::start().await;
    let mut slots = distant.slots(&talks).await.into_iter();
    let mut next = || slots.next().expect("a slot");
    let record = distant.cost(|server| server.booking(&next())).await;
    assert_eq!(record.trips(), 2, "{record:?}");
    distant.takes(2, |server| server.booking(&next())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_race_costs_one_trip() {
    let (distant, talks) = Distant::start().await;
    let slot = distant.slots(&talks).await.remove(0);
    let record = distant.cost(|server| server.booking(&slot)).await;
    assert_eq!(record.trips(), 1, "{record:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn holding_redeeming_moving_and_cancelling_cost_two_trips_each() {
    let (distant, talks) = Distant::start().await;
    let slots = distant.slots(&talks).await;
    let hold =
        |server: &Server, slot: &Value| server.once("/v1/holds", &json!({"slot_id": slot["id"]}));
    let mut wanted = slots[..6].iter();
    let record = distant
        .cost(|server| hold(server, wanted.next().expect("a slot")))
        .await;
    assert_eq!(record.trips(), 2, "{record:?}");

    let mut holds = Vec::new();
    for slot in &slots[6..12] {
        holds.push(Answer::of(hold(&distant.server, slot)).await.expect(201));
    }
    let mut held = holds.iter();
    let record = distant
        .cost(|server| {
            let hold = held.next().expect("a hold");
            let body = json!({"hold_id": hold["id"], "hold_token": hold["token"]});
            server.once("/v1/appointments", &body)
        })
        .await;
    assert_eq!(record.trips(), 2, "{record:?}");

    let booked = talks.book(&distant.server, &slots[12]).await.expect(201);
    let mut wanted = slots[13..].iter();
    let record = distant
        .cost(|server| server.moving(&booked, wanted.next().expect("a slot")))
        .await;
    assert_eq!(record.trips(), 2, "{record:?}");

    for with_key in [false, true] {
        let mut doomed = distant.booked(&talks).await.into_iter();
        let cancel = |server: &Server| {
            let booked = doomed.next().expect("an appointment");
            let path = path_to(&booked, "/cancel");
            let request = if with_key {
                server.once(&path, &json!({}))
            } else {
                server.request(Method::POST, &path).json(&json!({}))
            };
            let secret = booked["secret"].as_str().expect("a secret");
            request.header("Appointment-Secret", secret)
        };
        let record = distant.cost(cancel).await;
        assert_eq!(record.trips(), 2, "with a key: {with_key}, {record:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_check_in_in_three_trips() {
    let (distant, talks) = Distant::start().await;
    let mut arrived = distant.booked(&talks).await.into_iter();
    distant.server.app.clock.advance(TimeDelta::days(2));
    let check_in = |server: &Server| {
        let path = path_to(&arrived.next().expect("an appointment"), "/check-in");
        let request = server.request(Method::POST, &path);
        let request = request.header("Idempotency-Key", uuid::Uuid::new_v4().to_string());
        request.bearer_auth(server.token(talks.people.coordinator))
    };
    let record = distant.cost(check_in).await;
    assert_eq!(record.trips(), 3, "{record:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_an_appointment_is_one_statement_and_one_trip_for_holders_and_for_staff() {
    let (distant, talks) = Distant::start().await;
    let slot = distant.slots(&talks).await.remove(0);
    let booked = talks.book(&distant.server, &slot).await.expect(201);
    let secret = booked["secret"].as_str().expect("a secret");
    let path = path_to(&booked, "");

    let with_secret = |server: &Server| {
        let request = server.request(Method::GET, &path);
        request.header("Appointment-Secret", secret)
    };
    let record = distant.cost(with_secret).await;
    assert_eq!(
        (record.statements().len(), record.trips()),
        (1, 1),
        "{record:?}"
    );

    let body = json!({"code": booked["code"], "secret": secret});
    let find = |server: &Server| {
        let request = server.request(Method::POST, "/v1/appointments/find");
        request.json(&body)
    };
    let record = distant.cost(find).await;
    assert_eq!(
        (record.statements().len(), record.trips()),
        (1, 1),
        "{record:?}"
    );

    for path in [path.as_str(), "/v1/appointments"] {
        let as_staff = |server: &Server| {
            let request = server.request(Method::GET, path);
            request.bearer_auth(server.token(talks.people.coordinator))
        };
        let record = distant.cost(as_staff).await;
        let cost = (record.statements().len(), record.trips());
        assert_eq!(cost, (1, 1), "{path}: {record:?}");
    }
}

/// A program far away from its data base.
struct Distant {
    server: Server,
    proxy: Proxy,
}

impl Distant {
    async fn start() -> (Self, Talks) {
        let proxy = Proxy::start(&postgres::fresh_database().await).await;
        let server = Server::start_on(&proxy.url).await;
        let talks = Talks::arrange(&server, "poliklinik").await;
        for days in 2..5 {
            let session = uuid::Uuid::now_v7();
            talks
                .add_session(&server, session, talks.counsellor, &[talks.service], days)
                .await;
        }
        server
            .sql("UPDATE sites SET latitude = 51.34, longitude = 12.37")
            .await;
        (Self { server, proxy }, talks)
    }

    async fn slots(&self, talks: &Talks) -> Vec<Value> {
        talks.slots(&self.server).await
    }

    /// As many appointments as it takes to know a cost.
    async fn booked(&self, talks: &Talks) -> Vec<Value> {
        let mut booked = Vec::new();
        for slot in self.slots(talks).await.iter().take(WARM_UP + 1) {
            booked.push(talks.book(&self.server, slot).await.expect(201));
        }
        booked
    }

    /// What the request costs when the program is warm: when it was made before, once with its
    /// statements new and once with them known.
    async fn cost(&self, mut request: impl FnMut(&Server) -> RequestBuilder) -> Record {
        for _ in 0..WARM_UP {
            Answer::of(request(&self.server)).await;
            self.proxy.forget().await;
        }
        let answer = Answer::of(request(&self.server)).await;
        assert!(!answer.status.is_server_error(), "{answer:?}");
        self.proxy.record()
    }

    /// Checks by the clock that a warm request waits for so many trips and no more. What a busy
    /// machine adds varies, so the fastest of a few counts.
    async fn takes(&self, trips: u32, mut request: impl FnMut(&Server) -> RequestBuilder) {
        self.proxy.forget().await;
        self.proxy.set_latency(ONE_WAY);
        let mut fastest = Duration::MAX;
        for _ in 0..5 {
            let started = Instant::now();
            let answer = Answer::of(request(&self.server)).await;
            assert!(answer.status.is_success(), "{answer:?}");
            fastest = fastest.min(started.elapsed());
        }
        let (least, most) = (ROUND_TRIP * trips, ROUND_TRIP * (trips + 1));
        assert!(least <= fastest && fastest < most, "{fastest:?}");
    }
}

fn path_to(booked: &Value, action: &str) -> String {
    let id = booked["id"].as_str().expect("an id");
    format!("/v1/appointments/{id}{action}")
}
