use reqwest::Method;
use serde_json::{Value, json};
use tests::fixtures::People;
use tests::{Answer, Server};
use uuid::Uuid;

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
