//! Who sees where somebody lives.

use chrono::TimeDelta;
use reqwest::{Method, RequestBuilder};
use serde_json::json;
use tests::neighbours::{NEAR, Neighbours, home};
use tests::{Answer, Server};
use uuid::Uuid;

use super::{holding, text};

const STREET: &str = "Verschwiegener";

/// Gives a volunteer an account of their own.
async fn sign_in(server: &Server, neighbours: &Neighbours, volunteer: Uuid) -> Uuid {
    let (account, organisation) = (Uuid::now_v7(), neighbours.talks.people.organisation);
    server
        .sql(&format!(
            "INSERT INTO accounts (id, email, display_name, password_hash, created_at)
             VALUES ('{account}', '{account}@quartier.example', 'x', '-', '2026-01-01');
             INSERT INTO memberships VALUES ('{organisation}', '{account}', 'counsellor');
             UPDATE counsellors SET account_id = '{account}' WHERE id = '{volunteer}'"
        ))
        .await;
    account
}

#[tokio::test(flavor = "multi_thread")]
async fn the_visitor_those_who_come_and_those_who_keep_the_calendar_see_the_address() {
    let server = Server::start().await;
    let neighbours = Neighbours::arrange(&server, 3, 2).await;
    let people = neighbours.talks.people;
    let ada = neighbours.volunteers[0];
    let slot = neighbours.slot(&server, NEAR, ada, "11:00").await;
    let booked = Answer::of(server.visiting(&slot, NEAR)).await.expect(201);
    let second: Uuid = text(&booked["second_counsellor_id"])
        .parse()
        .expect("a UUID");
    let mut others = neighbours.volunteers[1..].iter();
    let third = *others.find(|it| **it != second).expect("a third");
    let (second, third) = (
        sign_in(&server, &neighbours, second).await,
        sign_in(&server, &neighbours, third).await,
    );

    let path = format!("/v1/appointments/{}", text(&booked["id"]));
    let list = format!(
        "/v1/appointments?from={}&before={}",
        server.app.clock.now().format("%Y-%m-%dT%H:%M:%SZ"),
        (server.app.clock.now() + TimeDelta::days(10)).format("%Y-%m-%dT%H:%M:%SZ")
    );
    let as_staff = |path: &str, account| {
        server
            .request(Method::GET, path)
            .bearer_auth(server.token(account))
    };
    let visitor = Answer::of(holding(&server, Method::GET, &booked, ""))
        .await
        .expect(200);
    assert_eq!(visitor["visit"], home(NEAR));
    for concerned in [people.counsellor, second, people.coordinator] {
        let seen = Answer::of(as_staff(&path, concerned)).await.expect(200);
        assert_eq!(seen["visit"], home(NEAR));
        let listed = Answer::of(as_staff(&list, concerned)).await.expect(200);
        assert_eq!(listed["items"][0]["visit"], home(NEAR), "{listed}");
    }
    for stranger in [third, people.administrator, people.network_coordinator] {
        Answer::of(as_staff(&path, stranger))
            .await
            .expect_problem(404, "not-found");
        let listed = Answer::of(as_staff(&list, stranger)).await;
        assert!(!listed.text.contains(STREET), "{}", listed.text);
    }
    Answer::of(server.request(Method::GET, &path))
        .await
        .expect_problem(401, "unauthenticated");
    let entry = Answer::of(holding(&server, Method::GET, &booked, "/calendar.ics")).await;
    assert_eq!(entry.status, 200);
    assert!(
        !entry.text.contains(STREET) && !entry.text.contains("51.3"),
        "{}",
        entry.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_learns_where_volunteers_set_out_but_staff() {
    let server = Server::start().await;
    let neighbours = Neighbours::arrange(&server, 1, 1).await;
    let (ada, people) = (neighbours.volunteers[0], neighbours.talks.people);
    let path = format!("/v1/counsellors/{ada}");
    let public = server.get(&path).await.expect(200);
    assert_eq!(public["visits"], json!(null));
    let staff: RequestBuilder = server
        .request(Method::GET, &path)
        .bearer_auth(server.token(people.coordinator));
    let known = Answer::of(staff).await.expect(200);
    assert_eq!(known["visits"]["within_km"], 5.0);
    let slots = server.get(&neighbours.search(NEAR)).await;
    assert!(
        !slots.text.contains("12.37") && !slots.text.contains("51.34"),
        "{}",
        slots.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_is_stored_sealed_and_goes_with_the_contact() {
    let server = Server::start().await;
    let neighbours = Neighbours::arrange(&server, 1, 1).await;
    let ada = neighbours.volunteers[0];
    let slot = neighbours.slot(&server, NEAR, ada, "11:00").await;
    let booked = Answer::of(server.visiting(&slot, NEAR)).await.expect(201);
    // Every column of every table, as text.
    let found = server
        .sql_value(&format!(
            "SELECT coalesce(string_agg(t.table_name, ' '), '') FROM information_schema.tables t
             WHERE t.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND
                 (xpath('count(//row)', query_to_xml(format('SELECT 1 FROM %I AS whole WHERE whole::text ~ ''{STREET}|51[.]345''',
                     t.table_name), true, false, '')))[1]::text <> '0'"
        ))
        .await;
    assert_eq!(found, "", "nothing is written that tells the place");

    server.sql("DELETE FROM contacts").await;
    let seen = Answer::of(holding(&server, Method::GET, &booked, ""))
        .await
        .expect(200);
    assert_eq!(seen["visit"], json!(null));
}
