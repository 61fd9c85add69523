use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use tests::fixtures::Talks;
use tests::{Answer, Server};
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_without_a_name_finds_books_moves_and_cancels() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let slots = talks.slots(&server).await;
    assert_eq!(slots.len(), 8);
    assert_eq!(slots[0]["languages"], json!(["ar", "de"]));

    let booked = talks.book(&server, &slots[0]).await.expect(201);
    assert_eq!(
        (&booked["status"], &booked["client"]),
        (&json!("booked"), &Value::Null)
    );
    assert_eq!(booked["starts_at"], slots[0]["starts_at"]);
    let secret = booked["secret"].as_str().expect("a secret").to_owned();
    assert_eq!(talks.slots(&server).await.len(), 7);

    let path = format!("/v1/appointments/{}", booked["id"].as_str().expect("an id"));
    let opened = Answer::of(
        server
            .request(Method::GET, &path)
            .header("Appointment-Secret", &secret),
    )
    .await;
    assert_eq!(opened.expect(200)["code"], booked["code"]);
    let found = server
        .post(
            "/v1/appointments/find",
            &json!({"code": booked["code"], "secret": secret}),
        )
        .await;
    assert_eq!(found.expect(200)["id"], booked["id"]);

    let act = |action: &str, body: Value| {
        let request = server.request(Method::POST, &format!("{path}/{action}"));
        Answer::of(request.header("Appointment-Secret", &secret).json(&body))
    };
    let moved = act("reschedule", json!({"slot_id": slots[3]["id"]}))
        .await
        .expect(200);
    assert_eq!(moved["starts_at"], slots[3]["starts_at"]);
    assert_eq!(
        (&moved["code"], &moved["etag"]),
        (&booked["code"], &json!("\"2\""))
    );
    assert_eq!(
        talks.slots(&server).await[0]["starts_at"],
        slots[0]["starts_at"]
    );

    let entry = server
        .request(Method::GET, &format!("{path}/calendar.ics"))
        .header("Appointment-Secret", &secret);
    assert!(Answer::of(entry).await.text.contains("SUMMARY:Termin\r\n"));

    let cancelled = act("cancel", json!({"reason": "ill"})).await.expect(200);
    assert_eq!(
        (&cancelled["status"], &cancelled["cancelled_by"]),
        (&json!("cancelled"), &json!("visitor"))
    );
    act("cancel", json!({}))
        .await
        .expect_problem(409, "already-cancelled");
    assert_eq!(talks.slots(&server).await.len(), 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_slot_is_booked_with_its_token_only() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let slot = talks.slots(&server).await.remove(0);
    let post = |path: &'static str, body: Value| {
        let request = server
            .request(Method::POST, path)
            .header("Idempotency-Key", Uuid::new_v4().to_string());
        Answer::of(request.json(&body))
    };
    let hold = post("/v1/holds", json!({"slot_id": slot["id"]}))
        .await
        .expect(201);
    assert_eq!(hold["slot"], slot);
    post("/v1/appointments", json!({"slot_id": slot["id"]}))
        .await
        .expect_problem(409, "slot-taken");
    let forged = json!({"hold_id": hold["id"], "hold_token": "x"});
    post("/v1/appointments", forged)
        .await
        .expect_problem(409, "hold-mismatch");
    let redeem = json!({"hold_id": hold["id"], "hold_token": hold["token"]});
    let booked = post("/v1/appointments", redeem.clone()).await.expect(201);
    assert_eq!(booked["starts_at"], slot["starts_at"]);
    post("/v1/appointments", redeem)
        .await
        .expect_problem(409, "hold-expired");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_hold_is_in_nobodys_way() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let slot = talks.slots(&server).await.remove(0);
    let request = server
        .request(Method::POST, "/v1/holds")
        .header("Idempotency-Key", Uuid::new_v4().to_string());
    Answer::of(request.json(&json!({"slot_id": slot["id"]})))
        .await
        .expect(201);
    assert_eq!(talks.slots(&server).await.len(), 7);
    server.app.clock.advance(TimeDelta::minutes(11));
    assert_eq!(talks.slots(&server).await.len(), 8);
    talks.book(&server, &slot).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_see_the_day_and_record_who_came() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let slots = talks.slots(&server).await;
    let booked = talks.book(&server, &slots[0]).await.expect(201);
    let path = format!("/v1/appointments/{}", booked["id"].as_str().expect("an id"));
    let as_account = |method: Method, path: &str, account: Uuid| {
        Answer::of(
            server
                .request(method, path)
                .bearer_auth(server.token(account)),
        )
    };
    for account in [talks.people.coordinator, talks.people.counsellor] {
        let day = as_account(Method::GET, "/v1/appointments", account)
            .await
            .expect(200);
        assert_eq!(day["items"][0]["id"], booked["id"]);
    }
    as_account(Method::GET, "/v1/appointments", talks.people.administrator)
        .await
        .expect_problem(403, "forbidden");
    let check_in = format!("{path}/check-in");
    as_account(Method::POST, &check_in, talks.people.coordinator)
        .await
        .expect_problem(409, "too-early");
    server.app.clock.advance(TimeDelta::days(3));
    as_account(Method::POST, &check_in, talks.people.coordinator)
        .await
        .expect(200);
    let completed = as_account(
        Method::POST,
        &format!("{path}/complete"),
        talks.people.counsellor,
    )
    .await
    .expect(200);
    assert_eq!(completed["status"], "completed");
    let again = as_account(
        Method::POST,
        &format!("{path}/no-show"),
        talks.people.coordinator,
    )
    .await;
    again.expect_problem(409, "wrong-status");
}
