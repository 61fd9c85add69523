//! Talks, one by one and in series.

use std::collections::BTreeSet;

use chrono::{Days, TimeDelta};
use serde_json::{Value, json};
use tests::crowd::{at_once, tally};
use tests::{Answer, Server, invariants};

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn each_hour_of_the_night_is_one_talk_whatever_the_clocks_show() {
    let server = Server::start().await;
    for night in nights(&server) {
        let talks = night.talks(&server).await;
        let slots = talks.slots(&server).await;
        assert_eq!(starts(&slots), night.starts);

        let callers = slots.iter().chain(&slots).chain(&slots);
        let calls = at_once(callers.map(|slot| server.booking(slot))).await;
        let told = tally(calls.iter().map(|call| &call.answer));
        assert_eq!(told["201"], slots.len(), "{told:?}");
        let mut booked: Vec<Value> = calls
            .iter()
            .filter(|call| call.answer.status == 201)
            .map(|call| call.answer.json())
            .collect();
        booked.sort_by_key(|it| instant(text(&it["starts_at"])));
        assert_eq!(starts(&booked), night.starts);
        for one in &booked {
            let length = instant(text(&one["ends_at"])) - instant(text(&one["starts_at"]));
            assert_eq!(length, TimeDelta::minutes(50), "{one}");
        }
        assert!(talks.slots(&server).await.is_empty());

        // Who goes leaves one hour, and no other, to who stays.
        for gone in 0..booked.len() {
            let stays = (gone + 1) % booked.len();
            cancel(&server, &booked[gone]).await;
            assert_eq!(starts(&talks.slots(&server).await), [&night.starts[gone]]);
            let moved = Answer::of(server.moving(&booked[stays], &slots[gone])).await;
            assert_eq!(moved.expect(200)["starts_at"], night.starts[gone].as_str());
            assert_eq!(starts(&talks.slots(&server).await), [&night.starts[stays]]);
            let back = Answer::of(server.moving(&booked[stays], &slots[stays])).await;
            back.expect(200);
            booked[gone] = talks.book(&server, &slots[gone]).await.expect(201);
        }
        invariants::check_at_the_end(&server).await;
    }
}

async fn cancel(server: &Server, booked: &Value) {
    let path = format!("/v1/appointments/{}/cancel", text(&booked["id"]));
    let request = server.once(&path, &json!({}));
    let request = request.header("Appointment-Secret", text(&booked["secret"]));
    Answer::of(request).await.expect(200);
}

/// One talk a day: the day of a counsellor is the one that the clocks show, of 23, 24 or 25 hours.
#[tokio::test(flavor = "multi_thread")]
async fn a_day_of_a_counsellor_begins_and_ends_at_midnight() {
    let server = Server::start().await;
    for night in nights(&server) {
        let talks = night.talks(&server).await;
        server.sql("UPDATE counsellors SET max_per_day = 1").await;
        let days: BTreeSet<&str> = night.starts.iter().map(|start| &start[..10]).collect();
        for day in &days {
            let slots = talks.slots(&server).await;
            let mut of_day = slots
                .iter()
                .filter(|slot| text(&slot["starts_at"]).starts_with(day));
            let last = of_day.next_back().expect("a slot of the day");
            talks.book(&server, last).await.expect(201);
            for other in of_day {
                let refused = talks.book(&server, other).await;
                refused.expect_problem(409, "cap-reached");
            }
        }
        assert!(talks.slots(&server).await.is_empty());
    }
}

/// Half past midnight stays half past midnight before, on and behind the day of the change.
#[tokio::test(flavor = "multi_thread")]
async fn a_series_keeps_its_hour_and_moves_by_the_clocks() {
    let server = Server::start().await;
    for night in nights(&server) {
        let talks = night.talks(&server).await;
        let first = instant(&night.starts[0])
            .with_timezone(&Berlin)
            .naive_local();
        for week in 1..3 {
            let local = |hours| {
                let then = first + Days::new(7 * week) + TimeDelta::hours(hours);
                let then = then.and_local_timezone(Berlin);
                then.single().expect("an instant").to_utc()
            };
            publish(&server, &talks, local(0), local(2)).await;
        }
        let slot = talks.slots(&server).await.remove(0);
        let day = first.format("%a").to_string().to_uppercase();
        let rule = format!("FREQ=WEEKLY;BYDAY={};COUNT=3", &day[..2]);
        let body = json!({"slot_id": slot["id"], "rule": rule});
        let series = Answer::of(server.once("/v1/series", &body))
            .await
            .expect(201);
        let hour = |booked: &Value| text(&booked["starts_at"])[11..16].to_owned();
        let hours = |series: &Value| -> Vec<String> {
            let booked = series["appointments"].as_array().expect("appointments");
            booked.iter().map(hour).collect()
        };
        let (own, next) = (&night.starts[0][11..16], &night.starts[1][11..16]);
        assert_eq!(hours(&series), [own; 3]);

        let later = &talks.slots(&server).await[0];
        assert_eq!(later["starts_at"], night.starts[1].as_str());
        let path = format!("/v1/series/{}/reschedule", text(&series["id"]));
        let request = server.once(
            &path,
            &json!({"from": series["appointments"][0]["id"], "slot_id": later["id"]}),
        );
        let request = request.header("Appointment-Secret", text(&series["secret"]));
        assert_eq!(hours(&Answer::of(request).await.expect(200)), [next; 3]);
        invariants::check_at_the_end(&server).await;
    }
}
