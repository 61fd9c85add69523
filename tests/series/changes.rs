use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::{Answer, invariants};

use super::{Weeks, each, items, text};

async fn booked(weeks: &Weeks, slot: usize, count: usize) -> Value {
    let slots = weeks.slots().await;
    let wish = weeks.wish(&slots[slot], count, "all_or_nothing");
    weeks.book(&wish).await.expect(201)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_is_cancelled_or_the_rest_or_all() {
    let weeks = Weeks::arrange(4).await;
    let series = booked(&weeks, 3, 4).await;
    let third = text(&series["appointments"][2]["id"]);
    let rest = json!({"from": third, "reason_code": "other", "reason": "moved away"});
    let cancelled = Answer::of(weeks.change(&series, "cancel", &rest))
        .await
        .expect(200);
    assert_eq!(
        each(&cancelled["appointments"], "status"),
        ["booked", "booked", "cancelled", "cancelled"]
    );
    assert_eq!(cancelled["appointments"][3]["cancel_reason"], "moved away");
    let codes = each(&cancelled["appointments"], "cancel_reason_code");
    assert_eq!(codes[2..], ["other", "other"]);
    let again = Answer::of(weeks.change(&series, "cancel", &rest)).await;
    again.expect_problem(409, "already-cancelled");

    let path = format!(
        "/v1/appointments/{}/cancel",
        text(&series["appointments"][0]["id"])
    );
    let one = weeks.server.once(&path, &json!({}));
    let one = Answer::of(one.header("Appointment-Secret", text(&series["secret"]))).await;
    assert_eq!(one.expect(200)["status"], "cancelled");
    let all = Answer::of(weeks.change(&series, "cancel", &json!({})))
        .await
        .expect(200);
    assert!(
        each(&all["appointments"], "status")
            .iter()
            .all(|status| *status == "cancelled")
    );
    let claims = weeks
        .server
        .sql_value("SELECT count(*) FROM allocations")
        .await;
    assert_eq!(claims, "0");
    invariants::check(&weeks.server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_late_for_a_visitor_stays_and_is_listed() {
    let weeks = Weeks::arrange(3).await;
    let series = booked(&weeks, 3, 3).await;
    let first = text(&series["appointments"][0]["starts_at"]);
    let first: chrono::DateTime<chrono::Utc> = first.parse().expect("an instant");
    let clock = &weeks.server.app.clock;
    clock.advance(first - clock.now() - TimeDelta::minutes(30));
    let cancelled = Answer::of(weeks.change(&series, "cancel", &json!({})))
        .await
        .expect(200);
    assert_eq!(
        each(&cancelled["appointments"], "status"),
        ["booked", "cancelled", "cancelled"]
    );
    assert_eq!(each(&cancelled["left_out"], "code"), ["too-late"]);
    assert_eq!(
        cancelled["left_out"][0]["appointment_id"],
        series["appointments"][0]["id"]
    );
    let again = Answer::of(weeks.change(&series, "cancel", &json!({}))).await;
    again.expect_problem(409, "too-late");
    // Staff still can.
    let path = format!("/v1/series/{}/cancel", text(&series["id"]));
    let token = weeks.server.token(weeks.talks.people.coordinator);
    let staff = Answer::of(weeks.server.once(&path, &json!({})).bearer_auth(token))
        .await
        .expect(200);
    assert_eq!(staff["appointments"][0]["status"], "cancelled");
    invariants::check(&weeks.server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_follow_move_by_as_much_or_none_does() {
    let weeks = Weeks::arrange(4).await;
    let series = booked(&weeks, 3, 4).await;
    let preview = weeks
        .preview(&weeks.wish(&weeks.slots().await[4], 4, "what_fits"))
        .await;
    let second = &series["appointments"][1];
    let to = json!({"from": second["id"], "slot_id": preview["dates"][1]["slot_id"]});
    let moved = Answer::of(weeks.change(&series, "reschedule", &to))
        .await
        .expect(200);
    let (before, after) = (
        each(&series["appointments"], "starts_at"),
        each(&moved["appointments"], "starts_at"),
    );
    assert_eq!(after[0], before[0]);
    assert_eq!(after[1..], each(&preview["dates"], "starts_at")[1..]);
    assert_eq!(
        each(&moved["appointments"], "id"),
        each(&series["appointments"], "id")
    );
    invariants::check(&weeks.server).await;

    // Somebody has the hour before in the third week.
    let third = json!({"id": weeks.preview(&weeks.wish(&weeks.slots().await[2], 3, "what_fits")).await["dates"][2]["slot_id"]});
    weeks.talks.book(&weeks.server, &third).await.expect(201);
    let earlier = weeks
        .preview(&weeks.wish(&weeks.slots().await[2], 4, "what_fits"))
        .await;
    let to = json!({"from": second["id"], "slot_id": earlier["dates"][1]["slot_id"]});
    let refused = Answer::of(weeks.change(&series, "reschedule", &to)).await;
    let refused = refused.expect_problem(409, "dates-unbookable");
    assert_eq!(each(&refused["errors"], "code"), ["slot-taken"]);
    let path = format!("/v1/series/{}", text(&series["id"]));
    let told = weeks.get(&path, text(&series["secret"])).await.expect(200);
    assert_eq!(told["appointments"], moved["appointments"]);
    assert_eq!(items(&told["appointments"]).len(), 4);
}

/// Each moves into the time that the one before it leaves.
#[tokio::test(flavor = "multi_thread")]
async fn a_series_moves_through_its_own_places() {
    let weeks = Weeks::arrange(4).await;
    let series = booked(&weeks, 3, 3).await;
    let slots = weeks
        .preview(&weeks.wish(&weeks.slots().await[4], 2, "what_fits"))
        .await;
    let (first, week) = (&series["appointments"][0], &series["appointments"][1]);
    // To the next week at the same hour, where the second one is: its slot is named by hand.
    let next = text(&slots["dates"][1]["slot_id"])
        .parse::<domain::slot_id::SlotId>()
        .expect("a slot");
    let start: chrono::DateTime<chrono::Utc> =
        text(&week["starts_at"]).parse().expect("an instant");
    let starts_at = domain::minutes::WholeMinute::new(start).expect("a minute");
    let slot = domain::slot_id::SlotId { starts_at, ..next };
    let to = json!({"from": first["id"], "slot_id": slot.to_string()});
    let moved = Answer::of(weeks.change(&series, "reschedule", &to))
        .await
        .expect(200);
    assert_eq!(
        each(&moved["appointments"], "starts_at")[..2],
        each(&series["appointments"], "starts_at")[1..]
    );
    invariants::check(&weeks.server).await;
}
