//! What ends, closes or moves the owner's room strands the borrower's visitors: both learn their part.

use reqwest::Method;
use serde_json::{Value, json};
use tests::circles::staff;
use tests::lending::{Lending, at, get, id, met};
use tests::{Answer, Server};

/// A booked talk of the borrower in the owner's room, in four days at 09:00 UTC.
async fn booked(server: &Server, lending: &Lending) -> Value {
    let talks = lending.borrower;
    let service = uuid::Uuid::now_v7();
    talks.add_service(server, service, 50, 60).await;
    let body = json!({"organisation_id": talks.people.organisation, "counsellor_id": talks.counsellor,
        "site_id": talks.site, "room_id": lending.entered, "service_ids": [service], "modalities": ["in_person"],
        "opens_on_holidays": true, "starts_at": at(server, 4, 9), "ends_at": at(server, 4, 12)});
    let made = staff(
        server,
        Method::POST,
        "/v1/sessions",
        talks.people.coordinator,
        &body,
    )
    .await;
    made.expect(201);
    let slot = talks.slots_of(server, service).await.remove(0);
    talks.book(server, &slot).await.expect(201)
}

/// The reasons for which appointments of the borrower need attention.
async fn reasons(server: &Server, lending: &Lending) -> Vec<Value> {
    let coordinator = lending.borrower.people.coordinator;
    let list = get(server, "/v1/attention", coordinator).await.expect(200);
    let items = list["items"].as_array().expect("items").clone();
    items
        .iter()
        .flat_map(|item| item["causes"].as_array().expect("causes").clone())
        .map(|cause| cause["reason"].clone())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn talks_in_a_room_that_is_not_lent_any_more_are_listed_with_the_borrower() {
    let server = Server::start().await;
    let lending = Lending::arrange(&server).await;
    booked(&server, &lending).await;
    assert_eq!(reasons(&server, &lending).await, [json!(null); 0]);
    let mornings = json!({"hours": [{"weekday": "MO", "starts": "01:00", "ends": "01:30"}]});
    lending.change(&server, "", &mornings).await.expect(200);
    assert_eq!(reasons(&server, &lending).await, ["not_lent"]);
    let owner = lending.owner.people;
    // The owner's own list is empty: it is none of its visitors.
    let own = get(&server, "/v1/attention", owner.coordinator)
        .await
        .expect(200);
    assert_eq!(own["items"], json!([]));
    lending.end(&server, "").await.expect(204);
    assert_eq!(reasons(&server, &lending).await, ["loan_ended"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn owners_who_close_learn_first_when_others_are_in_their_rooms() {
    let server = Server::start().await;
    let lending = Lending::arrange(&server).await;
    let appointment = booked(&server, &lending).await;
    met(
        &server,
        &lending.borrower,
        &lending.meeting(&server, 5, 9, 60),
    )
    .await
    .expect(201);
    let owner = lending.owner;
    let coordinator = owner.people.coordinator;
    let closure = json!({"organisation_id": owner.people.organisation, "site_id": owner.site,
        "starts_at": at(&server, 4, 0), "ends_at": at(&server, 5, 0)});
    let tried = staff(
        &server,
        Method::POST,
        "/v1/closures?dry_run=true",
        coordinator,
        &closure,
    )
    .await;
    let secret = id(&appointment).to_string();
    assert!(
        !tried.text.contains(&secret),
        "owners learn of nobody's visitors"
    );
    let tried = tried.expect(200);
    assert_eq!(tried["lent_uses"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        tried["lent_uses"][0]["borrower_id"],
        json!(lending.borrower.people.organisation)
    );
    assert_eq!(tried["affected_appointments"], json!([]));

    for (path, account) in [
        (format!("/v1/rooms/{}", lending.room), coordinator),
        (format!("/v1/sites/{}", owner.site), coordinator),
        (
            format!("/v1/organisations/{}", owner.people.organisation),
            owner.people.administrator,
        ),
    ] {
        let read = get(&server, &path, account).await;
        let request = server.request(Method::DELETE, &format!("{path}?dry_run=true"));
        let request = request.header("If-Match", read.header("etag"));
        let tried = Answer::of(request.bearer_auth(server.token(account)))
            .await
            .expect(200);
        assert_eq!(
            tried["lent_uses"].as_array().map(Vec::len),
            Some(2),
            "{path}"
        );
    }
    staff(&server, Method::POST, "/v1/closures", coordinator, &closure)
        .await
        .expect(201);
    assert_eq!(reasons(&server, &lending).await, ["closure"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_is_given_up_ends_the_loans_of_its_rooms() {
    let server = Server::start().await;
    let lending = Lending::arrange(&server).await;
    booked(&server, &lending).await;
    let owner = lending.owner;
    let path = format!("/v1/sites/{}", owner.site);
    let account = owner.people.administrator;
    let read = get(&server, &path, account).await.expect(200);
    let archive = server.request(Method::DELETE, &path);
    let archive = archive.header("If-Match", read["etag"].as_str().expect("an entity tag"));
    Answer::of(archive.bearer_auth(server.token(account)))
        .await
        .expect(204);
    assert_eq!(reasons(&server, &lending).await, ["loan_ended"]);
    let more = lending.meeting(&server, 5, 9, 60);
    met(&server, &lending.borrower, &more)
        .await
        .expect_problem(409, "slot-gone");
}
