use chrono::Days;
use reqwest::Method;
use serde_json::{Value, json};
use tests::fixtures::People;
use tests::{Answer, Server};
use uuid::Uuid;

use super::schedules::{EVERY_DAY, next_reformation_day, sessions, starts, today};
use super::{Setup, send};

fn body(organisation: Uuid) -> Value {
    json!({
        "organisation_id": organisation, "name": {"de": "Stadtteilladen"}, "street": "Taubestraße 2",
        "postal_code": "04347", "city": "Leipzig", "federal_state": "DE-SN",
        "time_zone": "Europe/Berlin", "published": true
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_is_created_found_changed_and_archived() {
    let server = Server::start().await;
    let people = People::arrange(&server, "poliklinik").await;
    let token = server.token(people.coordinator);
    let create = server
        .request(Method::POST, "/v1/sites")
        .bearer_auth(&token)
        .json(&body(people.organisation));
    let answer = Answer::of(create).await;
    let site = answer.expect(201);
    let path = answer.header("location").to_owned();
    assert_eq!(server.get(&path).await.expect(200), site);
    assert_eq!(
        server.get("/v1/sites").await.expect(200)["items"],
        json!([site])
    );

    let change = |etag: &str, patch: Value| {
        let request = server
            .request(Method::PATCH, &path)
            .bearer_auth(&token)
            .json(&patch);
        Answer::of(if etag.is_empty() {
            request
        } else {
            request.header("If-Match", etag)
        })
    };
    change("", json!({"city": "Halle"}))
        .await
        .expect_problem(428, "precondition-required");
    let changed = change("\"1\"", json!({"city": "Halle"})).await.expect(200);
    assert_eq!(
        (&changed["city"], &changed["etag"]),
        (&json!("Halle"), &json!("\"2\""))
    );
    change("\"1\"", json!({"city": "Jena"}))
        .await
        .expect_problem(412, "version-conflict");
    let problem = change("\"2\"", json!({"town": "Jena"}))
        .await
        .expect_problem(400, "invalid-request");
    assert_eq!(problem["errors"][0]["code"], "unknown-field");

    let archive = server
        .request(Method::DELETE, &path)
        .bearer_auth(&token)
        .header("If-Match", "\"2\"");
    Answer::of(archive).await.expect(204);
    server.get(&path).await.expect_problem(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_organisation_does_not_exist() {
    let server = Server::start().await;
    let ours = People::arrange(&server, "ours").await;
    let theirs = People::arrange(&server, "theirs").await;
    let token = server.token(ours.administrator);
    let create = server
        .request(Method::POST, "/v1/sites")
        .bearer_auth(&token)
        .json(&body(theirs.organisation));
    Answer::of(create).await.expect_problem(404, "not-found");
    let as_counsellor = server
        .request(Method::POST, "/v1/sites")
        .bearer_auth(server.token(ours.counsellor));
    Answer::of(as_counsellor.json(&body(ours.organisation)))
        .await
        .expect_problem(403, "forbidden");
    server
        .post("/v1/sites", &body(ours.organisation))
        .await
        .expect_problem(401, "unauthenticated");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_site_publishes_follows_its_clock_and_its_holidays() {
    let server = Server::start().await;
    let mut setup = Setup::arrange(&server).await;
    let owner = setup.people.administrator;
    let mut service = setup.service_body();
    service["horizon_days"] = json!(366);
    setup.service = setup.create(&server, "/v1/services", &service).await;
    let schedule = setup.schedule_body(EVERY_DAY, "09:00", "12:00");
    setup.create(&server, "/v1/schedules", &schedule).await;
    let site = format!("/v1/sites/{}", setup.site);
    let change = async |patch: Value| {
        let answer = send(&server, owner, Method::PATCH, &site, &patch).await;
        answer.expect(200)
    };

    // A holiday in Saxony, and a day like others in Berlin.
    let holiday = next_reformation_day(today(&server));
    let on = async |date| sessions(&server, owner, date, date + Days::new(1)).await;
    assert_eq!(on(holiday).await, Vec::<Value>::new());
    change(json!({"federal_state": "DE-BE"})).await;
    assert_eq!(on(holiday).await.len(), 1);
    change(json!({"federal_state": "DE-SN"})).await;
    assert_eq!(on(holiday).await, Vec::<Value>::new());

    let eve = holiday - Days::new(8);
    let before = on(eve).await;
    assert_eq!(starts(&before), [format!("{eve}T09:00:00+02:00")]);
    change(json!({"time_zone": "Europe/London"})).await;
    let after = on(eve).await;
    assert_eq!(starts(&after), [format!("{eve}T09:00:00+01:00")]);
    assert_eq!(after[0]["id"], before[0]["id"]);
}
