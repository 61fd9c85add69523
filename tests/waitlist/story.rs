use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use tests::circles::{Circle, staff};
use tests::{Answer, Server, invariants};
use uuid::Uuid;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_freed_slot_is_offered_and_becomes_an_appointment() {
    let server = Server::start().await;
    let talks = with_waitlist(&server).await;
    let booked = fully_booked(&server, &talks).await;
    let given = json!({"client": {"name": "Ada", "phone": "+49 341 1"}, "language": "ar", "note": "bitte leise"});
    let entry = joined(&server, &talks, &given).await;
    assert_eq!(entry["status"], "waiting");
    look(&server).await;
    assert_eq!(seen(&server, &entry).await["offer"], Value::Null);

    Answer::of(cancelling(&server, &booked[3]))
        .await
        .expect(200);
    look(&server).await;
    let told = seen(&server, &entry).await;
    assert_eq!(told["status"], "offered");
    assert_eq!(told["offers_made"], 1);
    let offer = &told["offer"];
    assert_eq!(offer["starts_at"], booked[3]["starts_at"]);
    // Nobody else gets it meanwhile.
    assert!(talks.slots(&server).await.is_empty());

    let appointment = Answer::of(accepting(&server, &entry, offer))
        .await
        .expect(201);
    assert_eq!(appointment["starts_at"], offer["starts_at"]);
    assert_eq!(appointment["code"], entry["code"]);
    assert_eq!(appointment["language"], "ar");
    assert_eq!(appointment["note"], "bitte leise");
    assert_eq!(appointment["client"]["name"], "Ada");
    let told = seen(&server, &entry).await;
    assert_eq!(told["status"], "booked");
    assert_eq!(told["appointment_id"], appointment["id"]);
    assert_eq!(told["client"], Value::Null);
    // The secret of the entry is that of the appointment.
    let path = format!("/v1/appointments/{}", text(&appointment["id"]));
    let request = server.request(Method::GET, &path);
    let request = request.header("Appointment-Secret", text(&entry["secret"]));
    Answer::of(request).await.expect(200);
    let left = "SELECT count(*) FROM waitlist_contacts";
    assert_eq!(server.sql_value(left).await, "0");
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_declines_keeps_the_turn_and_the_next_is_asked() {
    let server = Server::start().await;
    let talks = with_waitlist(&server).await;
    let booked = fully_booked(&server, &talks).await;
    let first = joined(&server, &talks, &json!({})).await;
    let second = joined(&server, &talks, &json!({})).await;
    Answer::of(cancelling(&server, &booked[0]))
        .await
        .expect(200);
    look(&server).await;
    let offer = seen(&server, &first).await["offer"].clone();
    assert_eq!(seen(&server, &second).await["offer"], Value::Null);

    let stay = json!({"stay": true, "offer_id": offer["id"]});
    let told = Answer::of(declining(&server, &first, &stay))
        .await
        .expect(200);
    assert_eq!(told["status"], "waiting");
    let again = Answer::of(declining(&server, &first, &stay)).await;
    again.expect_problem(409, "offer-gone");
    look(&server).await;
    // Asked once about a slot, never again about the same one.
    assert_eq!(seen(&server, &first).await["offer"], Value::Null);
    let offered = seen(&server, &second).await["offer"].clone();
    assert_eq!(offered["starts_at"], offer["starts_at"]);

    Answer::of(cancelling(&server, &booked[5]))
        .await
        .expect(200);
    look(&server).await;
    let told = seen(&server, &first).await;
    assert_eq!(told["offer"]["starts_at"], booked[5]["starts_at"]);
    let left = Answer::of(declining(&server, &first, &json!({}))).await;
    assert_eq!(left.expect(200)["status"], "left");
    let again = Answer::of(declining(&server, &first, &json!({}))).await;
    again.expect_problem(409, "waitlist-entry-ended");
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unanswered_offer_goes_to_the_next_and_its_holder_behind_them() {
    let server = Server::start().await;
    let talks = with_waitlist(&server).await;
    let booked = fully_booked(&server, &talks).await;
    let first = joined(&server, &talks, &json!({})).await;
    let second = joined(&server, &talks, &json!({})).await;
    Answer::of(cancelling(&server, &booked[0]))
        .await
        .expect(200);
    look(&server).await;
    let offer = seen(&server, &first).await["offer"].clone();
    server.app.clock.advance(TimeDelta::minutes(60));
    let late = Answer::of(accepting(&server, &first, &offer)).await;
    late.expect_problem(409, "offer-gone");
    assert_eq!(seen(&server, &first).await["status"], "waiting");
    look(&server).await;
    let offered = seen(&server, &second).await["offer"].clone();
    assert_eq!(offered["starts_at"], offer["starts_at"]);
    let told = seen(&server, &first).await;
    assert_eq!(told["offers_unanswered"], 1);
    assert_ne!(told["queued_at"], told["waiting_since"]);

    let line = staff_list(&server, talks.people.coordinator).await;
    let ids: Vec<_> = line.iter().map(|entry| &entry["id"]).collect();
    assert_eq!(ids, [&second["id"], &first["id"]]);
    // The other one's offer is none of theirs.
    let foreign = Answer::of(accepting(&server, &first, &offered)).await;
    foreign.expect_problem(409, "offer-gone");
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_gets_what_fits_and_nothing_else() {
    let server = Server::start().await;
    let talks = with_waitlist(&server).await;
    let booked = fully_booked(&server, &talks).await;
    let last = &booked[7]["starts_at"];
    let before: chrono::DateTime<chrono::Utc> = text(last).parse().expect("an instant");
    let spans = json!([{"from": before, "before": before + TimeDelta::minutes(1)}]);
    let late = joined(&server, &talks, &json!({"spans": spans})).await;
    let other = joined(&server, &talks, &json!({"language": "uk"})).await;
    let way = joined(&server, &talks, &json!({"modality": "phone"})).await;
    for place in [0, 7] {
        Answer::of(cancelling(&server, &booked[place]))
            .await
            .expect(200);
    }
    look(&server).await;
    assert_eq!(&seen(&server, &late).await["offer"]["starts_at"], last);
    assert_eq!(seen(&server, &other).await["offer"], Value::Null);
    let offer = seen(&server, &way).await["offer"].clone();
    assert_eq!(offer["modality"], "phone");
    assert_eq!(offer["starts_at"], booked[0]["starts_at"]);
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_frees_a_slot_is_seen() {
    let server = Server::start().await;
    let talks = with_waitlist(&server).await;
    let slots = talks.slots(&server).await;
    let coordinator = talks.people.coordinator;
    for slot in &slots[1..] {
        talks.book(&server, slot).await.expect(201);
    }
    let hold = server.once("/v1/holds", &json!({"slot_id": slots[0]["id"]}));
    Answer::of(hold).await.expect(201);
    let of_hold = joined(&server, &talks, &json!({})).await;
    look(&server).await;
    assert_eq!(seen(&server, &of_hold).await["status"], "waiting");
    // A hold that expires leaves no row; the round knew when.
    server.app.clock.advance(TimeDelta::minutes(10));
    look(&server).await;
    assert_eq!(seen(&server, &of_hold).await["status"], "offered");

    let of_session = joined(&server, &talks, &json!({})).await;
    look(&server).await;
    assert_eq!(seen(&server, &of_session).await["status"], "waiting");
    let day = (server.app.clock.now() + TimeDelta::days(3)).date_naive();
    let session = json!({
        "organisation_id": talks.people.organisation, "counsellor_id": talks.counsellor, "site_id": talks.site,
        "service_ids": [talks.service], "modalities": ["phone"], "opens_on_holidays": true,
        "starts_at": format!("{day}T09:00:00Z"), "ends_at": format!("{day}T10:00:00Z")});
    staff(&server, Method::POST, "/v1/sessions", coordinator, &session)
        .await
        .expect(201);
    look(&server).await;
    let offer = seen(&server, &of_session).await["offer"].clone();
    assert!(
        text(&offer["starts_at"]).starts_with(&day.to_string()),
        "{offer}"
    );

    // An absence over all that is there; then it goes.
    let absence = json!({
        "organisation_id": talks.people.organisation, "counsellor_id": talks.counsellor,
        "starts_at": format!("{day}T11:00:00Z"), "ends_at": format!("{day}T13:00:00Z")});
    let absence = staff(&server, Method::POST, "/v1/absences", coordinator, &absence)
        .await
        .expect(201);
    let later = json!({
        "organisation_id": talks.people.organisation, "counsellor_id": talks.counsellor, "site_id": talks.site,
        "service_ids": [talks.service], "modalities": ["phone"], "opens_on_holidays": true,
        "starts_at": format!("{day}T12:00:00Z"), "ends_at": format!("{day}T13:00:00Z")});
    staff(&server, Method::POST, "/v1/sessions", coordinator, &later)
        .await
        .expect(201);
    let of_absence = joined(&server, &talks, &json!({})).await;
    look(&server).await;
    assert_eq!(seen(&server, &of_absence).await["status"], "waiting");
    let path = format!("/v1/absences/{}", text(&absence["id"]));
    let request = server
        .request(Method::DELETE, &path)
        .header("If-Match", "*");
    Answer::of(request.bearer_auth(server.token(coordinator)))
        .await
        .expect(204);
    look(&server).await;
    assert_eq!(seen(&server, &of_absence).await["status"], "offered");
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_of_a_circle_is_offered_when_somebody_goes_and_when_there_are_more() {
    let server = Server::start().await;
    let talks = with_waitlist(&server).await;
    let circle = Circle::arrange(&server, talks, 1).await;
    keep(&server, circle.service, 60).await;
    circle.add_session(&server, talks.counsellor, None, 3).await;
    let slot = circle.slot(&server).await.expect("a slot");
    let booked = talks.book(&server, &slot).await.expect(201);
    let mut waiting = Vec::new();
    for _ in 0..2 {
        let request = joining(&server, circle.service, &json!({}));
        waiting.push(Answer::of(request).await.expect(201));
    }
    look(&server).await;
    assert_eq!(seen(&server, &waiting[0]).await["status"], "waiting");
    Answer::of(cancelling(&server, &booked)).await.expect(200);
    look(&server).await;
    let offer = seen(&server, &waiting[0]).await["offer"].clone();
    assert_eq!(offer["starts_at"], slot["starts_at"]);
    assert_eq!(circle.slot(&server).await, None);
    let sessions = "UPDATE sessions SET capacity = 2 WHERE capacity = 1";
    server.sql(sessions).await;
    look(&server).await;
    assert_eq!(seen(&server, &waiting[1]).await["status"], "offered");
    Answer::of(accepting(&server, &waiting[0], &offer))
        .await
        .expect(201);
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_approves_is_asked_first() {
    let server = Server::start().await;
    let talks = with_waitlist(&server).await;
    server
        .sql("UPDATE services SET approval = 'required'")
        .await;
    let entry = joined(&server, &talks, &json!({})).await;
    look(&server).await;
    let offer = seen(&server, &entry).await["offer"].clone();
    let requested = Answer::of(accepting(&server, &entry, &offer))
        .await
        .expect(201);
    assert_eq!(requested["status"], "requested");
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reception_enters_somebody_accepts_for_them_and_removes_them() {
    let server = Server::start().await;
    let talks = with_waitlist(&server).await;
    let coordinator = talks.people.coordinator;
    let given = wish(
        talks.service,
        &json!({"client": {"name": "Ada", "phone": "+49 341 1"}}),
    );
    let path = "/v1/waitlist-entries";
    let entry = staff(&server, Method::POST, path, coordinator, &given)
        .await
        .expect(201);
    let counsellor = talks.people.counsellor;
    let refused = staff(&server, Method::POST, path, counsellor, &given).await;
    refused.expect_problem(403, "forbidden");
    look(&server).await;
    let line = staff_list(&server, coordinator).await;
    assert_eq!(line[0]["client"]["name"], "Ada");
    assert_eq!(line[0]["status"], "offered");
    let accept = format!("{path}/{}/accept", text(&entry["id"]));
    let offer = json!({"offer_id": line[0]["offer"]["id"]});
    let booked = staff(&server, Method::POST, &accept, coordinator, &offer)
        .await
        .expect(201);
    assert_eq!(booked["client"]["name"], "Ada");
    // It is opened by the secret that the visitor was told.
    Answer::of(cancelling(
        &server,
        &json!({"id": booked["id"], "secret": entry["secret"]}),
    ))
    .await
    .expect(200);

    let other = joined(&server, &talks, &json!({})).await;
    let decline = format!("{path}/{}/decline", text(&other["id"]));
    let removed = staff(&server, Method::POST, &decline, coordinator, &json!({})).await;
    assert_eq!(removed.expect(200)["status"], "left");
    assert!(staff_list(&server, coordinator).await.is_empty());
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_waited_long_enough_is_asked_no_more() {
    let server = Server::start().await;
    let talks = with_waitlist(&server).await;
    let until = server.app.clock.now() + TimeDelta::hours(1);
    let given = json!({"valid_until": until, "client": {"name": "Ada"}, "site_id": talks.site,
        "counsellor_id": talks.counsellor, "language": "uk"});
    let entry = joined(&server, &talks, &given).await;
    look(&server).await;
    server.app.clock.advance(TimeDelta::hours(1));
    look(&server).await;
    let told = seen(&server, &entry).await;
    assert_eq!(told["status"], "expired");
    assert_eq!(told["client"], Value::Null);
    let left = "SELECT count(*) FROM waitlist_contacts";
    assert_eq!(server.sql_value(left).await, "0");
    // Nobody waits: nobody looks any more.
    look(&server).await;
    let wakes = "SELECT count(*) FROM waitlist_wakes";
    assert_eq!(server.sql_value(wakes).await, "0");
}

async fn staff_list(server: &Server, account: Uuid) -> Vec<Value> {
    let request = server.request(Method::GET, "/v1/waitlist-entries");
    let page = Answer::of(request.bearer_auth(server.token(account)))
        .await
        .expect(200);
    page["items"].as_array().expect("items").clone()
}
