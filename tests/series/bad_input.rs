use serde_json::json;
use tests::Answer;

use super::{Weeks, text};

#[tokio::test(flavor = "multi_thread")]
async fn rules_that_no_series_can_have_change_nothing() {
    let weeks = Weeks::arrange(1).await;
    let slots = weeks.slots().await;
    let good = weeks.wish(&slots[0], 2, "all_or_nothing");
    let day = text(&good["rule"])
        .split(';')
        .nth(1)
        .expect("a day")
        .to_owned();
    let other = if day.ends_with("MO") {
        "BYDAY=TU"
    } else {
        "BYDAY=MO"
    };
    for rule in [
        format!("FREQ=WEEKLY;{day};COUNT=10000"),
        format!("FREQ=WEEKLY;{day}"),
        format!("FREQ=WEEKLY;{day};UNTIL=99991231"),
        format!("FREQ=WEEKLY;{day};UNTIL=20000101"),
        format!("FREQ=WEEKLY;{other};COUNT=3"),
        format!("FREQ=WEEKLY;{day};COUNT=3;UNTIL=20300101"),
        format!("FREQ=WEEKLY;INTERVAL=52;{day};COUNT=9"),
        "FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3".to_owned(),
        "FREQ=DAILY;COUNT=3".to_owned(),
        "FREQ=HOURLY;COUNT=3".to_owned(),
        "FREQ=SECONDLY;COUNT=52".to_owned(),
        "every Tuesday".to_owned(),
        String::new(),
    ] {
        let mut wish = good.clone();
        wish["rule"] = json!(rule);
        for path in ["/v1/series", "/v1/series?dry_run=true"] {
            let answer = Answer::of(weeks.server.once(path, &wish)).await;
            let problem = answer.expect_problem(422, "rule-violated");
            assert_eq!(problem["errors"][0]["pointer"], "/rule", "{rule}");
        }
    }
    let mut wish = good.clone();
    wish["mode"] = json!("most");
    let answer = weeks.book(&wish).await.expect_problem(422, "rule-violated");
    assert_eq!(answer["errors"][0]["pointer"], "/mode");
    wish = good.clone();
    wish["slot_id"] = json!("nonsense");
    weeks
        .book(&wish)
        .await
        .expect_problem(400, "invalid-request");
    let without_key = weeks.server.post("/v1/series", &good).await;
    without_key.expect_problem(400, "idempotency-key-required");
    assert_eq!(weeks.stored().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_name_a_part_of_the_series() {
    let weeks = Weeks::arrange(2).await;
    let slots = weeks.slots().await;
    let series = weeks
        .book(&weeks.wish(&slots[0], 2, "all_or_nothing"))
        .await
        .expect(201);
    for from in [
        "0190d3c4-7b1e-7000-8000-0000000000a1",
        "tomorrow",
        "2026-12-01",
        "",
    ] {
        let cancel = Answer::of(weeks.change(&series, "cancel", &json!({"from": from}))).await;
        let problem = cancel.expect_problem(422, "rule-violated");
        assert_eq!(problem["errors"][0]["pointer"], "/from", "{from}");
    }
    let to = json!({"from": "0190d3c4-7b1e-7000-8000-0000000000a1", "slot_id": slots[1]["id"]});
    let unknown = Answer::of(weeks.change(&series, "reschedule", &to)).await;
    unknown.expect_problem(422, "rule-violated");
    let far = json!({"from": "+262142-12-31T00:00:00Z"});
    let cancel = Answer::of(weeks.change(&series, "cancel", &far)).await;
    assert!(cancel.status.is_client_error(), "{}", cancel.text);
    assert_eq!(weeks.stored().await, 2);
}
