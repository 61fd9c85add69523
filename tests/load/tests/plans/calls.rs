//! What is asked of the program all day, and what the program then asks of Postgres.

mod besides;
mod waitlist;

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::TimeDelta;
use load::recorder::{Executed, Recorder};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tests::fixtures::Talks;
use tests::{Answer, Server, postgres};
use tokio_postgres::config::{Config, Host};
use uuid::Uuid;

/// A statement as the program prepares it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Heard {
    /// With which role and settings the connection was made.
    pub options: String,
    pub sql: String,
    /// The object ids of the parameters' types.
    pub types: Vec<u32>,
}

/// A program that is listened to.
#[derive(Debug)]
pub struct Scene {
    pub server: Server,
    talks: Talks,
    recorder: Recorder,
    /// With what was asked of the program when it was heard first, as a finding names it.
    heard: BTreeMap<Heard, &'static str>,
}

impl Scene {
    pub async fn arrange() -> Self {
        let url = postgres::fresh_database().await;
        let config: Config = url.parse().expect("a connection string");
        let Some(Host::Unix(socket)) = config.get_hosts().first() else {
            panic!("the tests' Postgres listens on a socket file: {url}");
        };
        let database = config.get_dbname().expect("a data base");
        let socket = socket.display().to_string();
        let recorder = Recorder::start(&socket, database, Duration::ZERO);
        let recorder = recorder.await.expect("a recorder");
        let mut server = Server::start_on(&recorder.url).await;
        // What the test arranges is not the program's doing.
        server.database_url = url;
        let talks = Talks::arrange(&server, "poliklinik").await;
        server
            .sql("UPDATE sites SET latitude = 51.34, longitude = 12.37")
            .await;
        Self {
            server,
            talks,
            recorder,
            heard: BTreeMap::new(),
        }
    }

