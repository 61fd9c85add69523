use chrono::Datelike;
use reqwest::Method;
use serde_json::{Value, json};
use tests::circles::staff;
use tests::fixtures::Talks;
use tests::lending::{at, id};
use tests::{Answer, Server};
use uuid::Uuid;

/// Talks of an organisation in a room, on a day of their own.
pub struct Stage {
    pub talks: Talks,
    pub service: Uuid,
    pub session: Uuid,
}

impl Stage {
    /// Eight slots of 50 minutes and 10 behind them, in four days from 09:00 UTC on.
    pub async fn arrange(server: &Server, talks: Talks, room: Uuid) -> Self {
        let service = Uuid::now_v7();
        talks.add_service(server, service, 50, 60).await;
        let session = Self::publish(server, &talks, service, Some(room), 4).await;
        Self {
            talks,
            service,
            session,
        }
    }

    pub async fn publish(
        server: &Server,
        talks: &Talks,
        service: Uuid,
        room: Option<Uuid>,
        days: i64,
    ) -> Uuid {
        let body = json!({"organisation_id": talks.people.organisation, "counsellor_id": talks.counsellor,
            "site_id": talks.site, "room_id": room, "service_ids": [service], "modalities": ["in_person"],
            "opens_on_holidays": true, "starts_at": at(server, days, 9), "ends_at": at(server, days, 17)});
        let made = staff(
            server,
            Method::POST,
            "/v1/sessions",
            talks.people.coordinator,
            &body,
        )
        .await;
        id(&made.expect(201))
    }

    pub async fn slots(&self, server: &Server) -> Vec<Value> {
        self.talks.slots_of(server, self.service).await
    }

    /// The hours, UTC, at which slots start; a search by topic finds the same.
    pub async fn hours(&self, server: &Server) -> Vec<String> {
        let hours = |slots: &[Value]| -> Vec<String> {
            let starts = slots
                .iter()
                .filter(|slot| slot["service_id"] == json!(self.service));
            starts
                .map(|slot| {
                    let start = slot["starts_at"].as_str().expect("a start");
                    let start: chrono::DateTime<chrono::Utc> = start.parse().expect("an instant");
                    start.format("%H").to_string()
                })
                .collect()
        };
        let found = hours(&self.slots(server).await);
        let organisation = self.talks.people.organisation;
        let by_topic =
            format!("/v1/slots?topic=psychosocial&organisation_id={organisation}&limit=200");
        let by_topic = server.get(&by_topic).await.expect(200);
        assert_eq!(hours(by_topic["items"].as_array().expect("items")), found);
        found
    }

    pub async fn book(&self, server: &Server, slot: &Value) -> Answer {
        self.talks.book(server, slot).await
    }

    /// A series of so many weeks that begins with the first slot.
    pub fn weekly(&self, server: &Server, slot: &Value, count: u32) -> Value {
        let day = at(server, 4, 9).weekday().to_string().to_uppercase();
        let rule = format!("FREQ=WEEKLY;BYDAY={};COUNT={count}", &day[..2]);
        json!({"slot_id": slot["id"], "rule": rule})
    }
}
