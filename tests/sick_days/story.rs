use serde_json::json;
use tests::fixtures::Talks;
use tests::{Answer, Server, invariants};
use uuid::Uuid;

use super::{answering, booked, items, seen, sick_day, sick_day_at, text};

#[tokio::test(flavor = "multi_thread")]
async fn the_stranded_get_other_slots_held_and_take_them() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let other = talks.add_stage(&server, &[talks.service], None).await;
    let booked = booked(&server, &talks, 2).await;
    let propose = json!({"action": "propose"});

    let tried = sick_day_at("/v1/sick-days?dry_run=true", &server, &talks, &propose);
    let tried = Answer::of(tried).await.expect(200);
    assert!(tried["absence_id"].is_null());
    assert_eq!(items(&tried).len(), 2);
    assert_eq!(
        items(&seen(&server, &booked[0], "/proposals").await).len(),
        0
    );

    let done = Answer::of(sick_day(&server, &talks, &propose))
        .await
        .expect(200);
    let told = items(&done);
    assert_eq!((told.len(), &done["more"]), (2, &json!(false)));
    for (item, booked) in told.iter().zip(&booked) {
        assert_eq!(item["outcome"], "proposed");
        assert_eq!(item["appointment"]["id"], booked["id"]);
        assert_eq!(item["appointment"]["code"], booked["code"]);
        assert_eq!(item["appointment"]["can_be_told"], false);
        assert_eq!(item["proposals"].as_array().map(Vec::len), Some(1));
        assert_eq!(item["proposals"][0]["counsellor_id"], json!(other));
    }
    // Nobody else gets what is held: two of eight are gone.
    let free = talks.slots_with(&server, talks.service, other).await;
    assert_eq!(free.len(), 6);
    invariants::check(&server).await;

    let proposal = items(&seen(&server, &booked[0], "/proposals").await).remove(0);
    assert_eq!(proposal, told[0]["proposals"][0]);
    let moved = Answer::of(answering(&server, &booked[0], &proposal, "accept")).await;
    let moved = moved.expect(200);
    for same in ["id", "code", "service_id", "status"] {
        assert_eq!(moved[same], booked[0][same], "{same}");
    }
    assert_eq!(moved["starts_at"], proposal["starts_at"]);
    assert_eq!(moved["counsellor_id"], json!(other));
    let declined = Answer::of(answering(
        &server,
        &booked[1],
        &told[1]["proposals"][0],
        "decline",
    ));
    assert_eq!(
        declined.await.expect(200)["starts_at"],
        booked[1]["starts_at"]
    );
    let free = talks.slots_with(&server, talks.service, other).await;
    assert_eq!(free.len(), 7);
    let answers = items(&seen(&server, &booked[1], "/proposals").await);
    assert_eq!(answers[0]["state"], "declined");

    // Asked again, it is only about whom nothing is proposed; the absence is there already.
    let again = Answer::of(sick_day(&server, &talks, &propose))
        .await
        .expect(200);
    assert_eq!(again["absence_id"], done["absence_id"]);
    assert_eq!(items(&again).len(), 1);
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_cancelled_once_under_one_key() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let booked = booked(&server, &talks, 3).await;
    let key = Uuid::new_v4().to_string();
    let cancel = sick_day(
        &server,
        &talks,
        &json!({"action": "cancel", "reason": "ill"}),
    );
    let cancel = || {
        let cancel = cancel.try_clone().expect("a copy");
        let (client, request) = cancel.build_split();
        let mut request = request.expect("a request");
        let key = key.parse().expect("a header");
        request.headers_mut().insert("Idempotency-Key", key);
        reqwest::RequestBuilder::from_parts(client, request)
    };
    let done = Answer::of(cancel()).await.expect(200);
    assert_eq!(Answer::of(cancel()).await.expect(200), done);
    assert_eq!(items(&done).len(), 3);
    for (item, booked) in items(&done).iter().zip(&booked) {
        assert_eq!(item["outcome"], "cancelled");
        let now = seen(&server, booked, "").await;
        let facts = [&now["status"], &now["cancelled_by"], &now["cancel_reason"]];
        assert_eq!(facts, ["cancelled", "staff", "ill"]);
    }
    let absences = "SELECT count(*) FROM absences";
    assert_eq!(server.sql_value(absences).await, "1");
    let nothing = Answer::of(sick_day(&server, &talks, &json!({"action": "cancel"}))).await;
    assert_eq!(items(&nothing.expect(200)).len(), 0);
    invariants::check_at_the_end(&server).await;
}

/// Five are stranded, and there are three other slots.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_proposed_what_another_was() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let other = talks.add_stage(&server, &[talks.service], None).await;
    let slots = talks.slots_with(&server, talks.service, other).await;
    for slot in &slots[3..] {
        talks.book(&server, slot).await.expect(201);
    }
    booked(&server, &talks, 5).await;
    let wish = json!({"action": "propose", "proposals_each": 3});
    let done = Answer::of(sick_day(&server, &talks, &wish))
        .await
        .expect(200);
    let outcomes: Vec<_> = items(&done)
        .iter()
        .map(|it| it["outcome"].clone())
        .collect();
    let expected = ["proposed", "proposed", "proposed", "no_slot", "no_slot"];
    assert_eq!(outcomes, expected.map(|it| json!(it)));
    let again = Answer::of(sick_day(&server, &talks, &wish))
        .await
        .expect(200);
    let outcomes: Vec<_> = items(&again)
        .iter()
        .map(|it| text(&it["outcome"]).to_owned())
        .collect();
    let waiting = "already_proposed";
    assert_eq!(outcomes, ["no_slot", "no_slot", waiting, waiting, waiting]);
    invariants::check_at_the_end(&server).await;
}

/// What is proposed can be accepted: it is never more than the counsellor gives on a day.
#[tokio::test(flavor = "multi_thread")]
async fn no_more_is_proposed_than_a_counsellor_gives() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let other = talks.add_stage(&server, &[talks.service], None).await;
    let cap = format!("UPDATE counsellors SET max_per_day = 2 WHERE id = '{other}'");
    server.sql(&cap).await;
    let booked = booked(&server, &talks, 4).await;
    let propose = json!({"action": "propose"});
    let done = Answer::of(sick_day(&server, &talks, &propose)).await;
    let told = items(&done.expect(200));
    let outcomes: Vec<_> = told.iter().map(|it| text(&it["outcome"])).collect();
    assert_eq!(outcomes, ["proposed", "proposed", "no_slot", "no_slot"]);
    for (item, booked) in told.iter().zip(&booked).take(2) {
        let accept = answering(&server, booked, &item["proposals"][0], "accept");
        Answer::of(accept).await.expect(200);
    }
    invariants::check_at_the_end(&server).await;
}
