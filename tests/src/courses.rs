//! Courses: a service, its dates and the course that they make, for an organisation that gives talks.

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::circles::{evening, staff};
use crate::fixtures::Talks;
use crate::{Answer, Server};

/// A course of two dates, in five and in twelve days.
#[derive(Debug, Clone)]
pub struct Course {
    pub talks: Talks,
    pub service: Uuid,
    pub id: Uuid,
    pub sessions: Vec<Uuid>,
}

impl Course {
    /// With so many places, made by the people of the organisation.
    pub async fn arrange(server: &Server, talks: Talks, capacity: u16) -> Self {
        let service = add_service(server, talks, &json!({"capacity": capacity})).await;
        let mut course = Self {
            talks,
            service,
            id: Uuid::nil(),
            sessions: Vec::new(),
        };
        for days in [5, 12] {
            let session = course.add_session(server, days).await;
            course.sessions.push(session);
        }
        let created = course.create(server, json!({})).await.expect(201);
        course.id = id_of(&created);
        course
    }

    /// A session of the service, so many days from today at 18:00 UTC, of an hour and a half.
    pub async fn add_session(&self, server: &Server, days: i64) -> Uuid {
        let counsellor = self.talks.counsellor;
        let published = self
            .publish(server, counsellor, evening(server, days))
            .await;
        id_of(&published.expect(201))
    }

    pub async fn publish(
        &self,
        server: &Server,
        counsellor: Uuid,
        starts_at: DateTime<Utc>,
    ) -> Answer {
        let body = json!({
            "organisation_id": self.talks.people.organisation, "counsellor_id": counsellor, "site_id": self.talks.site,
            "service_ids": [self.service], "modalities": ["video"], "opens_on_holidays": true,
            "starts_at": starts_at, "ends_at": starts_at + TimeDelta::minutes(90)});
        let coordinator = self.talks.people.coordinator;
        staff(server, Method::POST, "/v1/sessions", coordinator, &body).await
    }

    /// Another course of the same dates, unless told otherwise.
    pub async fn create(&self, server: &Server, besides: Value) -> Answer {
        let mut body = json!({
            "organisation_id": self.talks.people.organisation, "service_id": self.service, "published": true,
            "title": {"de": "Digital durchstarten in der Selbsthilfe!"}, "session_ids": self.sessions});
        let object = body.as_object_mut().expect("an object");
        object.extend(besides.as_object().expect("an object").clone());
        let coordinator = self.talks.people.coordinator;
        staff(server, Method::POST, "/v1/courses", coordinator, &body).await
    }

    /// What the public sees.
    pub async fn look(&self, server: &Server) -> Value {
        server
            .get(&format!("/v1/courses/{}", self.id))
            .await
            .expect(200)
    }

    /// What its coordinator sees.
    pub async fn look_as_staff(&self, server: &Server) -> Value {
        let request = server.request(Method::GET, &format!("/v1/courses/{}", self.id));
        let token = server.token(self.talks.people.coordinator);
        Answer::of(request.bearer_auth(token)).await.expect(200)
    }

    /// An anonymous visitor's booking.
    pub fn booking(&self, server: &Server) -> RequestBuilder {
        server.once(&format!("/v1/courses/{}/book", self.id), &json!({}))
    }

    pub async fn book(&self, server: &Server) -> Answer {
        Answer::of(self.booking(server)).await
    }
}

/// A service of the format course, with what else is told.
pub async fn add_service(server: &Server, talks: Talks, besides: &Value) -> Uuid {
    let mut body = json!({
        "organisation_id": talks.people.organisation, "name": {"de": "Online-Reihe"}, "topic": "training",
        "format": "course", "modalities": ["video"], "languages": ["de", "ar"], "length_minutes": 90,
        "cancellation_deadline_minutes": 60, "published": true});
    let object = body.as_object_mut().expect("an object");
    object.extend(besides.as_object().expect("an object").clone());
    let administrator = talks.people.administrator;
    let created = staff(server, Method::POST, "/v1/services", administrator, &body).await;
    id_of(&created.expect(201))
}

/// The id of what was answered.
#[must_use]
pub fn id_of(answer: &Value) -> Uuid {
    answer["id"]
        .as_str()
        .expect("an id")
        .parse()
        .expect("an id")
}

/// What the holder of a series asks.
pub fn as_holder(server: &Server, series: &Value, path: &str, body: &Value) -> RequestBuilder {
    let secret = series["secret"].as_str().expect("a secret");
    server.once(path, body).header("Appointment-Secret", secret)
}

/// Cancels everything that is still to come of it.
pub async fn cancel(server: &Server, series: &Value) -> Answer {
    let path = format!("/v1/series/{}/cancel", id_of(series));
    Answer::of(as_holder(server, series, &path, &json!({}))).await
}
