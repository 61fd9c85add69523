use reqwest::Method;
use serde_json::json;
use tests::circles::staff;
use tests::lending::{Lending, at, get, id, met};
use tests::{Answer, Server, invariants};
use uuid::Uuid;

use super::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn talks_in_a_room_on_loan_leave_out_what_the_owner_has_and_take_it_for_the_owner() {
    let server = Server::start().await;
    let lending = Lending::arrange(&server).await;
    let stage = Stage::arrange(&server, lending.borrower, lending.entered).await;
    assert_eq!(stage.hours(&server).await.len(), 8);
    // The owner is in the room from 10 to 12.
    let own = lending.own_meeting(&server, 4, 10, 120);
    met(&server, &lending.owner, &own).await.expect(201);
    assert_eq!(
        stage.hours(&server).await,
        ["09", "12", "13", "14", "15", "16"]
    );
    let slots = stage.slots(&server).await;
    let booked = stage.book(&server, &slots[1]).await.expect(201);
    assert_eq!(stage.hours(&server).await, ["09", "13", "14", "15", "16"]);
    let seen = lending
        .uses(&server, lending.owner.people.coordinator)
        .await;
    assert_eq!(seen.len(), 1, "{seen:?}");
    let refused = met(
        &server,
        &lending.owner,
        &lending.own_meeting(&server, 4, 12, 60),
    )
    .await;
    refused.expect_problem(409, "slot-taken");

    // Moved, the owner has the room again; cancelled by the visitor, too.
    let moved = Answer::of(server.moving(&booked, &slots[2])).await;
    moved.expect(200);
    met(
        &server,
        &lending.owner,
        &lending.own_meeting(&server, 4, 12, 60),
    )
    .await
    .expect(201);
    let cancel = format!("/v1/appointments/{}/cancel", id(&booked));
    let cancel = server.once(&cancel, &json!({}));
    let cancel = cancel.header(
        "Appointment-Secret",
        booked["secret"].as_str().expect("a secret"),
    );
    Answer::of(cancel).await.expect(200);
    assert_eq!(
        lending
            .uses(&server, lending.owner.people.coordinator)
            .await,
        []
    );
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_offered_outside_the_hours_beyond_the_quota_or_after_the_end() {
    let server = Server::start().await;
    // From 11:00 to 14:50 on the clocks of UTC or so: Leipzig is one or two hours ahead.
    let offset = server
        .sql_value("SELECT (extract(hour FROM now() AT TIME ZONE 'Europe/Berlin' - now() AT TIME ZONE 'UTC'))::int")
        .await;
    let offset: u32 = offset.parse().expect("an offset");
    let hours = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"].map(|day| {
        json!({"weekday": day, "starts": format!("{}:00", 11 + offset), "ends": format!("{}:50", 14 + offset)})
    });
    let terms = json!({"hours": hours, "quota": {"limit": 2, "unit": "uses", "per": "week"}});
    let lending = Lending::with(&server, terms).await;
    let stage = Stage::arrange(&server, lending.borrower, lending.entered).await;
    // The buffer behind the talk at 14:00 would leave the hours.
    assert_eq!(stage.hours(&server).await, ["11", "12", "13"]);
    let slots = stage.slots(&server).await;
    stage.book(&server, &slots[0]).await.expect(201);
    assert_eq!(stage.hours(&server).await, ["12", "13"]);
    stage.book(&server, &slots[1]).await.expect(201);
    assert_eq!(stage.hours(&server).await, [""; 0]);
    stage
        .book(&server, &slots[2])
        .await
        .expect_problem(409, "slot-taken");
    // What staff decide is decided by the same terms.
    let more = met(
        &server,
        &lending.borrower,
        &lending.meeting(&server, 4, 13, 30),
    )
    .await;
    more.expect_problem(409, "cap-reached");
    lending
        .change(&server, "", &json!({"quota": null}))
        .await
        .expect(200);
    assert_eq!(stage.hours(&server).await, ["13"]);
    lending.end(&server, "").await.expect(204);
    assert_eq!(stage.hours(&server).await, [""; 0]);
    stage
        .book(&server, &slots[2])
        .await
        .expect_problem(409, "slot-taken");
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn closures_of_the_owner_take_slots_away() {
    let server = Server::start().await;
    let lending = Lending::arrange(&server).await;
    let stage = Stage::arrange(&server, lending.borrower, lending.entered).await;
    let owner = lending.owner;
    let closure = json!({"organisation_id": owner.people.organisation, "site_id": owner.site,
        "starts_at": at(&server, 4, 11), "ends_at": at(&server, 4, 20)});
    staff(
        &server,
        Method::POST,
        "/v1/closures",
        owner.people.coordinator,
        &closure,
    )
    .await
    .expect(201);
    assert_eq!(stage.hours(&server).await, ["09", "10"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_on_loan_serves_talks_that_need_a_room() {
    let server = Server::start().await;
    let lending = Lending::arrange(&server).await;
    let talks = lending.borrower;
    let service = Uuid::now_v7();
    talks.add_service(&server, service, 50, 60).await;
    server
        .sql(&format!(
            "UPDATE services SET needs_room = true, room_features = '{{wheelchair}}' WHERE id = '{service}'"
        ))
        .await;
    let session = Stage::publish(&server, &talks, service, None, 4).await;
    let stage = Stage {
        talks,
        service,
        session,
    };
    met(
        &server,
        &lending.owner,
        &lending.own_meeting(&server, 4, 9, 420),
    )
    .await
    .expect(201);
    assert_eq!(stage.hours(&server).await, ["16"]);
    let slot = stage.slots(&server).await.remove(0);
    stage.book(&server, &slot).await.expect(201);
    let room = format!(
        "SELECT room_id FROM appointments WHERE session_id = '{}'",
        stage.session
    );
    assert_eq!(server.sql_value(&room).await, lending.entered.to_string());
    assert_eq!(
        lending
            .uses(&server, lending.owner.people.coordinator)
            .await
            .len(),
        1
    );
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_on_loan_can_be_given_to_a_schedule_and_archived() {
    let server = Server::start().await;
    let lending = Lending::arrange(&server).await;
    let talks = lending.borrower;
    let (people, room) = (talks.people, lending.entered);
    let body = json!({"organisation_id": people.organisation, "counsellor_id": talks.counsellor, "site_id": talks.site,
        "room_id": room, "service_ids": [talks.service], "modalities": ["in_person"],
        "rule": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "starts": "18:00", "ends": "20:00", "valid_from": "2026-01-01"});
    let made = staff(
        &server,
        Method::POST,
        "/v1/schedules",
        people.coordinator,
        &body,
    )
    .await;
    assert_ne!(made.expect(201)["publication"]["inserted"], 0);
    let in_room = format!("SELECT count(*) > 0 FROM sessions WHERE room_id = '{room}'");
    assert_eq!(server.sql_value(&in_room).await, "true");
    let slots = talks.slots(&server).await;
    // Not this evening's: it may be too late to cancel that.
    let mut evenings = slots
        .iter()
        .filter(|slot| slot["session_id"] != json!(talks.session));
    let evening = evenings.next_back();
    let booked = talks
        .book(&server, evening.expect("a slot"))
        .await
        .expect(201);
    // Owner's and borrower's rooms are apart: each archives its own.
    let path = format!("/v1/rooms/{room}");
    let read = get(&server, &path, people.coordinator).await.expect(200);
    let archive = server.request(Method::DELETE, &path);
    let archive = archive.header("If-Match", read["etag"].as_str().expect("an entity tag"));
    Answer::of(archive.bearer_auth(server.token(people.coordinator)))
        .await
        .expect(204);
    // What stood in it is cancelled by its visitor, and the owner has the room again.
    let cancel = server.once(
        &format!("/v1/appointments/{}/cancel", id(&booked)),
        &json!({}),
    );
    let cancel = cancel.header(
        "Appointment-Secret",
        booked["secret"].as_str().expect("a secret"),
    );
    Answer::of(cancel).await.expect(200);
    assert_eq!(
        lending
            .uses(&server, lending.owner.people.coordinator)
            .await,
        []
    );
    invariants::check(&server).await;
}
