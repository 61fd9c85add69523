//! What is held in person is held by telephone or video for a while, and nobody slips through.

use chrono::TimeDelta;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tests::crowd::at_once;
use tests::fixtures::Talks;
use tests::{Answer, Server, invariants};
use uuid::Uuid;

fn switch(server: &Server, account: Uuid, body: &Value, query: &str) -> RequestBuilder {
    let path = format!("/v1/modality-switches{query}");
    let request = server.request(Method::POST, &path);
    request.bearer_auth(server.token(account)).json(body)
}

/// To video from now on, of the whole organisation.
fn to_video(server: &Server, talks: &Talks) -> Value {
    json!({"organisation_id": talks.people.organisation, "modality": "video",
           "starts_at": server.app.clock.now()})
}

async fn end(server: &Server, talks: &Talks, switched: &Value) -> Value {
    let id = switched["id"].as_str().expect("an id");
    let path = format!("/v1/modality-switches/{id}/end");
    let request = server.request(Method::POST, &path);
    let request = request.bearer_auth(server.token(talks.people.coordinator));
    Answer::of(request).await.expect(200)
}

async fn modality(server: &Server, appointment: &Value) -> String {
    let id = appointment["id"].as_str().expect("an id");
    let read = server.request(Method::GET, &format!("/v1/appointments/{id}"));
    let secret = appointment["secret"].as_str().expect("a secret");
    let read = Answer::of(read.header("Appointment-Secret", secret))
        .await
        .expect(200);
    read["modality"].as_str().expect("a text").to_owned()
}

async fn ways(server: &Server, query: &str) -> Vec<Value> {
    let page = server
        .get(&format!("/v1/slots?limit=200&{query}"))
        .await
        .expect(200);
    let items = page["items"].as_array().expect("items");
    items
        .iter()
        .map(|slot| slot["modalities"].clone())
        .collect()
}

async fn attention(server: &Server, talks: &Talks) -> Vec<String> {
    let request = server.request(Method::GET, "/v1/attention");
    let request = request.bearer_auth(server.token(talks.people.coordinator));
    let page = Answer::of(request).await.expect(200);
    let items = page["items"].as_array().expect("items");
    let causes = items
        .iter()
        .flat_map(|item| item["causes"].as_array().expect("causes").clone());
    causes
        .map(|cause| cause["cause"].as_str().expect("a text").to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_call_switches_a_site_and_one_switches_it_back() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let elsewhere = Talks::arrange(&server, "selbsthilfe").await;
    let slots = talks.slots(&server).await;
    let before = talks.book(&server, &slots[0]).await.expect(201);
    let foreign = elsewhere.slots(&server).await;
    let foreign = elsewhere.book(&server, &foreign[0]).await.expect(201);
    let by_phone = server.once(
        "/v1/appointments",
        &json!({"slot_id": slots[1]["id"], "modality": "phone"}),
    );
    let by_phone = Answer::of(by_phone).await.expect(201);

    let mut body = to_video(&server, &talks);
    body["site_id"] = json!(talks.site);
    let owner = talks.people.administrator;
    let tried = Answer::of(switch(&server, owner, &body, "?dry_run=true"))
        .await
        .expect(200);
    assert_eq!(tried["affected_appointments"], json!([before["id"]]));
    assert_eq!(modality(&server, &before).await, "in_person");
    let switched = Answer::of(switch(&server, talks.people.coordinator, &body, ""))
        .await
        .expect(201);
    assert_eq!(switched["switched_appointments"], json!([before["id"]]));
    assert_eq!(modality(&server, &before).await, "video");
    assert_eq!(modality(&server, &by_phone).await, "phone");
    assert_eq!(modality(&server, &foreign).await, "in_person");

    // The service itself is not offered by video.
    let of_service = format!("service_id={}", talks.service);
    assert_eq!(
        ways(&server, &of_service).await,
        vec![json!(["phone", "video"]); 6]
    );
    assert_eq!(
        ways(&server, &format!("{of_service}&modality=video"))
            .await
            .len(),
        6
    );
    assert_eq!(
        ways(&server, &format!("{of_service}&modality=in_person"))
            .await
            .len(),
        0
    );
    assert_eq!(
        ways(&server, "topic=psychosocial&modality=video")
            .await
            .len(),
        6
    );
    let in_person = json!({"slot_id": slots[2]["id"], "modality": "in_person"});
    let refused = Answer::of(server.once("/v1/appointments", &in_person)).await;
    refused.expect_problem(422, "rule-violated");
    let by_video = json!({"slot_id": slots[2]["id"], "modality": "video"});
    let by_video = Answer::of(server.once("/v1/appointments", &by_video))
        .await
        .expect(201);
    assert_eq!(
        attention(&server, &talks).await,
        ["modality_switched:video"]
    );

    let back = end(&server, &talks, &switched).await;
    assert_eq!(back["switched_appointments"], json!([before["id"]]));
    assert!(back["ended_at"].is_string());
    assert_eq!(modality(&server, &before).await, "in_person");
    assert_eq!(modality(&server, &by_video).await, "video");
    assert_eq!(
        ways(&server, &of_service).await,
        vec![json!(["in_person", "phone"]); 5]
    );
    let told = attention(&server, &talks).await;
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("session_changed:"), "{told:?}");
    let again = end(&server, &talks, &switched).await;
    assert_eq!(again["switched_appointments"], json!([]));
    assert_eq!(again["ended_at"], back["ended_at"]);
    invariants::check_at_the_end(&server).await;
}