    /// Everything that is asked often, once.
    pub async fn hear_all(&mut self) -> BTreeMap<Heard, &'static str> {
        self.hear_searches().await;
        self.hear_visitors().await;
        self.hear_besides().await;
        self.hear_staff().await;
        self.hear_waitlist().await;
        std::mem::take(&mut self.heard)
    }

    async fn hear_searches(&mut self) {
        let service = self.talks.service;
        let slots = |what: &str| format!("/v1/slots?{what}");
        for (call, path) in [
            (SLOTS_OF_A_SERVICE, slots(&format!("service_id={service}"))),
            (SLOTS_OF_A_TOPIC, slots("topic=psychosocial")),
            (SLOTS_OF_A_TOPIC, slots("topic=psychosocial&language=ar")),
            (
                SLOTS_OF_A_TOPIC,
                slots("topic=psychosocial&language=ar&near=51.34,12.37&within_km=60"),
            ),
            (
                "services",
                "/v1/services?topic=psychosocial&language=ar".to_owned(),
            ),
            ("organisations", "/v1/organisations".to_owned()),
            ("sites", "/v1/sites".to_owned()),
        ] {
            let found = self.hear(call, self.get(&path)).await;
            assert_ne!(found["items"], json!([]), "{path} finds nothing");
        }
    }

    async fn hear_visitors(&mut self) {
        let slots = self.talks.slots(&self.server).await;
        let request = self
            .server
            .once("/v1/holds", &json!({"slot_id": slots[0]["id"]}));
        let hold = self.hear("hold", request).await;
        let redemption = json!({"hold_id": hold["id"], "hold_token": hold["token"]});
        let request = self.server.once("/v1/appointments", &redemption);
        self.hear("redeem a hold", request).await;

        let wish = json!({"slot_id": slots[3]["id"]});
        let hold = self
            .hear("hold", self.server.once("/v1/holds", &wish))
            .await;
        let path = format!("/v1/holds/{}", hold["id"].as_str().expect("an id"));
        let request = self.server.request(Method::DELETE, &path);
        let token = hold["token"].as_str().expect("a token");
        let request = request.header("Hold-Token", token);
        self.hear("release a hold", request).await;

        let client = json!({"name": "Anna Muster", "email": "anna@example.org"});
        let wish = json!({"slot_id": slots[1]["id"], "client": client});
        let request = self.server.once("/v1/appointments", &wish);
        let booked = self.hear("book", request).await;
        let secret = booked["secret"].as_str().expect("a secret");
        let request = self.get(&path_to(&booked, ""));
        let request = request.header("Appointment-Secret", secret);
        self.hear("read by secret", request).await;
        let keys = json!({"code": booked["code"], "secret": secret});
        let request = self.server.request(Method::POST, "/v1/appointments/find");
        self.hear("find by code", request.json(&keys)).await;
        let request = self.server.moving(&booked, &slots[2]);
        self.hear("reschedule", request).await;
        let request = self
            .server
            .once(&path_to(&booked, "/cancel"), &json!({"reason": "ill"}));
        let request = request.header("Appointment-Secret", secret);
        self.hear("cancel", request).await;
    }

    async fn hear_staff(&mut self) {
        let slots = self.talks.slots(&self.server).await;
        let booked = self.talks.book(&self.server, &slots[0]).await.expect(201);
        let request = self.as_staff(self.get(&path_to(&booked, "")));
        self.hear("read as staff", request).await;
        let wish = json!({"slot_id": slots[1]["id"]});
        let request = self.server.once(&path_to(&booked, "/reschedule"), &wish);
        let request = self.as_staff(request);
        self.hear("reschedule as staff", request).await;
        let counsellor = self.talks.counsellor;
        for path in [
            "/v1/appointments".to_owned(),
            format!("/v1/appointments?counsellor_id={counsellor}&status=booked"),
        ] {
            let day = self.hear("day", self.as_staff(self.get(&path))).await;
            assert_ne!(day["items"], json!([]), "{path} finds nothing");
        }
        let other = self.talks.book(&self.server, &slots[2]).await.expect(201);
        let wish = json!({"reason": "ill"});
        let request = self.server.once(&path_to(&other, "/cancel"), &wish);
        self.hear("cancel as staff", self.as_staff(request)).await;
        self.server.app.clock.advance(TimeDelta::days(2));
        let check_in = self
            .server
            .request(Method::POST, &path_to(&booked, "/check-in"));
        let check_in = check_in.header("Idempotency-Key", Uuid::new_v4().to_string());
        let check_in = self.as_staff(check_in);
        self.hear("check in", check_in).await;
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.server.request(Method::GET, path)
    }

    fn as_staff(&self, request: RequestBuilder) -> RequestBuilder {
        request.bearer_auth(self.server.token(self.talks.people.coordinator))
    }

    async fn hear(&mut self, call: &'static str, request: RequestBuilder) -> Value {
        let answer = self
            .hear_work(call, async |_: &Self| Answer::of(request).await)
            .await;
        assert!(answer.status.is_success(), "{call}: {answer:?}");
        answer.expect(answer.status.as_u16())
    }

    /// What the program asks meanwhile, whoever makes it.
    async fn hear_work<T>(&mut self, call: &'static str, work: impl AsyncFnOnce(&Self) -> T) -> T {
        self.recorder.take().await;
        let done = work(self).await;
        for trip in self.recorder.take().await {
            for executed in trip.statements.into_iter().filter(has_a_plan) {
                let heard = Heard {
                    options: trip.options.clone(),
                    types: executed.values.iter().map(|value| value.oid).collect(),
                    sql: executed.sql,
                };
                self.heard.entry(heard).or_insert(call);
            }
        }
        done
    }
}

pub const SLOTS_OF_A_SERVICE: &str = "slots of a service";
pub const SLOTS_OF_A_TOPIC: &str = "slots of a topic";

fn has_a_plan(executed: &Executed) -> bool {
    let sql = executed.sql.trim_start();
    ["SELECT", "WITH", "INSERT", "UPDATE", "DELETE"]
        .iter()
        .any(|verb| sql.starts_with(verb))
}

fn path_to(booked: &Value, action: &str) -> String {
    let id = booked["id"].as_str().expect("an id");
    format!("/v1/appointments/{id}{action}")
}
