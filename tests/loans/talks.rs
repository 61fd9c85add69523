use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use tests::circles::{Circle, staff};
use tests::crowd::{at_once, tally};
use tests::fixtures::Talks;
use tests::lending::{Lending, at, get, id, meet, meeting, met};
use tests::{Answer, Server, invariants};
use uuid::Uuid;

/// Talks of an organisation in a room, on a day of their own.
struct Stage {
    talks: Talks,
    service: Uuid,
    session: Uuid,
}

impl Stage {
    /// Eight slots of 50 minutes and 10 behind them, in four days from 09:00 UTC on.
    async fn arrange(server: &Server, talks: Talks, room: Uuid) -> Self {
        let service = Uuid::now_v7();
        talks.add_service(server, service, 50, 60).await;
        let session = Self::publish(server, &talks, service, Some(room), 4).await;
        Self {
            talks,
            service,
            session,
        }
    }

    async fn publish(
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

    async fn slots(&self, server: &Server) -> Vec<Value> {
        self.talks.slots_of(server, self.service).await
    }

    /// The hours, UTC, at which slots start; a search by topic finds the same.
    async fn hours(&self, server: &Server) -> Vec<String> {
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

    async fn book(&self, server: &Server, slot: &Value) -> Answer {
        self.talks.book(server, slot).await
    }
}

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
async fn holds_reach_into_the_owners_room_until_they_expire() {
    let server = Server::start().await;
    let lending = Lending::arrange(&server).await;
    let stage = Stage::arrange(&server, lending.borrower, lending.entered).await;
    let slots = stage.slots(&server).await;
    let held = Answer::of(server.once("/v1/holds", &json!({"slot_id": slots[0]["id"]}))).await;
    let held = held.expect(201);
    let own = lending.own_meeting(&server, 4, 9, 30);
    met(&server, &lending.owner, &own)
        .await
        .expect_problem(409, "slot-taken");
    // Who redeems it has the room.
    let redeem = json!({"hold_id": held["id"], "hold_token": held["token"]});
    Answer::of(server.once("/v1/appointments", &redeem))
        .await
        .expect(201);
    invariants::check(&server).await;

    let held = Answer::of(server.once("/v1/holds", &json!({"slot_id": slots[1]["id"]}))).await;
    let hold = id(&held.expect(201));
    let past = server.app.clock.now() - TimeDelta::minutes(1);
    server
        .sql(&format!(
            "UPDATE allocations SET expires_at = '{past}' WHERE claim_id = '{hold}';
             UPDATE holds SET expires_at = '{past}' WHERE id = '{hold}'"
        ))
        .await;
    // What has expired is in nobody's way: not in that of another borrower, nor in the owner's.
    let other = Talks::arrange(&server, "other").await;
    let second = Lending::of(&server, lending.owner, lending.room, other, json!({})).await;
    let there = Stage::arrange(&server, other, second.entered).await;
    let hours = there.hours(&server).await;
    assert_eq!(hours, ["10", "11", "12", "13", "14", "15", "16"]);
    let slot = there.slots(&server).await.remove(0);
    there.book(&server, &slot).await.expect(201);
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_circle_in_a_room_on_loan_takes_it_with_the_first_booking() {
    let server = Server::start().await;
    let lending = Lending::arrange(&server).await;
    let circle = Circle::arrange(&server, lending.borrower, 3).await;
    let counsellor = lending.borrower.counsellor;
    circle
        .add_session(&server, counsellor, Some(lending.entered), 4)
        .await;
    let slot = circle.slot(&server).await.expect("a slot");
    assert_eq!(slot["places_left"], 3);
    // Taken by the owner meanwhile, it is not offered.
    let own = lending.own_meeting(&server, 4, 18, 60);
    let own = met(&server, &lending.owner, &own).await.expect(201);
    assert!(circle.slot(&server).await.is_none());
    let refused = circle.talks.book(&server, &slot).await;
    refused.expect_problem(409, "slot-taken");
    let cancel = format!("/v1/meetings/{}/cancel", id(&own));
    staff(
        &server,
        Method::POST,
        &cancel,
        lending.owner.people.coordinator,
        &json!({}),
    )
    .await
    .expect(200);
    for _ in 0..3 {
        circle.talks.book(&server, &slot).await.expect(201);
    }
    assert!(circle.slot(&server).await.is_none());
    let uses = lending
        .uses(&server, lending.owner.people.coordinator)
        .await;
    assert_eq!(uses.len(), 1, "one use, however many come: {uses:?}");
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_series_takes_the_room_on_each_of_its_dates() {
    let server = Server::start().await;
    let lending = Lending::arrange(&server).await;
    let stage = Stage::arrange(&server, lending.borrower, lending.entered).await;
    Stage::publish(
        &server,
        &stage.talks,
        stage.service,
        Some(lending.entered),
        11,
    )
    .await;
    let slot = stage.slots(&server).await.remove(0);
    let day = chrono::Datelike::weekday(&at(&server, 4, 9))
        .to_string()
        .to_uppercase();
    let rule = format!("FREQ=WEEKLY;BYDAY={};COUNT=2", &day[..2]);
    let wish = json!({"slot_id": slot["id"], "rule": rule});
    let own = lending.own_meeting(&server, 11, 9, 30);
    let own = met(&server, &lending.owner, &own).await.expect(201);
    let refused = Answer::of(server.once("/v1/series", &wish)).await;
    refused.expect_problem(409, "dates-unbookable");
    let cancel = format!("/v1/meetings/{}/cancel", id(&own));
    staff(
        &server,
        Method::POST,
        &cancel,
        lending.owner.people.coordinator,
        &json!({}),
    )
    .await
    .expect(200);
    Answer::of(server.once("/v1/series", &wish))
        .await
        .expect(201);
    assert_eq!(
        lending
            .uses(&server, lending.owner.people.coordinator)
            .await
            .len(),
        2
    );
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn visitors_of_both_bodies_and_a_team_never_share_the_room() {
    let server = Server::start().await;
    let lending = Lending::arrange(&server).await;
    let theirs = Stage::arrange(&server, lending.borrower, lending.entered).await;
    let ours = Stage::arrange(&server, lending.owner, lending.room).await;
    let (there, here) = (theirs.slots(&server).await, ours.slots(&server).await);
    let mut requests = Vec::new();
    for place in 0..8 {
        requests.push(server.booking(&there[place]));
        requests.push(server.booking(&here[place]));
        let hour = 9 + u32::try_from(place).expect("an hour");
        let body = meeting(&server, &lending.borrower, &[lending.entered], 4, hour, 60);
        requests.push(meet(&server, &lending.borrower, &body));
    }
    let calls = at_once(requests).await;
    let outcomes = tally(calls.iter().map(|call| &call.answer));
    let expected = [("201", 8), ("409 slot-taken", 16)];
    assert_eq!(outcomes, expected.map(|(o, n)| (o.to_owned(), n)).into());
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_visitors_for_the_last_of_a_quota_exactly_those_fit_for_whom_there_is_room() {
    let server = Server::start().await;
    let terms = json!({"quota": {"limit": 180, "unit": "minutes", "per": "week"}});
    let lending = Lending::with(&server, terms).await;
    let stage = Stage::arrange(&server, lending.borrower, lending.entered).await;
    let slots = stage.slots(&server).await;
    assert_eq!(slots.len(), 8);
    let calls = at_once(slots.iter().map(|slot| server.booking(slot))).await;
    let outcomes = tally(calls.iter().map(|call| &call.answer));
    // An hour each, with the buffer.
    let expected = [("201", 3), ("409 slot-taken", 5)];
    assert_eq!(outcomes, expected.map(|(o, n)| (o.to_owned(), n)).into());
    invariants::check_at_the_end(&server).await;
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
    let evening = slots
        .iter()
        .find(|slot| slot["session_id"] != json!(talks.session));
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

#[tokio::test(flavor = "multi_thread")]
async fn a_series_takes_no_more_than_the_quota_leaves() {
    let server = Server::start().await;
    let terms = json!({"quota": {"limit": 1, "unit": "uses", "per": "month"}});
    let lending = Lending::with(&server, terms).await;
    let stage = Stage::arrange(&server, lending.borrower, lending.entered).await;
    for days in [11, 18, 25] {
        Stage::publish(
            &server,
            &stage.talks,
            stage.service,
            Some(lending.entered),
            days,
        )
        .await;
    }
    let slot = stage.slots(&server).await.remove(0);
    let day = chrono::Datelike::weekday(&at(&server, 4, 9))
        .to_string()
        .to_uppercase();
    // Two of four weeks lie in one month.
    let rule = format!("FREQ=WEEKLY;BYDAY={};COUNT=4", &day[..2]);
    let wish = json!({"slot_id": slot["id"], "rule": rule});
    let refused = Answer::of(server.once("/v1/series", &wish)).await;
    refused.expect_problem(409, "cap-reached");
    assert_eq!(
        server.sql_value("SELECT count(*) FROM appointments").await,
        "0"
    );
    stage.book(&server, &slot).await.expect(201);
    invariants::check(&server).await;
}
