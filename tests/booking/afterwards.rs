//! What was agreed holds, whatever becomes of the service, the site and the organisation.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use tests::fixtures::Talks;
use tests::{Answer, Server};
use uuid::Uuid;

async fn booked_with_a_name(server: &Server, slot: &Value) -> Value {
    let request = server.booking(slot).json(&json!({
        "slot_id": slot["id"], "client": {"name": "Anna Muster", "email": "anna@example.org"}
    }));
    Answer::of(request).await.expect(201)
}

fn path(booked: &Value) -> String {
    format!("/v1/appointments/{}", booked["id"].as_str().expect("an id"))
}

async fn act(server: &Server, booked: &Value, action: &str, body: Value) -> Answer {
    let request = server.request(Method::POST, &format!("{}/{action}", path(booked)));
    let secret = booked["secret"].as_str().expect("a secret");
    Answer::of(request.header("Appointment-Secret", secret).json(&body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_unpublished_keeps_its_deadline_and_its_clock() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let slot = talks.slots(&server).await.remove(0);
    let booked = talks.book(&server, &slot).await.expect(201);
    server
        .sql("UPDATE services SET published = false; UPDATE sites SET published = false;")
        .await;
    let secret = booked["secret"].as_str().expect("a secret");
    let open = server
        .request(Method::GET, &path(&booked))
        .header("Appointment-Secret", secret);
    let opened = Answer::of(open).await.expect(200);
    assert_eq!(opened["starts_at"], booked["starts_at"]);
    assert_eq!(opened["time_zone"], "Europe/Berlin");
    let starts_at = booked["starts_at"].as_str().expect("an instant");
    let starts_at: chrono::DateTime<chrono::FixedOffset> = starts_at.parse().expect("an instant");
    let to_the_deadline = starts_at.to_utc() - TimeDelta::minutes(59) - server.app.clock.now();
    server.app.clock.advance(to_the_deadline);
    act(&server, &booked, "cancel", json!({}))
        .await
        .expect_problem(409, "too-late");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_that_is_unpublished_is_booked_no_more() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let slot = talks.slots(&server).await.remove(0);
    server
        .sql("UPDATE organisations SET published = false")
        .await;
    assert!(talks.slots(&server).await.is_empty());
    talks
        .book(&server, &slot)
        .await
        .expect_problem(409, "slot-gone");
    for list in ["services", "sites", "counsellors", "organisations"] {
        let page = server.get(&format!("/v1/{list}")).await.expect(200);
        assert_eq!(page["items"], json!([]), "{list}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_that_is_archived_is_booked_no_more() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let room = talks.add_room(&server).await;
    server
        .sql(&format!("UPDATE sessions SET room_id = '{room}'"))
        .await;
    let slot = talks.slots(&server).await.remove(0);
    server
        .sql("UPDATE rooms SET archived_at = '2026-01-01'")
        .await;
    assert!(talks.slots(&server).await.is_empty());
    talks
        .book(&server, &slot)
        .await
        .expect_problem(409, "slot-gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_is_deleted_as_long_after_the_talk_wherever_it_was_moved() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let slots = talks.slots(&server).await;
    let booked = booked_with_a_name(&server, &slots[0]).await;
    let kept = "SELECT bool_and(c.delete_after = a.ends_at + interval '90 days') AND count(*) = 1
                FROM contacts c JOIN appointments a ON a.id = c.appointment_id";
    assert_eq!(server.sql_value(kept).await, "true");
    act(
        &server,
        &booked,
        "reschedule",
        json!({"slot_id": slots[5]["id"]}),
    )
    .await
    .expect(200);
    assert_eq!(server.sql_value(kept).await, "true");
}

#[tokio::test(flavor = "multi_thread")]
async fn why_somebody_cancels_is_for_staff_and_not_for_the_data_base() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let slots = talks.slots(&server).await;
    let with_a_name = booked_with_a_name(&server, &slots[0]).await;
    let without = talks.book(&server, &slots[1]).await.expect(201);
    for booked in [&with_a_name, &without] {
        let cancelled = act(
            &server,
            booked,
            "cancel",
            json!({"reason": "Klinikaufenthalt"}),
        )
        .await;
        assert_eq!(cancelled.expect(200)["cancel_reason"], "Klinikaufenthalt");
        let token = server.token(talks.people.coordinator);
        let read = server
            .request(Method::GET, &path(booked))
            .bearer_auth(token);
        assert_eq!(
            Answer::of(read).await.expect(200)["cancel_reason"],
            "Klinikaufenthalt"
        );
    }
    let written = "SELECT count(*) FROM (SELECT a::text AS row FROM appointments a
                   UNION ALL SELECT c::text FROM contacts c) rows WHERE row LIKE '%Klinik%'";
    assert_eq!(server.sql_value(written).await, "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_counsellor_moves_nothing_into_a_colleagues_calendar() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let colleague = talks.add_counsellor(&server).await;
    talks
        .add_session(&server, Uuid::now_v7(), colleague, &[talks.service], 3)
        .await;
    let slots = talks.slots(&server).await;
    let own = slots
        .iter()
        .find(|slot| slot["counsellor_id"] == json!(talks.counsellor));
    let theirs = slots
        .iter()
        .find(|slot| slot["counsellor_id"] == json!(colleague));
    let booked = talks.book(&server, own.expect("a slot")).await.expect(201);
    let move_it = |account: Uuid| {
        let request = server.request(Method::POST, &format!("{}/reschedule", path(&booked)));
        let request = request.bearer_auth(server.token(account));
        Answer::of(request.json(&json!({"slot_id": theirs.expect("a slot")["id"]})))
    };
    move_it(talks.people.counsellor)
        .await
        .expect_problem(403, "forbidden");
    move_it(talks.people.coordinator).await.expect(200);
}
