//! A request that is sent again has its effect once.

use std::time::Duration;

use chrono::TimeDelta;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tests::crowd::at_once;
use tests::fixtures::Talks;
use tests::{Answer, Server, invariants, postgres};
use uuid::Uuid;

const BOOK: &str = "/v1/appointments";

#[tokio::test(flavor = "multi_thread")]
async fn fifty_repetitions_at_once_book_one_appointment() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    for (booked, slot) in talks.slots(&server).await.iter().enumerate() {
        let key = Uuid::new_v4();
        let calls = at_once((0..50).map(|_| booking(&server, key, slot))).await;
        let answered: Vec<&Answer> = calls
            .iter()
            .map(|call| &call.answer)
            .filter(|answer| answer.outcome() != "409 idempotency-in-progress")
            .collect();
        let first = answered.first().expect("an answer").expect(201);
        assert!(first["secret"].is_string());
        for answer in answered {
            assert_eq!(answer.expect(201), first);
        }
        assert_eq!(appointments(&server).await, booked + 1);
        let later = Answer::of(booking(&server, key, slot)).await;
        assert_eq!(later.expect(201), first);
        assert_eq!(
            later.header("location"),
            format!("{BOOK}/{}", text(&first, "id"))
        );
        assert_eq!(
            (later.header("etag"), later.header("cache-control")),
            ("\"1\"", "no-store")
        );
    }
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_hold_is_the_same_hold() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let slot = talks.slots(&server).await.remove(0);
    let (key, body) = (Uuid::new_v4(), json!({"slot_id": slot["id"]}));
    let hold = || Answer::of(server.under_key(key, "/v1/holds", &body));
    let first = hold().await.expect(201);
    assert_eq!(hold().await.expect(201), first);
    assert_eq!(talks.slots(&server).await.len(), 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_move_moves_once() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let slots = talks.slots(&server).await;
    let booked = talks.book(&server, &slots[0]).await.expect(201);
    let path = format!("{BOOK}/{}/reschedule", text(&booked, "id"));
    let (key, body) = (Uuid::new_v4(), json!({"slot_id": slots[1]["id"]}));
    let moving = || {
        let request = server.under_key(key, &path, &body);
        request.header("Appointment-Secret", text(&booked, "secret"))
    };
    let first = Answer::of(moving()).await.expect(200);
    assert_eq!(first["etag"], "\"2\"");
    assert_eq!(Answer::of(moving()).await.expect(200), first);
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_belongs_to_one_request() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let slots = talks.slots(&server).await;
    let key = Uuid::new_v4();
    Answer::of(booking(&server, key, &slots[0]))
        .await
        .expect(201);
    Answer::of(booking(&server, key, &slots[1]))
        .await
        .expect_problem(422, "idempotency-key-reused");
    let with_note = json!({"slot_id": slots[0]["id"], "note": "Hund"});
    Answer::of(server.under_key(key, BOOK, &with_note))
        .await
        .expect_problem(422, "idempotency-key-reused");
    assert_eq!(appointments(&server).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_or_with_a_guessable_one_nothing_is_booked() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let slot = talks.slots(&server).await.remove(0);
    for path in [BOOK, "/v1/holds"] {
        let bare = || {
            let request = server.request(Method::POST, path);
            request.json(&json!({"slot_id": slot["id"]}))
        };
        Answer::of(bare())
            .await
            .expect_problem(400, "idempotency-key-required");
        Answer::of(bare().header("Idempotency-Key", "1"))
            .await
            .expect_problem(400, "invalid-request");
    }
    assert_eq!(talks.slots(&server).await.len(), 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_attempt_is_decided_anew() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let slot = talks.slots(&server).await.remove(0);
    let rival = talks.book(&server, &slot).await.expect(201);
    let key = Uuid::new_v4();
    Answer::of(booking(&server, key, &slot))
        .await
        .expect_problem(409, "slot-taken");
    let path = format!("{BOOK}/{}/cancel", text(&rival, "id"));
    let cancel = server.once(&path, &json!({}));
    Answer::of(cancel.header("Appointment-Secret", text(&rival, "secret")))
        .await
        .expect(200);
    Answer::of(booking(&server, key, &slot)).await.expect(201);
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_callers_with_the_same_key_make_two_requests() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let slots = talks.slots(&server).await;
    let key = Uuid::new_v4();
    let as_account = |account: Uuid, slot: &Value| {
        let request = booking(&server, key, slot);
        Answer::of(request.bearer_auth(server.token(account)))
    };
    let people = talks.people;
    let visitors = Answer::of(booking(&server, key, &slots[0]))
        .await
        .expect(201);
    let coordinators = as_account(people.coordinator, &slots[1]).await.expect(201);
    let counsellors = as_account(people.counsellor, &slots[2]).await.expect(201);
    let again = as_account(people.coordinator, &slots[1]).await.expect(201);
    assert_eq!(again, coordinators);
    assert_ne!(visitors["id"], coordinators["id"]);
    assert_ne!(coordinators["id"], counsellors["id"]);
    assert_eq!(appointments(&server).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_day_a_repetition_is_a_new_request() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let counsellor = talks.add_stage(&server, &[talks.service], None).await;
    let slots = talks.slots_with(&server, talks.service, counsellor).await;
    let key = Uuid::new_v4();
    let first = Answer::of(booking(&server, key, &slots[0]))
        .await
        .expect(201);
    server.app.clock.advance(TimeDelta::hours(23));
    let repeated = Answer::of(booking(&server, key, &slots[0])).await;
    assert_eq!(repeated.expect(201), first);
    server.app.clock.advance(TimeDelta::hours(1));
    Answer::of(booking(&server, key, &slots[0]))
        .await
        .expect_problem(409, "slot-taken");
    let other = Answer::of(booking(&server, key, &slots[1]))
        .await
        .expect(201);
    let repeated = Answer::of(booking(&server, key, &slots[1])).await;
    assert_eq!(repeated.expect(201), other);
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_of_the_kept_answers_tells_nothing() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let slot = talks.slots(&server).await.remove(0);
    let key = Uuid::new_v4();
    let body = json!({"slot_id": slot["id"], "client": {"name": "Amal Haddad"}});
    let booked = Answer::of(server.under_key(key, BOOK, &body))
        .await
        .expect(201);
    let dump = server
        .sql_value("SELECT string_agg(k::text, ' ') FROM idempotency_keys k")
        .await;
    assert!(dump.len() > 500, "{dump}");
    let key = key.to_string();
    for word in [
        "Amal",
        &key,
        text(&booked, "secret"),
        text(&booked, "code"),
        text(&booked, "id"),
    ] {
        for form in [word.to_owned(), word.replace('-', "")] {
            let hex: String = form.bytes().map(|byte| format!("{byte:02x}")).collect();
            assert!(!dump.contains(&form) && !dump.contains(&hex), "{form}");
        }
    }
}

/// The first request is stopped where it has its key and has stored nothing yet.
#[tokio::test(flavor = "multi_thread")]
async fn meanwhile_a_key_is_in_progress() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let counsellor = talks.add_stage(&server, &[talks.service], None).await;
    let elsewhere = &talks.slots_with(&server, talks.service, counsellor).await[0];
    let slot = &talks
        .slots_with(&server, talks.service, talks.counsellor)
        .await[0];
    let key = Uuid::new_v4();
    let barrier = postgres::connect(&server.database_url).await;
    let stop = "BEGIN; LOCK TABLE appointments IN SHARE MODE";
    barrier.batch_execute(stop).await.expect("a lock");
    let first = tokio::spawn(Answer::of(booking(&server, key, slot)));
    let waiting =
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'appointments'::regclass";
    while server.sql_value(waiting).await == "0" {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let second = Answer::of(booking(&server, key, elsewhere)).await;
    second.expect_problem(409, "idempotency-in-progress");
    assert_eq!(second.header("retry-after"), "1");
    barrier.batch_execute("COMMIT").await.expect("the end");
    first.await.expect("a call").expect(201);
    assert_eq!(appointments(&server).await, 1);
}

fn booking(server: &Server, key: Uuid, slot: &Value) -> RequestBuilder {
    server.under_key(key, BOOK, &json!({"slot_id": slot["id"]}))
}

fn text<'a>(answer: &'a Value, field: &str) -> &'a str {
    answer[field].as_str().expect("a text")
}

async fn appointments(server: &Server) -> usize {
    let count = server.sql_value("SELECT count(*) FROM appointments").await;
    count.parse().expect("a count")
}

/// What was read to answer again must be let go of before the answer.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_answered_again_as_often_and_as_quickly_as_it_comes() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let slot = talks.slots(&server).await.remove(0);
    let (key, body) = (Uuid::new_v4(), json!({"slot_id": slot["id"]}));
    let ask = || server.under_key(key, BOOK, &body);
    let booked = Answer::of(ask()).await.expect(201);
    for _ in 0..200 {
        assert_eq!(Answer::of(ask()).await.expect(201), booked);
    }
}
