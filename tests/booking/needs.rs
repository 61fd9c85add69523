//! What a talk takes beside its counsellor: a room with a feature, an interpreter, equipment. There
//! are five counsellors with the same hours, and less of everything else.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tests::crowd::{at_once, tally};
use tests::fixtures::Talks;
use tests::invariants;
use tests::{Answer, Server};
use uuid::Uuid;

use super::search::page;

const COUNSELLORS: usize = 5;

struct Team {
    talks: Talks,
}

impl Team {
    async fn arrange(server: &Server) -> Self {
        let talks = Talks::arrange(server, "poliklinik").await;
        for _ in 1..COUNSELLORS {
            let body = json!({"display_name": "Nour", "languages": ["de"]});
            let colleague = create(server, &talks, "counsellors", body).await;
            let services = [talks.service];
            talks
                .add_session(server, Uuid::now_v7(), colleague, &services, 2)
                .await;
        }
        Self { talks }
    }

    /// Asks for the service to need something.
    async fn need(&self, server: &Server, patch: &Value) -> Answer {
        let path = format!("/v1/services/{}", self.talks.service);
        let as_administrator = |method| {
            let request = server.request(method, &path);
            request.bearer_auth(server.token(self.talks.people.administrator))
        };
        let known = Answer::of(as_administrator(Method::GET)).await;
        let patched = as_administrator(Method::PATCH)
            .header("If-Match", known.header("etag"))
            .header("Content-Type", "application/merge-patch+json");
        Answer::of(patched.body(patch.to_string())).await
    }

    async fn equipment(&self, server: &Server, pieces: u8) -> Uuid {
        let body = json!({"name": "Höranlage", "pieces": pieces});
        create(server, &self.talks, "equipment", body).await
    }

    /// The slots of the first hour, one of each counsellor while everything needed is free.
    async fn first_hour(&self, server: &Server, wish: &str) -> Vec<Value> {
        let query = format!("service_id={}&limit=200{wish}", self.talks.service);
        let found = page(server, &query).await;
        let items = found["items"].as_array().expect("items").clone();
        let is_first = |slot: &Value| {
            slot["starts_at"]
                .as_str()
                .is_some_and(|at| at.contains("T10:00"))
        };
        items.into_iter().filter(is_first).collect()
    }
}

async fn create(server: &Server, talks: &Talks, kind: &str, mut body: Value) -> Uuid {
    body["organisation_id"] = json!(talks.people.organisation);
    let request = server.request(Method::POST, &format!("/v1/{kind}"));
    let request = request.bearer_auth(server.token(talks.people.administrator));
    let created = Answer::of(request.json(&body)).await.expect(201);
    created["id"]
        .as_str()
        .expect("an id")
        .parse()
        .expect("a UUID")
}

fn booking(server: &Server, slot: &Value, with: &Value) -> RequestBuilder {
    let mut body = with.clone();
    body["slot_id"] = slot["id"].clone();
    let request = server.request(Method::POST, "/v1/appointments");
    request
        .header("Idempotency-Key", Uuid::new_v4().to_string())
        .json(&body)
}

/// Everybody wants the first hour, with another counsellor each; so many can have it.
async fn race(server: &Server, slots: &[Value], with: &Value, winners: usize) -> Vec<Value> {
    let calls = at_once(slots.iter().map(|slot| booking(server, slot, with))).await;
    let told = tally(calls.iter().map(|call| &call.answer));
    let expected = [
        ("201".to_owned(), winners),
        ("409 slot-taken".to_owned(), slots.len() - winners),
    ];
    assert_eq!(told, expected.into());
    invariants::check(server).await;
    let won = calls.into_iter().filter(|call| call.answer.status == 201);
    won.map(|call| call.answer.json()).collect()
}

