//! Discussion circles: a group service and its sessions, for an organisation that gives talks.

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::fixtures::Talks;
use crate::{Answer, Server};

/// A group service of that organisation.
#[derive(Debug, Clone, Copy)]
pub struct Circle {
    pub talks: Talks,
    pub service: Uuid,
}

impl Circle {
    /// With so many places, made by its administrator.
    pub async fn arrange(server: &Server, talks: Talks, capacity: u16) -> Self {
        let body = json!({
            "organisation_id": talks.people.organisation, "name": {"de": "Gesprächskreis"}, "topic": "psychosocial",
            "format": "group", "modalities": ["in_person"], "languages": ["de", "ar"], "length_minutes": 90,
            "buffer_before_minutes": 15, "capacity": capacity, "published": true});
        let created = staff(
            server,
            Method::POST,
            "/v1/services",
            talks.people.administrator,
            &body,
        );
        let created = created.await.expect(201);
        let service = created["id"].as_str().expect("an id").parse();
        Self {
            talks,
            service: service.expect("an id"),
        }
    }

    /// A session of two hours, so many days from today at 18:00 UTC; answers it.
    pub async fn add_session(
        &self,
        server: &Server,
        counsellor: Uuid,
        room: Option<Uuid>,
        days: i64,
    ) -> Value {
        self.publish(server, counsellor, room, evening(server, days))
            .await
            .expect(201)
    }

    pub async fn publish(
        &self,
        server: &Server,
        counsellor: Uuid,
        room: Option<Uuid>,
        starts_at: DateTime<Utc>,
    ) -> Answer {
        let body = json!({
            "organisation_id": self.talks.people.organisation, "counsellor_id": counsellor, "site_id": self.talks.site,
            "room_id": room, "service_ids": [self.service], "modalities": ["in_person"], "opens_on_holidays": true,
            "starts_at": starts_at, "ends_at": starts_at + TimeDelta::hours(2)});
        let coordinator = self.talks.people.coordinator;
        staff(server, Method::POST, "/v1/sessions", coordinator, &body).await
    }

    /// What the public sees of its sessions.
    pub async fn slots(&self, server: &Server) -> Vec<Value> {
        self.talks.slots_of(server, self.service).await
    }

    /// The only slot, if there is one.
    pub async fn slot(&self, server: &Server) -> Option<Value> {
        let mut slots = self.slots(server).await;
        assert!(slots.len() < 2, "{slots:?}");
        slots.pop()
    }
}

/// So many days from today at 18:00 UTC.
#[must_use]
pub fn evening(server: &Server, days: i64) -> DateTime<Utc> {
    let day = (server.app.clock.now() + TimeDelta::days(days)).date_naive();
    day.and_hms_opt(18, 0, 0).expect("a time").and_utc()
}

/// A request of somebody who is signed in, under a fresh key.
pub async fn staff(
    server: &Server,
    method: Method,
    path: &str,
    account: Uuid,
    body: &Value,
) -> Answer {
    let request = server.request(method, path);
    let request = request.header("Idempotency-Key", Uuid::new_v4().to_string());
    Answer::of(request.bearer_auth(server.token(account)).json(body)).await
}

/// A change of something that was read.
pub async fn patch(
    server: &Server,
    path: &str,
    account: Uuid,
    etag: &Value,
    body: &Value,
) -> Answer {
    let request = server.request(Method::PATCH, path);
    let request = request.header("If-Match", etag.as_str().expect("an entity tag"));
    let request = request.header("Content-Type", "application/merge-patch+json");
    let request = request.bearer_auth(server.token(account));
    Answer::of(request.body(body.to_string())).await
}