/// Of those who book while everything is switched, everybody comes by video: changed, or booked so.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_who_books_meanwhile_slips_through() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    for round in 0..4 {
        let counsellor = talks.add_stage(&server, &[talks.service], None).await;
        let slots = talks.slots_with(&server, talks.service, counsellor).await;
        let mut body = to_video(&server, &talks);
        body["counsellor_id"] = json!(counsellor);
        let mut calls: Vec<_> = slots
            .iter()
            .map(|slot| {
                let body = if round % 2 == 0 {
                    json!({"slot_id": slot["id"]})
                } else {
                    json!({"slot_id": slot["id"], "modality": "in_person"})
                };
                server.once("/v1/appointments", &body)
            })
            .collect();
        calls.insert(3, switch(&server, talks.people.coordinator, &body, ""));
        let calls = at_once(calls.into_iter()).await;
        for call in &calls {
            assert!(
                [201, 422].contains(&call.answer.status.as_u16()),
                "{}",
                call.answer.text
            );
        }
        let left = format!(
            "SELECT count(*) FROM appointments WHERE counsellor_id = '{counsellor}' AND modality = 'in_person'"
        );
        assert_eq!(server.sql_value(&left).await, "0");
        let outside = "SELECT count(*) FROM appointments a JOIN session_services o USING (organisation_id, session_id, service_id)
                       WHERE NOT a.modality = ANY (o.modalities)";
        assert_eq!(server.sql_value(outside).await, "0");
    }
    invariants::check_at_the_end(&server).await;
}

/// What is published meanwhile is switched too, whoever comes first.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_meanwhile_is_switched_too() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let people = talks.people;
    let today = server.app.clock.now().date_naive();
    let schedule = json!({
        "organisation_id": people.organisation, "counsellor_id": talks.counsellor, "site_id": talks.site,
        "service_ids": [talks.service], "modalities": ["in_person"], "rule": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU",
        "starts": "22:00", "ends": "23:30", "valid_from": today});
    for _ in 0..3 {
        let publish = server.request(Method::POST, "/v1/schedules");
        let publish = publish
            .bearer_auth(server.token(people.administrator))
            .json(&schedule);
        let to_video = switch(&server, people.coordinator, &to_video(&server, &talks), "");
        let calls = at_once([publish, to_video].into_iter()).await;
        let switched = calls.iter().find_map(|call| {
            assert_eq!(call.answer.status, 201, "{}", call.answer.text);
            Some(call.answer.json()).filter(|answer| answer["modality"] == "video")
        });
        let in_person = "SELECT count(*) FROM session_services WHERE ends_at > now() AND 'in_person' = ANY (modalities)";
        assert_eq!(server.sql_value(in_person).await, "0");
        end(&server, &talks, &switched.expect("a switch")).await;
        let video = "SELECT count(*) FROM session_services WHERE starts_at > now() AND 'video' = ANY (modalities)";
        assert_eq!(server.sql_value(video).await, "0");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_of_several_decides_and_what_it_hid_comes_back() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let slots = talks.slots(&server).await;
    let booked = talks.book(&server, &slots[0]).await.expect(201);
    let of_all = to_video(&server, &talks);
    let mut of_one = to_video(&server, &talks);
    of_one["counsellor_id"] = json!(talks.counsellor);
    of_one["modality"] = json!("phone");
    let key = Uuid::new_v4().to_string();
    let send = async |body: &Value| {
        let request = switch(&server, talks.people.coordinator, body, "");
        Answer::of(request.header("Idempotency-Key", &key)).await
    };
    let first = send(&of_all).await.expect(201);
    assert_eq!(send(&of_all).await.expect(201), first);
    send(&of_one)
        .await
        .expect_problem(422, "idempotency-key-reused");
    // Counsellors switch their own calendar, and nothing else.
    let counsellor = talks.people.counsellor;
    let second = Answer::of(switch(&server, counsellor, &of_one, ""))
        .await
        .expect(201);
    Answer::of(switch(&server, counsellor, &of_all, ""))
        .await
        .expect_problem(403, "forbidden");
    assert_eq!(modality(&server, &booked).await, "phone");
    end(&server, &talks, &second).await;
    assert_eq!(modality(&server, &booked).await, "video");
    end(&server, &talks, &first).await;
    assert_eq!(modality(&server, &booked).await, "in_person");
    let traces = "SELECT count(*) FROM outbox_events WHERE kind = 'appointment.modality-switched'";
    assert_eq!(server.sql_value(traces).await, "4");
    let traces = "SELECT count(*) FROM audit_entries WHERE action = 'switch-modality' AND fields = '{modality}'";
    assert_eq!(server.sql_value(traces).await, "4");
}

