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

    let affected = json!({"affected_appointments": [visited]});
    let idle = Uuid::now_v7();
    talks.add_service(&server, idle, 50, 60).await;
    for (path, affected) in [
        (format!("/v1/counsellors/{}", talks.counsellor), &affected),
        (format!("/v1/services/{}", talks.service), &affected),
        (format!("/v1/sites/{}", talks.site), &affected),
        (room, &affected),
        (
            format!("/v1/services/{idle}"),
            &json!({"affected_appointments": []}),
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
