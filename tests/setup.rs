mod archiving;
mod copies;
mod groups;
mod resources;
mod schedules;
mod sites;

use reqwest::Method;
use serde_json::{Value, json};
use tests::fixtures::People;
use tests::{Answer, Server};
use uuid::Uuid;

/// An organisation in Leipzig with one site, one counsellor and one service.
struct Setup {
    people: People,
    site: Uuid,
    counsellor: Uuid,
    service: Uuid,
}

impl Setup {
    async fn arrange(server: &Server) -> Self {
        let mut setup = Self {
            people: People::arrange(server, "ours").await,
            site: Uuid::nil(),
            counsellor: Uuid::nil(),
            service: Uuid::nil(),
        };
        setup.site = setup.create(server, "/v1/sites", &setup.site_body()).await;
        let counsellor = json!({"organisation_id": setup.people.organisation,
            "account_id": setup.people.counsellor, "display_name": "Ada", "languages": ["de"]});
        setup.counsellor = setup.create(server, "/v1/counsellors", &counsellor).await;
        setup.service = setup
            .create(server, "/v1/services", &setup.service_body())
            .await;
        setup
    }

    async fn create(&self, server: &Server, path: &str, body: &Value) -> Uuid {
        let answer = send(server, self.people.administrator, Method::POST, path, body).await;
        id_of(&answer.expect(201))
    }

    async fn schedule(&self, server: &Server) -> Uuid {
        let body = self.schedule_body("FREQ=WEEKLY;BYDAY=MO,WE", "09:00", "12:00");
        self.create(server, "/v1/schedules", &body).await
    }

    fn site_body(&self) -> Value {
        json!({
            "organisation_id": self.people.organisation, "name": {"de": "Stadtteilladen"},
            "street": "Taubestraße 2", "postal_code": "04347", "city": "Leipzig",
            "federal_state": "DE-SN", "time_zone": "Europe/Berlin", "published": true
        })
    }

    fn service_body(&self) -> Value {
        json!({
            "organisation_id": self.people.organisation, "name": {"de": "Beratung"},
            "topic": "psychosocial", "format": "individual", "modalities": ["in_person", "video"],
            "languages": ["de"], "length_minutes": 50, "buffer_after_minutes": 10, "published": true
        })
    }

    fn schedule_body(&self, rule: &str, starts: &str, ends: &str) -> Value {
        json!({
            "organisation_id": self.people.organisation, "counsellor_id": self.counsellor,
            "site_id": self.site, "service_ids": [self.service], "modalities": ["in_person"],
            "rule": rule, "starts": starts, "ends": ends, "valid_from": "2026-01-01"
        })
    }
}

fn id_of(thing: &Value) -> Uuid {
    let id = thing["id"].as_str().expect("an id");
    id.parse().expect("an id")
}

async fn send(server: &Server, account: Uuid, method: Method, path: &str, body: &Value) -> Answer {
    let request = server
        .request(method, path)
        .bearer_auth(server.token(account));
    Answer::of(request.header("If-Match", "*").json(body)).await
}
