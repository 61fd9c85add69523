//! What staff read depends on their roles at this moment, whatever they were when their token was
//! made.

use reqwest::Method;
use serde_json::json;
use tests::fixtures::Talks;
use tests::{Answer, Server};
use uuid::Uuid;

/// Somebody with one token, and an appointment that they read as long as they may.
struct Reading {
    server: Server,
    talks: Talks,
    token: String,
    path: String,
}

impl Reading {
    async fn arrange() -> Self {
        let server = Server::start().await;
        let talks = Talks::arrange(&server, "poliklinik").await;
        let slot = talks.slots(&server).await.remove(0);
        let booked = talks.book(&server, &slot).await.expect(201);
        let id = booked["id"].as_str().expect("an id");
        Self {
            token: server.token(talks.people.coordinator),
            path: format!("/v1/appointments/{id}"),
            server,
            talks,
        }
    }

    async fn get(&self, path: &str) -> Answer {
        Answer::of(
            self.server
                .request(Method::GET, path)
                .bearer_auth(&self.token),
        )
        .await
    }

    async fn day(&self) -> Answer {
        self.get("/v1/appointments").await
    }

    async fn now_has(&self, role: &str) {
        let account = self.talks.people.coordinator;
        let sql = format!("UPDATE memberships SET role = '{role}' WHERE account_id = '{account}'");
        self.server.sql(&sql).await;
    }

    async fn finds_it(&self) {
        self.get(&self.path).await.expect(200);
        let entry = self.get(&format!("{}/calendar.ics", self.path)).await;
        assert_eq!(entry.status, 200);
        let day = self.day().await.expect(200);
        assert_eq!(day["items"].as_array().expect("items").len(), 1);
    }

    async fn finds_nothing(&self) {
        self.get(&self.path).await.expect_problem(404, "not-found");
        let day = self.day().await.expect(200);
        assert_eq!(day["items"], json!([]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_loses_a_role_reads_no_appointment_at_the_next_request() {
    let reading = Reading::arrange().await;
    let (server, people) = (&reading.server, &reading.talks.people);
    reading.finds_it().await;

    reading.now_has("administrator").await;
    reading
        .get(&reading.path)
        .await
        .expect_problem(404, "not-found");
    reading.day().await.expect_problem(403, "forbidden");

    reading.now_has("counsellor").await;
    reading.finds_nothing().await;
    let (account, counsellor) = (people.coordinator, reading.talks.counsellor);
    server
        .sql(&format!(
            "UPDATE counsellors SET account_id = '{account}' WHERE id = '{counsellor}'"
        ))
        .await;
    reading.finds_it().await;
    server
        .sql(&format!(
            "UPDATE counsellors SET archived_at = now() WHERE id = '{counsellor}'"
        ))
        .await;
    reading.finds_nothing().await;

    server
        .sql(&format!(
            "DELETE FROM memberships WHERE account_id = '{account}'"
        ))
        .await;
    reading
        .get(&reading.path)
        .await
        .expect_problem(404, "not-found");
    reading.day().await.expect_problem(403, "forbidden");

    server
        .sql(&format!(
            "UPDATE counsellors SET account_id = NULL; DELETE FROM accounts WHERE id = '{account}'"
        ))
        .await;
    for path in [reading.path.as_str(), "/v1/appointments"] {
        reading
            .get(path)
            .await
            .expect_problem(401, "unauthenticated");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_in_one_organisation_opens_nothing_in_another() {
    let reading = Reading::arrange().await;
    let (server, account) = (&reading.server, reading.talks.people.coordinator);
    let other = Talks::arrange(server, "elsewhere").await;
    let slot = other.slots(server).await.remove(0);
    let booked = other.book(server, &slot).await.expect(201);
    let there = format!("/v1/appointments/{}", booked["id"].as_str().expect("an id"));
    reading.get(&there).await.expect_problem(404, "not-found");
    reading.finds_it().await;

    let join = |organisation: Uuid, role: &str| {
        format!("INSERT INTO memberships VALUES ('{organisation}', '{account}', '{role}')")
    };
    for role in ["administrator", "counsellor"] {
        server.sql(&join(other.people.organisation, role)).await;
        reading.get(&there).await.expect_problem(404, "not-found");
        reading.finds_it().await;
    }
    server
        .sql(&join(other.people.organisation, "coordinator"))
        .await;
    reading.get(&there).await.expect(200);
    let day = reading.day().await.expect(200);
    assert_eq!(day["items"].as_array().expect("items").len(), 2);
}
