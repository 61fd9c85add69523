//! Series that want each other's dates.

use std::time::Duration;

use reqwest::RequestBuilder;
use serde_json::Value;
use tests::crowd::{at_once, tally};
use tests::{Answer, invariants};
use uuid::Uuid;

use super::{Weeks, items, text};

/// Of the one that begins in the first week, and of the one that begins in the last of its weeks.
async fn overlapping(weeks: &Weeks, mode: &str) -> [Value; 2] {
    let slots = weeks.slots().await;
    let first = weeks.wish(&slots[3], 3, mode);
    let preview = weeks.preview(&first).await;
    let mut second = first.clone();
    second["slot_id"] = preview["dates"][2]["slot_id"].clone();
    [first, second]
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_series_that_share_a_date_exactly_one_is_booked_wholly() {
    for _ in 0..4 {
        let weeks = Weeks::arrange(5).await;
        let wishes = overlapping(&weeks, "all_or_nothing").await;
        let calls = at_once(wishes.iter().map(|wish| weeks.booking(wish))).await;
        let outcomes = tally(calls.iter().map(|call| &call.answer));
        let expected = [("201", 1), ("409 dates-unbookable", 1)];
        assert_eq!(outcomes, expected.map(|(o, n)| (o.to_owned(), n)).into());
        assert_eq!(weeks.stored().await, 3);
        invariants::check_at_the_end(&weeks.server).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fits_gives_the_shared_date_to_one() {
    for _ in 0..4 {
        let weeks = Weeks::arrange(5).await;
        let wishes = overlapping(&weeks, "what_fits").await;
        let calls = at_once(wishes.iter().map(|wish| weeks.booking(wish))).await;
        let mut counts: Vec<_> = calls
            .iter()
            .map(|call| items(&call.answer.expect(201)["appointments"]).len())
            .collect();
        counts.sort_unstable();
        assert_eq!(counts, [2, 3]);
        assert_eq!(weeks.stored().await, 5);
        invariants::check_at_the_end(&weeks.server).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_series_and_moves_and_cancellations_do_not_wait_in_a_circle() {
    let weeks = Weeks::arrange(6).await;
    let room = weeks.talks.add_room(&weeks.server).await;
    let rooms = format!(
        "UPDATE sessions SET room_id = '{room}' WHERE id = ANY ('{{{}}}')",
        weeks.sessions[2..4]
            .iter()
            .map(Uuid::to_string)
            .collect::<Vec<_>>()
            .join(",")
    );
    weeks.server.sql(&rooms).await;
    let slots = weeks.slots().await;
    let mut standing = Vec::new();
    for slot in &slots[..2] {
        let wish = weeks.wish(slot, 6, "all_or_nothing");
        standing.push(weeks.book(&wish).await.expect(201));
    }
    let modes = ["all_or_nothing", "what_fits"];
    let mut requests: Vec<RequestBuilder> = (0..20)
        .map(|caller| {
            let count = 2 + caller % 5;
            weeks.booking(&weeks.wish(&slots[2 + caller % 6], count, modes[caller % 2]))
        })
        .collect();
    let from = &standing[0]["appointments"][1]["id"];
    let preview = weeks.preview(&weeks.wish(&slots[5], 2, "what_fits")).await;
    let to = serde_json::json!({"from": from, "slot_id": preview["dates"][1]["slot_id"]});
    requests.push(weeks.change(&standing[0], "reschedule", &to));
    requests.push(weeks.change(&standing[1], "cancel", &serde_json::json!({})));
    requests.push(weeks.change(&standing[1], "reschedule", &to));
    let calls = at_once(requests).await;
    for call in &calls {
        let outcome = call.answer.outcome();
        assert!(
            call.answer.status.as_u16() < 500,
            "{outcome}: {}",
            call.answer.text
        );
        assert!(call.took < Duration::from_secs(5), "{:?}", call.took);
    }
    invariants::check_at_the_end(&weeks.server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_after_a_lost_answer_gets_the_answer() {
    let weeks = Weeks::arrange(3).await;
    let wish = weeks.wish(&weeks.slots().await[3], 3, "all_or_nothing");
    let key = Uuid::new_v4();
    let book = || Answer::of(weeks.server.under_key(key, "/v1/series", &wish));
    let first = book().await.expect(201);
    assert_eq!(book().await.expect(201), first);
    assert_eq!(weeks.stored().await, 3);
    // Also when the session is gone by then.
    weeks
        .server
        .sql("UPDATE sessions SET status = 'withdrawn'")
        .await;
    assert_eq!(book().await.expect(201), first);
}

/// Each hangs up a little later than the one before, so that every moment of a booking is met.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_hangs_up_has_booked_the_whole_series_or_nothing() {
    let weeks = Weeks::arrange(4).await;
    let short = Uuid::now_v7();
    weeks.talks.add_service(&weeks.server, short, 5, 5).await;
    let (organisation, services) = (weeks.talks.people.organisation, &weeks.sessions);
    for session in services {
        weeks.server.sql(&format!(
            "INSERT INTO session_services SELECT '{organisation}', '{session}', '{short}', starts_at FROM sessions WHERE id = '{session}'"
        )).await;
    }
    let mut slots = weeks.talks.slots_of(&weeks.server, short).await;
    slots.retain(|slot| slot["session_id"] == serde_json::json!(weeks.talks.session));
    let mut callers = Vec::new();
    for (at, slot) in (0..).zip(slots.iter().take(40)) {
        let (key, wish) = (Uuid::new_v4(), weeks.wish(slot, 4, "all_or_nothing"));
        let request = weeks.server.under_key(key, "/v1/series", &wish).send();
        let patience = Duration::from_micros(500 * at);
        callers.push((
            tokio::spawn(tokio::time::timeout(patience, request)),
            key,
            wish,
        ));
    }
    let mut attempts = Vec::new();
    for (hung_up, key, wish) in callers {
        // Whether it was answered in time does not matter.
        let _ = hung_up.await.expect("a caller");
        attempts.push((key, wish));
    }
    invariants::check(&weeks.server).await;
    for (key, wish) in &attempts {
        let booked = come_back(&weeks, *key, wish).await;
        assert_eq!(items(&booked["appointments"]).len(), 4);
        assert!(!text(&booked["secret"]).is_empty());
    }
    assert_eq!(weeks.stored().await, 4 * attempts.len());
    invariants::check_at_the_end(&weeks.server).await;
}

/// Repeats a request as its answer says: later, while the first one is still under way.
async fn come_back(weeks: &Weeks, key: Uuid, wish: &Value) -> Value {
    loop {
        let answer = Answer::of(weeks.server.under_key(key, "/v1/series", wish)).await;
        if answer.outcome() != "409 idempotency-in-progress" {
            return answer.expect(201);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
