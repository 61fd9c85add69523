use chrono::{Datelike, TimeDelta};
use serde_json::{Value, json};
use tests::{Answer, invariants};
use uuid::Uuid;

use super::{Weeks, each, items};

#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_place_in_a_week_leaves_the_others_to_a_series() {
    let weeks = Weeks::arrange(2).await;
    let capped = weeks.talks.cap_weeks(&weeks.server, Some(2)).await;
    capped.expect(200);
    let slots = weeks.slots().await;
    weeks.talks.book(&weeks.server, &slots[0]).await.expect(201);
    let first = weeks.wish(&slots[3], 2, "all_or_nothing");
    let booked = weeks.book(&first).await.expect(201);
    assert_eq!(items(&booked["appointments"]).len(), 2);

    // The first week is full now, and the second has one place left.
    let full = weeks.wish(&slots[5], 2, "all_or_nothing");
    let refused = weeks.book(&full).await;
    let refused = refused.expect_problem(409, "dates-unbookable");
    assert_eq!(each(&refused["errors"], "code"), ["cap-reached"]);
    let fits = weeks.wish(&slots[5], 2, "what_fits");
    let fits = weeks.book(&fits).await.expect(201);
    assert_eq!(items(&fits["appointments"]).len(), 1);
    assert_eq!(each(&fits["left_out"], "code"), ["cap-reached"]);
    invariants::check_at_the_end(&weeks.server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_date_of_a_series_takes_a_place_of_its_week() {
    let weeks = Weeks::arrange(1).await;
    let server = &weeks.server;
    // Monday and Tuesday of a week with nothing else in it.
    let today = server.app.clock.now().weekday().num_days_from_monday();
    for day in [14, 15] {
        let days = i64::from(day - today);
        let (session, services) = (Uuid::now_v7(), [weeks.talks.service]);
        let talks = &weeks.talks;
        talks
            .add_session(server, session, talks.counsellor, &services, days)
            .await;
    }
    let monday = (server.app.clock.now() + TimeDelta::days(i64::from(14 - today))).date_naive();
    let slots = weeks.talks.slots(server).await;
    let on_monday = |slot: &&Value| {
        let start = slot["starts_at"].as_str().expect("a start");
        start.starts_with(&monday.to_string())
    };
    let slot = slots.iter().find(on_monday).expect("a slot");
    let wish = json!({"slot_id": slot["id"], "rule": "FREQ=WEEKLY;BYDAY=MO,TU;COUNT=2", "mode": "all_or_nothing"});

    weeks.talks.cap_weeks(server, Some(1)).await.expect(200);
    let refused = weeks.book(&wish).await;
    let refused = refused.expect_problem(409, "dates-unbookable");
    assert_eq!(each(&refused["errors"], "code"), ["cap-reached"]);
    weeks.talks.cap_weeks(server, Some(2)).await.expect(200);
    let booked = weeks.book(&wish).await.expect(201);
    assert_eq!(items(&booked["appointments"]).len(), 2);

    // Both move on by an hour, within their week, and keep its places.
    let taken = each(&booked["appointments"], "starts_at");
    let later = slots.iter().filter(on_monday);
    let later = later.map(|slot| &slot["id"]).nth(1).expect("a later slot");
    let first = &booked["appointments"][0]["id"];
    let body = json!({"from": first, "slot_id": later});
    let moved = Answer::of(weeks.change(&booked, "reschedule", &body)).await;
    assert_ne!(each(&moved.expect(200)["appointments"], "starts_at"), taken);
    invariants::check_at_the_end(server).await;
}
