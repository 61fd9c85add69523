use reqwest::Method;
use serde_json::json;
use tests::circles::staff;
use tests::lending::{Lending, id, met};
use tests::{Answer, Server, invariants};

use super::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_series_takes_the_room_on_each_of_its_dates() {
    let server = Server::start().await;
    let lending = Lending::arrange(&server).await;
    let stage = Stage::arrange(&server, lending.borrower, lending.entered).await;
    Stage::publish(
        &server,
        &stage.talks,
        stage.service,
        Some(lending.entered),
        11,
    )
    .await;
    let slot = stage.slots(&server).await.remove(0);
    let wish = stage.weekly(&server, &slot, 2);
    let own = lending.own_meeting(&server, 11, 9, 30);
    let own = met(&server, &lending.owner, &own).await.expect(201);
    let refused = Answer::of(server.once("/v1/series", &wish)).await;
    refused.expect_problem(409, "dates-unbookable");
    let cancel = format!("/v1/meetings/{}/cancel", id(&own));
    staff(
        &server,
        Method::POST,
        &cancel,
        lending.owner.people.coordinator,
        &json!({}),
    )
    .await
    .expect(200);
    Answer::of(server.once("/v1/series", &wish))
        .await
        .expect(201);
    assert_eq!(
        lending
            .uses(&server, lending.owner.people.coordinator)
            .await
            .len(),
        2
    );
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_series_takes_no_more_than_the_quota_leaves() {
    let server = Server::start().await;
    let terms = json!({"quota": {"limit": 1, "unit": "uses", "per": "month"}});
    let lending = Lending::with(&server, terms).await;
    let stage = Stage::arrange(&server, lending.borrower, lending.entered).await;
    for days in [11, 18, 25] {
        Stage::publish(
            &server,
            &stage.talks,
            stage.service,
            Some(lending.entered),
            days,
        )
        .await;
    }
    let slot = stage.slots(&server).await.remove(0);
    // Two of four weeks lie in one month.
    let wish = stage.weekly(&server, &slot, 4);
    let refused = Answer::of(server.once("/v1/series", &wish)).await;
    refused.expect_problem(409, "dates-unbookable");
    assert_eq!(
        server.sql_value("SELECT count(*) FROM appointments").await,
        "0"
    );
    let preview = server.request(Method::POST, "/v1/series?dry_run=true");
    let preview = Answer::of(preview.json(&wish)).await.expect(200);
    let is_told = |date: &&serde_json::Value| date["slot_id"].is_null();
    let dates = preview["dates"].as_array().expect("dates");
    let told = dates.iter().filter(is_told).count();
    assert!(told > 0, "what will not fit is told before: {preview}");
    let mut what_fits = wish.clone();
    what_fits["mode"] = json!("what_fits");
    let booked = Answer::of(server.once("/v1/series", &what_fits)).await;
    let booked = booked.expect(201);
    let left_out = booked["left_out"].as_array().expect("what is left out");
    assert_eq!(left_out.len(), told, "{booked}");
    invariants::check(&server).await;
}
