//! Somebody falls ill while callers book.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use tests::fixtures::Talks;
use tests::{Answer, Server, invariants, postgres};
use tokio::sync::{Barrier, Semaphore};
use uuid::Uuid;

const CALLERS: usize = 50;

/// The absence and the bookings take the same lock: so what the absence found in its way is all
/// that there ever is.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_booked_with_a_counsellor_after_the_absence_was_entered() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let short = Uuid::now_v7();
    talks.add_service(&server, short, 5, 5).await;
    for answered_before in [0, 1, 5, 10, 20] {
        let counsellor = talks.add_stage(&server, &[short], None).await;
        let slots = talks.slots_with(&server, short, counsellor).await;
        let (ready, answered) = (Arc::new(Barrier::new(CALLERS)), Arc::new(Semaphore::new(0)));
        let callers: Vec<_> = slots[..CALLERS]
            .iter()
            .map(|slot| {
                let (ready, answered) = (Arc::clone(&ready), Arc::clone(&answered));
                let request = server.booking(slot);
                tokio::spawn(async move {
                    ready.wait().await;
                    let answer = Answer::of(request).await;
                    answered.add_permits(1);
                    answer
                })
            })
            .collect();
        drop(
            answered
                .acquire_many(answered_before)
                .await
                .expect("answers"),
        );
        let seen = fall_ill(&server, &talks, counsellor).await;
        assert!(seen.len() >= answered_before as usize);

        let mut booked = BTreeSet::new();
        for caller in callers {
            let answer = caller.await.expect("a call");
            if answer.status == 201 {
                let id = answer.json()["id"].as_str().expect("an id").to_owned();
                booked.insert(id);
            } else {
                answer.expect_problem(409, "slot-gone");
            }
        }
        assert_eq!(booked, seen);
        assert_eq!(booked, appointments_with(&server, counsellor).await);
        let late: &Value = &slots[CALLERS];
        talks
            .book(&server, late)
            .await
            .expect_problem(409, "slot-gone");
        let free = talks.slots_with(&server, short, counsellor).await;
        assert_eq!(free, Vec::<Value>::new());
    }
    invariants::check_at_the_end(&server).await;
}

/// Enters an absence of a year. Answers which appointments it found in its way.
async fn fall_ill(server: &Server, talks: &Talks, counsellor: Uuid) -> BTreeSet<String> {
    let now = server.app.clock.now();
    let absence = json!({
        "organisation_id": talks.people.organisation, "counsellor_id": counsellor,
        "starts_at": now.to_rfc3339(), "ends_at": (now + TimeDelta::days(365)).to_rfc3339(),
    });
    let request = server.request(Method::POST, "/v1/absences");
    let request = request.bearer_auth(server.token(talks.people.coordinator));
    let entered = Answer::of(request.json(&absence)).await.expect(201);
    let affected = entered["affected_appointments"].as_array().expect("a list");
    affected
        .iter()
        .map(|id| id.as_str().expect("an id").to_owned())
        .collect()
}

async fn appointments_with(server: &Server, counsellor: Uuid) -> BTreeSet<String> {
    let client = postgres::connect(&server.database_url).await;
    let rows = client.query(&of_counsellor(counsellor), &[]).await;
    rows.expect("appointments")
        .iter()
        .map(|row| row.get(0))
        .collect()
}

fn of_counsellor(counsellor: Uuid) -> String {
    format!("SELECT id::text FROM appointments WHERE counsellor_id = '{counsellor}'")
}