/// Sessions are switched as a whole: those that overlap the span, however late in the night.
#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_overlap_the_span_are_switched_and_no_others() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let organisation = talks.people.organisation;
    let midnight = (server.app.clock.now() + TimeDelta::days(9)).date_naive();
    // Local midnights around the end of a day, of which some lie beside the span.
    let mut sessions = Vec::new();
    for (from, before) in [(-2, 0), (-1, 1), (22, 25), (24, 26)] {
        let session = Uuid::now_v7();
        let (counsellor, site, service) = (talks.counsellor, talks.site, talks.service);
        server.sql(&format!(
            "INSERT INTO sessions (organisation_id, id, counsellor_id, site_id, starts_at, ends_at, modalities, status)
             VALUES ('{organisation}', '{session}', '{counsellor}', '{site}', '{midnight}T00:00Z'::timestamptz + interval '{from} hours',
                 '{midnight}T00:00Z'::timestamptz + interval '{before} hours', '{{in_person}}', 'published');
             INSERT INTO session_services SELECT organisation_id, id, '{service}', starts_at FROM sessions WHERE id = '{session}'"
        )).await;
        sessions.push(session);
    }
    let mut body = to_video(&server, &talks);
    body["service_id"] = json!(talks.service);
    body["starts_at"] = json!(format!("{midnight}T00:00:00Z"));
    body["ends_at"] = json!(format!("{}T00:00:00Z", midnight.succ_opt().expect("a day")));
    Answer::of(switch(&server, talks.people.coordinator, &body, ""))
        .await
        .expect(201);
    let mut held = Vec::new();
    for session in sessions {
        let way =
            format!("SELECT modalities[1] FROM session_services WHERE session_id = '{session}'");
        held.push(server.sql_value(&way).await);
    }
    assert_eq!(held, ["in_person", "video", "video", "in_person"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switch_that_cannot_be_is_refused_and_says_why() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let good = to_video(&server, &talks);
    for (field, value, pointer) in [
        ("modality", json!("in_person"), "/modality"),
        ("modality", json!("at_home"), "/modality"),
        ("modality", json!("smoke"), "/modality"),
        ("ends_at", good["starts_at"].clone(), "/ends_at"),
        ("starts_at", json!("1960-01-01T00:00:00Z"), "/ends_at"),
        ("site_id", json!(Uuid::now_v7()), "/site_id"),
        ("counsellor_id", json!(Uuid::now_v7()), "/counsellor_id"),
    ] {
        let mut body = good.clone();
        body[field] = value;
        let refused = Answer::of(switch(&server, talks.people.administrator, &body, "")).await;
        let problem = refused.expect_problem(422, "rule-violated");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    let mut two = good.clone();
    two["site_id"] = json!(talks.site);
    two["service_id"] = json!(talks.service);
    let refused = Answer::of(switch(&server, talks.people.administrator, &two, "")).await;
    refused.expect_problem(422, "rule-violated");
    assert_eq!(
        server
            .sql_value("SELECT count(*) FROM modality_switches")
            .await,
        "0"
    );
}