async fn cancel(server: &Server, appointment: &Value) {
    let path = format!(
        "/v1/appointments/{}/cancel",
        appointment["id"].as_str().expect("an id")
    );
    let request = server.request(Method::POST, &path);
    let request = request.header(
        "Appointment-Secret",
        appointment["secret"].as_str().expect("a secret"),
    );
    Answer::of(request.json(&json!({}))).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_pieces_serve_two_talks_at_a_time_however_many_ask() {
    let server = Server::start().await;
    let team = Team::arrange(&server).await;
    let equipment = team.equipment(&server, 2).await;
    let needed = json!({"equipment": [{"equipment_id": equipment, "pieces": 1}]});
    team.need(&server, &needed).await.expect(200);

    let slots = team.first_hour(&server, "").await;
    assert_eq!(slots.len(), COUNSELLORS);
    let booked = race(&server, &slots, &json!({}), 2).await;
    assert_eq!(
        team.first_hour(&server, "").await.len(),
        0,
        "no piece is left"
    );

    cancel(&server, &booked[0]).await;
    let left = team.first_hour(&server, "").await;
    assert_eq!(left.len(), COUNSELLORS - 1, "one piece came back");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_only_interpreter_is_booked_once_and_goes_where_the_talk_goes() {
    let server = Server::start().await;
    let team = Team::arrange(&server).await;
    let body = json!({"display_name": "Olena", "languages": ["de"], "interprets": ["uk"]});
    let interpreter = create(&server, &team.talks, "counsellors", body).await;
    let with = "&interpreter_language=uk";
    assert_eq!(
        team.first_hour(&server, with).await.len(),
        0,
        "the service books nobody"
    );
    team.need(&server, &json!({"books_interpreters": true}))
        .await
        .expect(200);
    assert_eq!(
        team.first_hour(&server, "&interpreter_language=ar")
            .await
            .len(),
        0
    );

    let slots = team.first_hour(&server, with).await;
    assert_eq!(slots.len(), COUNSELLORS);
    let wanted = json!({"language": "uk", "interpreter_needed": true});
    let booked = race(&server, &slots, &wanted, 1).await.remove(0);
    assert_eq!(booked["interpreter_id"], json!(interpreter));
    assert_eq!(team.first_hour(&server, with).await.len(), 0);
    assert_eq!(
        team.first_hour(&server, "").await.len(),
        COUNSELLORS - 1,
        "others need nobody"
    );

    let later = page(&server, &format!("service_id={}{with}", team.talks.service)).await;
    let path = format!(
        "/v1/appointments/{}/reschedule",
        booked["id"].as_str().expect("an id")
    );
    let request = server.request(Method::POST, &path);
    let request = request.header(
        "Appointment-Secret",
        booked["secret"].as_str().expect("a secret"),
    );
    let moved = Answer::of(request.json(&json!({"slot_id": later["items"][0]["id"]}))).await;
    assert_eq!(moved.expect(200)["interpreter_id"], json!(interpreter));
    assert_eq!(
        team.first_hour(&server, with).await.len(),
        COUNSELLORS,
        "free again at ten"
    );
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_free_room_that_has_the_feature_is_chosen_and_told() {
    let server = Server::start().await;
    let team = Team::arrange(&server).await;
    let room = |name: &'static str, features: &'static [&'static str]| {
        let body = json!({"site_id": team.talks.site, "name": name, "features": features});
        create(&server, &team.talks, "rooms", body)
    };
    room("Kammer", &[]).await;
    let halls = [
        room("Saal", &["wheelchair"]).await,
        room("Halle", &["wheelchair", "quiet"]).await,
    ];
    let needed = json!({"needs_room": true, "room_features": ["wheelchair"]});
    team.need(&server, &needed).await.expect(200);

    let slots = team.first_hour(&server, "").await;
    let booked = race(&server, &slots, &json!({}), 2).await;
    let mut rooms: Vec<_> = booked.iter().map(|it| it["room_id"].clone()).collect();
    rooms.sort_by_key(ToString::to_string);
    assert_eq!(rooms, halls.map(|hall| json!(hall)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_keeps_what_the_talk_needs_until_it_is_redeemed() {
    let server = Server::start().await;
    let team = Team::arrange(&server).await;
    let equipment = team.equipment(&server, 1).await;
    let needed = json!({"equipment": [{"equipment_id": equipment, "pieces": 1}]});
    team.need(&server, &needed).await.expect(200);
    let slots = team.first_hour(&server, "").await;

    let request = server.request(Method::POST, "/v1/holds");
    let request = request.header("Idempotency-Key", Uuid::new_v4().to_string());
    let held = Answer::of(request.json(&json!({"slot_id": slots[0]["id"]}))).await;
    let held = held.expect(201);
    let refused = Answer::of(booking(&server, &slots[1], &json!({}))).await;
    refused.expect_problem(409, "slot-taken");
    let request = server.request(Method::POST, "/v1/appointments");
    let request = request.header("Idempotency-Key", Uuid::new_v4().to_string());
    let body = json!({"hold_id": held["id"], "hold_token": held["token"]});
    Answer::of(request.json(&body)).await.expect(201);
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_needed_is_absent_closed_or_archived_like_everything_else() {
    let server = Server::start().await;
    let team = Team::arrange(&server).await;
    let body = json!({"display_name": "Olena", "languages": ["de"], "interprets": ["uk"]});
    let interpreter = create(&server, &team.talks, "counsellors", body).await;
    team.need(&server, &json!({"books_interpreters": true}))
        .await
        .expect(200);
    let with = "&interpreter_language=uk";
    let slot = team.first_hour(&server, with).await.remove(0);
    let absence = json!({"counsellor_id": interpreter, "starts_at": slot["starts_at"], "ends_at": slot["ends_at"]});
    create(&server, &team.talks, "absences", absence).await;
    assert_eq!(team.first_hour(&server, with).await.len(), 0);
    assert_eq!(team.first_hour(&server, "").await.len(), COUNSELLORS);

    let foreign = json!({"equipment": [{"equipment_id": Uuid::now_v7(), "pieces": 1}]});
    let refused = team.need(&server, &foreign).await;
    refused.expect_problem(422, "rule-violated");
    let pieces =
        json!({"equipment": [{"equipment_id": team.equipment(&server, 1).await, "pieces": 0}]});
    team.need(&server, &pieces)
        .await
        .expect_problem(422, "rule-violated");
    let features = json!({"room_features": ["wheelchair"]});
    team.need(&server, &features)
        .await
        .expect_problem(422, "rule-violated");
}

/// What the coordinator has to look after: the reasons, of each appointment.
async fn attention(server: &Server, team: &Team) -> Vec<Value> {
    let request = server.request(Method::GET, "/v1/attention");
    let request = request.bearer_auth(server.token(team.talks.people.coordinator));
    let page = Answer::of(request).await.expect(200);
    page["items"].as_array().expect("items").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_that_was_chosen_rests_on_no_session() {
    let server = Server::start().await;
    let team = Team::arrange(&server).await;
    let body = json!({"site_id": team.talks.site, "name": "Saal"});
    create(&server, &team.talks, "rooms", body).await;
    let needed = json!({"needs_room": true});
    team.need(&server, &needed).await.expect(200);
    let slot = team.first_hour(&server, "").await.remove(0);
    let booked = Answer::of(booking(&server, &slot, &json!({}))).await;
    assert!(booked.expect(201)["room_id"].is_string());
    assert_eq!(attention(&server, &team).await, [] as [Value; 0]);

    let session = slot["session_id"].as_str().expect("an id");
    let path = format!("/v1/sessions/{session}");
    let as_coordinator = |method| {
        let request = server.request(method, &path);
        request.bearer_auth(server.token(team.talks.people.coordinator))
    };
    let known = Answer::of(as_coordinator(Method::GET)).await;
    let patched = as_coordinator(Method::PATCH)
        .header("If-Match", known.header("etag"))
        .header("Content-Type", "application/merge-patch+json")
        .body(json!({"opens_on_holidays": false}).to_string());
    let patched = Answer::of(patched).await.expect(200);
    assert_eq!(patched["affected_appointments"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_interprets_is_missed_when_they_are_away() {
    let server = Server::start().await;
    let team = Team::arrange(&server).await;
    let body = json!({"display_name": "Olena", "languages": ["de"], "interprets": ["uk"]});
    let interpreter = create(&server, &team.talks, "counsellors", body).await;
    let needed = json!({"books_interpreters": true});
    team.need(&server, &needed).await.expect(200);
    let with = "&interpreter_language=uk";
    let slot = team.first_hour(&server, with).await.remove(0);
    let wanted = json!({"language": "uk", "interpreter_needed": true});
    let booked = Answer::of(booking(&server, &slot, &wanted))
        .await
        .expect(201);

    let absence = json!({"counsellor_id": interpreter, "starts_at": slot["starts_at"], "ends_at": slot["ends_at"],
        "organisation_id": team.talks.people.organisation});
    let request = server.request(Method::POST, "/v1/absences?dry_run=true");
    let request = request.bearer_auth(server.token(team.talks.people.coordinator));
    let preview = Answer::of(request.json(&absence)).await.expect(200);
    assert_eq!(preview["affected_appointments"], json!([booked["id"]]));
    create(&server, &team.talks, "absences", absence).await;
    let listed = attention(&server, &team).await;
    assert_eq!(listed.len(), 1, "{listed:?}");
}
