//! Somebody falls ill while callers book.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;
use tests::fixtures::Talks;
use tests::{Answer, Server, invariants, postgres};
use tokio::sync::{Barrier, Semaphore};
use uuid::Uuid;

const CALLERS: usize = 50;

/// Whoever holds the lock on the counsellor sees all bookings that came before, and none can be
/// committed until the lock is gone: so what the absence saw is all that there ever is.
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

/// Enters an absence of a year in the way of everything that touches a counsellor's time: under
/// the lock. Answers which appointments it found.
async fn fall_ill(server: &Server, talks: &Talks, counsellor: Uuid) -> BTreeSet<String> {
    let (organisation, absence) = (talks.people.organisation, Uuid::now_v7());
    let now = server.app.clock.now();
    let client = postgres::connect(&server.database_url).await;
    let lock = format!("BEGIN; SELECT FROM resources WHERE id = '{counsellor}' FOR NO KEY UPDATE");
    client.batch_execute(&lock).await.expect("the lock");
    let rows = client.query(&of_counsellor(counsellor), &[]).await;
    let enter = format!(
        "INSERT INTO absences (organisation_id, id, counsellor_id, starts_at, ends_at)
         VALUES ('{organisation}', '{absence}', '{counsellor}', '{now}', '{now}'::timestamptz + interval '1 year');
         COMMIT"
    );
    client.batch_execute(&enter).await.expect("the absence");
    rows.expect("appointments")
        .iter()
        .map(|row| row.get(0))
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
