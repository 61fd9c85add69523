//! Clients that hang up in the middle.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use tests::fixtures::Talks;
use tests::{Answer, Server, invariants};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use uuid::Uuid;

const CALLERS: usize = 90;

/// Each hangs up a little later than the one before, so that every moment of a booking is met.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_hangs_up_has_booked_wholly_or_not_at_all() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let short = Uuid::now_v7();
    talks.add_service(&server, short, 5, 5).await;
    for _ in 0..2 {
        let room = talks.add_room(&server).await;
        let counsellor = talks.add_stage(&server, &[short], Some(room)).await;
        let slots = talks.slots_with(&server, short, counsellor).await;
        let mut callers = Vec::new();
        for (at, slot) in (0..).zip(&slots[..CALLERS]) {
            let (key, body) = (Uuid::new_v4(), json!({"slot_id": slot["id"]}));
            let request = server.under_key(key, "/v1/appointments", &body).send();
            let patience = Duration::from_micros(250 * at);
            let hung_up = tokio::spawn(tokio::time::timeout(patience, request));
            callers.push((hung_up, key, body));
        }
        let mut attempts = Vec::new();
        for (hung_up, key, body) in callers {
            // Whether it was answered in time does not matter.
            let _ = hung_up.await.expect("a caller");
            attempts.push((key, body));
        }
        invariants::check(&server).await;
        // Each comes back and learns what became of it, or gets what is still theirs.
        let mut appointments = BTreeSet::new();
        for (key, body) in &attempts {
            let booked = come_back(&server, *key, body).await;
            appointments.insert(booked["id"].as_str().expect("an id").to_owned());
            assert!(booked["secret"].is_string());
        }
        assert_eq!(appointments.len(), CALLERS);
        let stored = "SELECT count(*) FROM appointments WHERE counsellor_id";
        let stored = server
            .sql_value(&format!("{stored} = '{counsellor}'"))
            .await;
        assert_eq!(stored, CALLERS.to_string());
    }
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_request_books_nothing() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let slot = talks.slots(&server).await.remove(0);
    let body = json!({"slot_id": slot["id"]}).to_string();
    let address = server.base_url.trim_start_matches("http://");
    let whole = format!(
        "POST /v1/appointments HTTP/1.1\r\nHost: {address}\r\nIdempotency-Key: {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        Uuid::new_v4(),
        body.len(),
    );
    for length in (1..whole.len()).step_by(7) {
        let mut connection = TcpStream::connect(address).await.expect("a connection");
        let half = &whole.as_bytes()[..length];
        connection.write_all(half).await.expect("half a request");
    }
    invariants::check(&server).await;
    assert_eq!(
        server.sql_value("SELECT count(*) FROM appointments").await,
        "0"
    );
    talks.book(&server, &slot).await.expect(201);
}

/// Repeats a request as its answer says: later, while the first one is still under way.
async fn come_back(server: &Server, key: Uuid, body: &Value) -> Value {
    loop {
        let answer = Answer::of(server.under_key(key, "/v1/appointments", body)).await;
        if answer.outcome() != "409 idempotency-in-progress" {
            return answer.expect(201);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
