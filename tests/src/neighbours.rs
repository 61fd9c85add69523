//! Neighbours who visit people at home: an organisation with volunteers around one place.

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::circles::{patch, staff};
use crate::fixtures::Talks;
use crate::{Answer, Server};

/// Where all of them set out.
pub const BASE: (f64, f64) = (51.34, 12.37);
/// A kilometre away: ten minutes, as little as any way takes.
pub const NEAR: (f64, f64) = (51.345, 12.38);
/// Four and a half kilometres: 25 minutes.
pub const FARTHER: (f64, f64) = (51.38, 12.37);
/// Thirty kilometres, where nobody goes.
pub const HALLE: (f64, f64) = (51.48, 11.97);

/// An organisation with a service of visits: an hour each, every half hour.
#[derive(Debug, Clone)]
pub struct Neighbours {
    pub talks: Talks,
    pub service: Uuid,
    /// The first is the counsellor of the talks, who signs in.
    pub volunteers: Vec<Uuid>,
}

impl Neighbours {
    /// So many volunteers who go five kilometres, of whom so many come to a visit; all of them have
    /// hours in three days from 09:00 to 17:00 UTC.
    pub async fn arrange(server: &Server, volunteers: usize, come: u8) -> Self {
        let talks = Talks::arrange(server, "quartierpflege").await;
        let administrator = talks.people.administrator;
        let body = json!({
            "organisation_id": talks.people.organisation, "name": {"de": "Nachbarschaftsbesuch"},
            "topic": "neighbourhood_care", "format": "visit", "modalities": ["at_home"], "languages": ["de", "ar"],
            "length_minutes": 60, "start_every_minutes": 30, "travel_minutes_per_km": 4,
            "travel_minimum_minutes": 10, "volunteers": come, "published": true});
        let created = staff(server, Method::POST, "/v1/services", administrator, &body).await;
        let service = id(&created.expect(201)["id"]);
        let mut neighbours = Self {
            talks,
            service,
            volunteers: vec![talks.counsellor],
        };
        neighbours.goes(server, talks.counsellor, 5.0).await;
        for number in 1..volunteers {
            let volunteer = neighbours.add_volunteer(server, number).await;
            neighbours.volunteers.push(volunteer);
        }
        for volunteer in neighbours.volunteers.clone() {
            neighbours
                .add_hours(server, volunteer, at(server, 9), at(server, 17))
                .await;
        }
        neighbours
    }

    async fn add_volunteer(&self, server: &Server, number: usize) -> Uuid {
        let body = json!({
            "organisation_id": self.talks.people.organisation, "display_name": format!("Nachbar {number}"),
            "languages": ["de"], "visits": area(5.0)});
        let administrator = self.talks.people.administrator;
        let created = staff(
            server,
            Method::POST,
            "/v1/counsellors",
            administrator,
            &body,
        )
        .await;
        id(&created.expect(201)["id"])
    }

    /// How far somebody goes from now on.
    pub async fn goes(&self, server: &Server, volunteer: Uuid, within_km: f64) {
        let administrator = self.talks.people.administrator;
        let path = format!("/v1/counsellors/{volunteer}");
        let request = server.request(Method::GET, &path);
        let known = Answer::of(request.bearer_auth(server.token(administrator)))
            .await
            .expect(200);
        let change = json!({"visits": area(within_km)});
        let changed = patch(server, &path, administrator, &known["etag"], &change).await;
        changed.expect(200);
    }

    /// Hours of visits; answers the session.
    pub async fn add_hours(
        &self,
        server: &Server,
        volunteer: Uuid,
        from: DateTime<Utc>,
        before: DateTime<Utc>,
    ) -> Value {
        let body = json!({
            "organisation_id": self.talks.people.organisation, "counsellor_id": volunteer, "site_id": self.talks.site,
            "service_ids": [self.service], "modalities": ["at_home"], "opens_on_holidays": true,
            "starts_at": from, "ends_at": before});
        let coordinator = self.talks.people.coordinator;
        staff(server, Method::POST, "/v1/sessions", coordinator, &body)
            .await
            .expect(201)
    }

    /// The free slots of visits to a place.
    pub async fn slots(&self, server: &Server, place: (f64, f64)) -> Vec<Value> {
        let path = self.search(place);
        let page = server.get(&path).await.expect(200);
        page["items"].as_array().expect("items").clone()
    }

    #[must_use]
    pub fn search(&self, (latitude, longitude): (f64, f64)) -> String {
        let service = self.service;
        format!("/v1/slots?service_id={service}&visit_near={latitude},{longitude}&limit=200")
    }

    /// The free slot of a visit with somebody at that time.
    pub async fn slot(&self, server: &Server, place: (f64, f64), with: Uuid, time: &str) -> Value {
        let slots = self.slots(server, place).await;
        let is_it =
            |slot: &&Value| slot["counsellor_id"] == json!(with) && utc(&slot["starts_at"]) == time;
        slots.iter().find(is_it).expect("a slot").clone()
    }
}

fn id(value: &Value) -> Uuid {
    value.as_str().expect("an id").parse().expect("a UUID")
}

/// What a counsellor says of their visits.
#[must_use]
pub fn area(within_km: f64) -> Value {
    json!({"latitude": BASE.0, "longitude": BASE.1, "within_km": within_km})
}

/// An address at that place.
#[must_use]
pub fn home((latitude, longitude): (f64, f64)) -> Value {
    json!({"street": "Verschwiegener Weg 5", "postal_code": "04317", "city": "Leipzig",
           "latitude": latitude, "longitude": longitude, "hint": "am Hinterhaus klingeln"})
}

/// The hour of the day in three days, in UTC.
#[must_use]
pub fn at(server: &Server, hour: u32) -> DateTime<Utc> {
    let day = (server.app.clock.now() + TimeDelta::days(3)).date_naive();
    day.and_hms_opt(hour, 0, 0).expect("a time").and_utc()
}

/// The time of the day in UTC.
#[must_use]
pub fn utc(instant: &Value) -> String {
    let instant: DateTime<Utc> = instant
        .as_str()
        .expect("an instant")
        .parse()
        .expect("an instant");
    instant.format("%H:%M").to_string()
}

/// The times at which slots with somebody start.
#[must_use]
pub fn starts(slots: &[Value], with: Uuid) -> Vec<String> {
    let theirs = slots
        .iter()
        .filter(|slot| slot["counsellor_id"] == json!(with));
    theirs.map(|slot| utc(&slot["starts_at"])).collect()
}

impl Server {
    /// An anonymous visitor's booking of a visit.
    pub fn visiting(&self, slot: &Value, place: (f64, f64)) -> RequestBuilder {
        self.once(
            "/v1/appointments",
            &json!({"slot_id": slot["id"], "visit": home(place)}),
        )
    }
}
