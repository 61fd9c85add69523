use chrono::TimeDelta;
use serde_json::json;
use tests::{Answer, Server};
use uuid::Uuid;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_waited_for_is_refused_and_nobody_waits() {
    let server = Server::start().await;
    let talks = with_waitlist(&server).await;
    let now = server.app.clock.now();
    let past = json!([{"from": now - TimeDelta::hours(2), "before": now - TimeDelta::hours(1)}]);
    let backwards =
        json!([{"from": now + TimeDelta::hours(2), "before": now + TimeDelta::hours(1)}]);
    let span = json!({"from": now, "before": now + TimeDelta::hours(1)});
    for (field, value) in [
        ("counsellor_id", json!(Uuid::now_v7())),
        ("site_id", json!(Uuid::now_v7())),
        ("service_id", json!(Uuid::now_v7())),
        ("language", json!("Deutsch!")),
        ("modality", json!("pigeon")),
        ("spans", past),
        ("spans", backwards),
        ("spans", json!(vec![span; 21])),
        ("valid_until", json!(now)),
        ("valid_until", json!(now + TimeDelta::days(367))),
        ("note", json!("x".repeat(2001))),
    ] {
        let request = joining(&server, talks.service, &json!({field: value}));
        let problem = Answer::of(request)
            .await
            .expect_problem(422, "rule-violated");
        let pointer = problem["errors"][0]["pointer"].as_str().expect("a pointer");
        assert!(pointer.starts_with(&format!("/{field}")), "{problem}");
    }
    let body = wish(talks.service, &json!({}));
    let keyless = server.post("/v1/waitlist-entries", &body);
    keyless
        .await
        .expect_problem(400, "idempotency-key-required");
    let nobody = "SELECT count(*) FROM waitlist_entries";
    assert_eq!(server.sql_value(nobody).await, "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_says_whether_it_keeps_a_list_and_what_it_wants_to_know() {
    let server = Server::start().await;
    let talks = with_waitlist(&server).await;
    server
        .sql("UPDATE services SET contact_rule = 'required'")
        .await;
    let anonymous = Answer::of(joining(&server, talks.service, &json!({}))).await;
    anonymous.expect_problem(422, "contact-required");
    server
        .sql("UPDATE services SET waitlist_offer_minutes = NULL")
        .await;
    let unkept = Answer::of(joining(&server, talks.service, &json!({}))).await;
    unkept.expect_problem(409, "waitlist-not-kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_opens_by_its_own_secret_alone() {
    let server = Server::start().await;
    let talks = with_waitlist(&server).await;
    let ours = joined(&server, &talks, &json!({})).await;
    let theirs = joined(&server, &talks, &json!({})).await;
    let stolen = json!({"id": ours["id"], "secret": theirs["secret"]});
    let leave = Answer::of(declining(&server, &stolen, &json!({}))).await;
    leave.expect_problem(404, "not-found");
    let stay = json!({"stay": true});
    let nothing = Answer::of(declining(&server, &ours, &stay)).await;
    nothing.expect_problem(422, "rule-violated");
    let stay = json!({"stay": true, "offer_id": Uuid::now_v7()});
    let nothing = Answer::of(declining(&server, &ours, &stay)).await;
    nothing.expect_problem(409, "offer-gone");
    assert_eq!(seen(&server, &ours).await["status"], "waiting");
}

#[tokio::test(flavor = "multi_thread")]
async fn under_one_key_somebody_waits_once_however_much_later() {
    let server = Server::start().await;
    let talks = with_waitlist(&server).await;
    server
        .sql("UPDATE services SET minimum_notice_minutes = 50000")
        .await;
    let (key, body) = (Uuid::new_v4(), wish(talks.service, &json!({})));
    let join = || Answer::of(server.under_key(key, "/v1/waitlist-entries", &body));
    let (first, again) = (join().await.expect(201), join().await.expect(201));
    assert_eq!(first, again);
    server.app.clock.advance(TimeDelta::days(2));
    join().await.expect_problem(409, "conflict");
    let left = Answer::of(declining(&server, &first, &json!({}))).await;
    left.expect(200);
    join().await.expect(201);
}
