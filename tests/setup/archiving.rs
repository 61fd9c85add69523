//! Whom it strands to archive something is told before.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::Server;
use tests::fixtures::Talks;
use uuid::Uuid;

use super::{id_of, send};

/// Talks in a room; answers its path, too.
async fn in_a_room(server: &Server) -> (Talks, String) {
    let talks = Talks::arrange(server, "talks").await;
    let body =
        json!({"organisation_id": talks.people.organisation, "site_id": talks.site, "name": "R"});
    let administrator = talks.people.administrator;
    let created = send(server, administrator, Method::POST, "/v1/rooms", &body).await;
    let room = id_of(&created.expect(201));
    let session = talks.session;
    server
        .sql(&format!(
            "UPDATE sessions SET room_id = '{room}' WHERE id = '{session}'"
        ))
        .await;
    (talks, format!("/v1/rooms/{room}"))
}

async fn archive(server: &Server, talks: &Talks, path: &str) -> (StatusCode, Value) {
    let administrator = talks.people.administrator;
    let answer = send(server, administrator, Method::DELETE, path, &json!({})).await;
    let status = answer.status;
    let body = if answer.text.is_empty() {
        Value::Null
    } else {
        answer.json()
    };
    (status, body)
}

#[tokio::test(flavor = "multi_thread")]
async fn archiving_can_be_tried_first() {
    let server = Server::start().await;
    let (talks, room) = in_a_room(&server).await;
    let mut slots = talks.slots(&server).await;
    let visited = id_of(&talks.book(&server, &slots.remove(0)).await.expect(201));
    let cancelled = id_of(&talks.book(&server, &slots.remove(0)).await.expect(201));
    let cancel = format!("/v1/appointments/{cancelled}/cancel");
    let coordinator = talks.people.coordinator;
    let reason = json!({"reason": "ill"});
    send(&server, coordinator, Method::POST, &cancel, &reason)
        .await
        .expect(200);

    // Who may not read them learns their ids alone.
    let affected = json!({"affected_appointments": [visited], "stranded": [], "lent_uses": []});
    let idle = Uuid::now_v7();
    talks.add_service(&server, idle, 50, 60).await;
    for (path, affected) in [
        (format!("/v1/counsellors/{}", talks.counsellor), &affected),
        (format!("/v1/services/{}", talks.service), &affected),
        (format!("/v1/sites/{}", talks.site), &affected),
        (room, &affected),
        (
            format!("/v1/services/{idle}"),
            &json!({"affected_appointments": [], "stranded": [], "lent_uses": []}),
        ),
        (
            format!("/v1/organisations/{}", talks.people.organisation),
            &affected,
        ),
    ] {
        let dry = format!("{path}?dry_run=true");
        let preview = archive(&server, &talks, &dry).await;
        assert_eq!(preview, (StatusCode::OK, affected.clone()), "{path}");
        // Nothing was stored: it is there to be archived.
        let archived = archive(&server, &talks, &path).await;
        assert_eq!(archived, (StatusCode::NO_CONTENT, Value::Null), "{path}");
    }
}

/// Who books takes the same locks: so archiving waits for whoever has them.
#[tokio::test(flavor = "multi_thread")]
async fn archiving_waits_for_bookings_under_way() {
    let server = Server::start().await;
    let (talks, room) = in_a_room(&server).await;
    for path in [
        format!("/v1/counsellors/{}", talks.counsellor),
        format!("/v1/services/{}", talks.service),
        format!("/v1/sites/{}", talks.site),
        room,
    ] {
        let mut booking = tests::postgres::connect(&server.database_url).await;
        let held = booking.transaction().await.expect("a transaction");
        held.batch_execute("SELECT id FROM resources ORDER BY id FOR NO KEY UPDATE")
            .await
            .expect("locks");
        let archiving = archive(&server, &talks, &path);
        let hasty = std::time::Duration::from_millis(300);
        let mut archiving = std::pin::pin!(archiving);
        let early = tokio::time::timeout(hasty, archiving.as_mut()).await;
        assert!(early.is_err(), "{path} did not wait");
        held.rollback().await.expect("no locks");
        assert_eq!(archiving.await.0, StatusCode::NO_CONTENT, "{path}");
    }
}

/// A coordinator sees of each whether its visitor can be told.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_read_the_appointments_learns_who_can_be_told() {
    let server = Server::start().await;
    let (talks, room) = in_a_room(&server).await;
    let slots = talks.slots(&server).await;
    let mut booked = Vec::new();
    for (slot, client) in slots.iter().zip([
        json!({}),
        json!({"name": "Erfunden"}),
        json!({"email": "erfunden@example.org"}),
        json!({"phone": "+49 341 0000001"}),
    ]) {
        let wish = json!({"slot_id": slot["id"], "client": client});
        let answer = tests::Answer::of(server.once("/v1/appointments", &wish)).await;
        booked.push(answer.expect(201));
    }
    let path = format!("{room}?dry_run=true");
    let coordinator = talks.people.coordinator;
    let preview = send(&server, coordinator, Method::DELETE, &path, &json!({})).await;
    let preview = preview.expect(200);
    let stranded = preview["stranded"].as_array().expect("a list");
    for (one, booked) in stranded.iter().zip(&booked) {
        for same in ["id", "code", "service_id", "starts_at"] {
            assert_eq!(one[same], booked[same], "{same}");
        }
    }
    let told: Vec<_> = stranded.iter().map(|one| &one["can_be_told"]).collect();
    assert_eq!(told, [false, false, true, true]);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_a_site_and_a_service_can_be_tried_first() {
    let server = Server::start().await;
    let (talks, _) = in_a_room(&server).await;
    let slot = talks.slots(&server).await.remove(0);
    let visited = id_of(&talks.book(&server, &slot).await.expect(201));
    let administrator = talks.people.administrator;
    let service = format!("/v1/services/{}", talks.service);
    for (change, affected) in [
        (json!({"length_minutes": 45}), json!([visited])),
        (json!({"modalities": ["video"]}), json!([visited])),
        (json!({"horizon_days": 30}), json!([])),
    ] {
        let before = server.get(&service).await.expect(200);
        let path = format!("{service}?dry_run=true");
        let tried = send(&server, administrator, Method::PATCH, &path, &change).await;
        assert_eq!(tried.expect(200)["affected_appointments"], affected);
        assert_eq!(server.get(&service).await.expect(200), before);
    }
    let site = format!("/v1/sites/{}?dry_run=true", talks.site);
    let change = json!({"federal_state": "DE-NI"});
    let tried = send(&server, administrator, Method::PATCH, &site, &change).await;
    assert_eq!(tried.expect(200)["affected_appointments"], json!([]));
    let site = server.get(&format!("/v1/sites/{}", talks.site)).await;
    assert_eq!(site.expect(200)["federal_state"], "DE-SN");
}
