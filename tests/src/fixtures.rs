//! What tests start from: an organisation with its people, arranged behind the API's back.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Answer, Server};

/// Accounts of every role in one organisation, and one of the network.
#[derive(Debug, Clone, Copy)]
pub struct People {
    pub organisation: Uuid,
    pub counsellor: Uuid,
    pub coordinator: Uuid,
    pub administrator: Uuid,
    pub network_coordinator: Uuid,
}

impl People {
    pub async fn arrange(server: &Server, slug: &str) -> Self {
        let people = Self {
            organisation: Uuid::now_v7(),
            counsellor: Uuid::now_v7(),
            coordinator: Uuid::now_v7(),
            administrator: Uuid::now_v7(),
            network_coordinator: Uuid::now_v7(),
        };
        let organisation = people.organisation;
        let mut sql = format!(
            "INSERT INTO organisations (id, slug, name, published)
             VALUES ('{organisation}', '{slug}', '{{\"de\": \"{slug}\"}}', true);"
        );
        for (role, account) in people.accounts() {
            let network = role == "network_coordinator";
            sql += &format!(
                "INSERT INTO accounts (id, email, display_name, password_hash, network_coordinator, created_at)
                 VALUES ('{account}', '{role}@{slug}.example', '{role}', '-', {network}, '2026-01-01');"
            );
            if !network {
                sql += &format!(
                    "INSERT INTO memberships VALUES ('{organisation}', '{account}', '{role}');"
                );
            }
        }
        server.sql(&sql).await;
        people
    }

    #[must_use]
    pub fn accounts(&self) -> [(&'static str, Uuid); 4] {
        [
            ("counsellor", self.counsellor),
            ("coordinator", self.coordinator),
            ("administrator", self.administrator),
            ("network_coordinator", self.network_coordinator),
        ]
    }
}

/// An organisation that gives talks: one counsellor, one service of 50 minutes with 10 minutes
/// behind it, and one session in two days from 09:00 to 17:00 UTC: eight slots.
#[derive(Debug, Clone, Copy)]
pub struct Talks {
    pub people: People,
    pub site: Uuid,
    pub counsellor: Uuid,
    pub service: Uuid,
    pub session: Uuid,
}

impl Talks {
    pub async fn arrange(server: &Server, slug: &str) -> Self {
        let people = People::arrange(server, slug).await;
        let talks = Self {
            people,
            site: Uuid::now_v7(),
            counsellor: Uuid::now_v7(),
            service: Uuid::now_v7(),
            session: Uuid::now_v7(),
        };
        let (organisation, site, counsellor) = (people.organisation, talks.site, talks.counsellor);
        let account = people.counsellor;
        server
            .sql(&format!(
                "INSERT INTO resources VALUES ('{organisation}', '{counsellor}', 'counsellor');
                 INSERT INTO sites (organisation_id, id, name, street, postal_code, city, federal_state, time_zone, published)
                 VALUES ('{organisation}', '{site}', '{{\"de\": \"Laden\"}}', 'Weg 1', '04347', 'Leipzig', 'DE-SN', 'Europe/Berlin', true);
                 INSERT INTO counsellors (organisation_id, id, account_id, display_name, languages, published)
                 VALUES ('{organisation}', '{counsellor}', '{account}', 'Ada', '{{de,ar}}', true);"
            ))
            .await;
        talks.add_service(server, talks.service, 50, 60).await;
        talks
            .add_session(server, talks.session, counsellor, &[talks.service], 2)
            .await;
        talks
    }

    /// A service with slots of that length on that grid, the rest of the grid as buffer behind.
    pub async fn add_service(&self, server: &Server, service: Uuid, length: u32, start_every: u32) {
        let (organisation, buffer) = (self.people.organisation, start_every.saturating_sub(length));
        server
            .sql(&format!(
                "INSERT INTO services (organisation_id, id, name, topic, format, modalities, languages, contact_rule,
                     length_minutes, start_every_minutes, buffer_before_minutes, buffer_after_minutes,
                     minimum_notice_minutes, horizon_days, cancellation_deadline_minutes, published)
                 VALUES ('{organisation}', '{service}', '{{\"de\": \"Gespräch\"}}', 'psychosocial', 'individual',
                     '{{in_person,phone}}', '{{de,ar,uk}}', 'optional', {length}, {start_every}, 0, {buffer}, 0, 90, 60, true)"
            ))
            .await;
    }

    /// A session of the counsellor, so many days from today, from 09:00 to 17:00 UTC.
    pub async fn add_session(
        &self,
        server: &Server,
        session: Uuid,
        counsellor: Uuid,
        services: &[Uuid],
        days: i64,
    ) {
        let (organisation, site) = (self.people.organisation, self.site);
        let day = (server.app.clock.now() + TimeDelta::days(days)).date_naive();
        let mut sql = format!(
            "INSERT INTO sessions (organisation_id, id, counsellor_id, site_id, starts_at, ends_at, modalities,
                 opens_on_holidays, status)
             VALUES ('{organisation}', '{session}', '{counsellor}', '{site}', '{day}T09:00Z', '{day}T17:00Z',
                 '{{in_person,phone,video}}', true, 'published');"
        );
        for service in services {
            sql += &format!(
                "INSERT INTO session_services VALUES ('{organisation}', '{session}', '{service}', '{day}T09:00Z');"
            );
        }
        server.sql(&sql).await;
    }

    /// How many talks of the service are given in a week.
    pub async fn cap_weeks(&self, server: &Server, most: Option<u32>) -> Answer {
        let path = format!("/v1/services/{}", self.service);
        let read = server.get(&path).await.expect(200);
        let request = server.request(Method::PATCH, &path);
        let request = request.bearer_auth(server.token(self.people.administrator));
        let request = request.header("If-Match", read["etag"].as_str().expect("an etag"));
        Answer::of(request.json(&json!({"max_per_week": most}))).await
    }

    /// The free slots of the service, as the public sees them.
    pub async fn slots(&self, server: &Server) -> Vec<Value> {
        self.slots_of(server, self.service).await
    }

    pub async fn slots_of(&self, server: &Server, service: Uuid) -> Vec<Value> {
        let page = server
            .get(&format!("/v1/slots?service_id={service}&limit=200"))
            .await
            .expect(200);
        page["items"].as_array().expect("items").clone()
    }

    /// Books a slot as an anonymous visitor.
    pub async fn book(&self, server: &Server, slot: &Value) -> Answer {
        let request = server.request(Method::POST, "/v1/appointments");
        let request = request.header("Idempotency-Key", Uuid::new_v4().to_string());
        Answer::of(request.json(&json!({"slot_id": slot["id"]}))).await
    }
}
