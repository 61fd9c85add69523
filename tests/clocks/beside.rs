//! What stands beside single talks: groups, courses, visits, waiting lists, sick days and queues.

use chrono::{Days, NaiveTime, TimeDelta};
use serde_json::{Value, json};
use tests::circles::Circle;
use tests::courses::{Course, id_of};
use tests::crowd::{at_once, tally};
use tests::neighbours::{NEAR, Neighbours};
use tests::{Answer, Server, invariants};

use super::*;

/// Whoever waits for one of two half past twos is not offered the other.
#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_an_hour_is_offered_that_hour() {
    let server = Server::start().await;
    let night = Night::of_autumn(server.app.clock.now());
    let talks = night.talks(&server).await;
    server
        .sql("UPDATE services SET waitlist_offer_minutes = 60")
        .await;
    let mut booked = Vec::new();
    for slot in talks.slots(&server).await {
        booked.push(talks.book(&server, &slot).await.expect(201));
    }
    let (first, second) = (&night.starts[2], &night.starts[3]);
    assert_eq!(first[..19], second[..19]);
    let from = instant(second);
    let span = json!({"from": from, "before": from + TimeDelta::minutes(1)});
    let wish = json!({"service_id": talks.service, "spans": [span]});
    let entry = Answer::of(server.once("/v1/waitlist-entries", &wish)).await;
    let entry = entry.expect(201);
    for (freed, offered) in [(2, None), (3, Some(second.as_str()))] {
        let path = format!("/v1/appointments/{}/cancel", text(&booked[freed]["id"]));
        let request = server.once(&path, &json!({}));
        let request = request.header("Appointment-Secret", text(&booked[freed]["secret"]));
        Answer::of(request).await.expect(200);
        api::waitlist::offering::offer_all(&server.app)
            .await
            .expect("a look");
        let path = format!("/v1/waitlist-entries/{}", text(&entry["id"]));
        let request = server.request(Method::GET, &path);
        let request = request.header("Appointment-Secret", text(&entry["secret"]));
        let told = Answer::of(request).await.expect(200);
        assert_eq!(told["offer"]["starts_at"].as_str(), offered, "{told}");
    }
    invariants::check_at_the_end(&server).await;
}

/// From half past eleven on New Year's Eve, or through the change of the clocks.
#[tokio::test(flavor = "multi_thread")]
async fn a_circle_of_the_night_has_its_places_and_its_two_hours() {
    let server = Server::start().await;
    for night in nights(&server) {
        let talks = night.talks(&server).await;
        let circle = Circle::arrange(&server, talks, 4).await;
        let starts_at = instant(&night.starts[1]);
        let published = circle.publish(&server, talks.counsellor, None, starts_at);
        published.await.expect(201);
        let slot = circle.slot(&server).await.expect("a slot");
        assert_eq!(slot["starts_at"], night.starts[1].as_str());
        let calls = at_once((0..12).map(|_| server.booking(&slot))).await;
        let told = tally(calls.iter().map(|call| &call.answer));
        assert_eq!(told["201"], 4, "{told:?}");
        let booked = calls.iter().find(|call| call.answer.status == 201);
        let booked = seen(&server, &booked.expect("one of four").answer.json()).await;
        let length = instant(text(&booked["ends_at"])) - starts_at;
        assert_eq!(length, TimeDelta::hours(2), "{booked}");
        invariants::check_at_the_end(&server).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_course_of_every_hard_night_is_booked_as_one() {
    let server = Server::start().await;
    let nights = nights(&server);
    let talks = nights[0].talks(&server).await;
    let mut course = Course {
        talks,
        service: tests::courses::add_service(&server, talks, &json!({"capacity": 3})).await,
        id: talks.service,
        sessions: Vec::new(),
    };
    let mut expected = Vec::new();
    for night in &nights {
        let starts_at = instant(&night.starts[1]);
        let published = course.publish(&server, talks.counsellor, starts_at).await;
        course.sessions.push(id_of(&published.expect(201)));
        expected.push(night.starts[1].clone());
    }
    let created = course.create(&server, json!({})).await.expect(201);
    assert_eq!(
        starts(created["dates"].as_array().expect("dates")),
        expected
    );
    course.id = id_of(&created);
    let booked = course.book(&server).await.expect(201);
    let booked = booked["appointments"].as_array().expect("appointments");
    assert_eq!(starts(booked), expected);
    invariants::check_at_the_end(&server).await;
}

/// Who comes at half past eleven is on the way before, and home after midnight.
#[tokio::test(flavor = "multi_thread")]
async fn the_ways_of_a_visit_lie_around_it_over_midnight_too() {
    let server = Server::start().await;
    let night = Night::of_new_year(server.app.clock.now());
    night.wait_for(&server);
    let neighbours = Neighbours::arrange(&server, 1, 1).await;
    let ada = neighbours.volunteers[0];
    withdraw(&server, &neighbours.talks).await;
    neighbours
        .add_hours(&server, ada, night.from, night.before)
        .await;
    let slots = neighbours.slots(&server, NEAR).await;
    let is_it = |slot: &&Value| slot["starts_at"] == night.starts[2].as_str();
    let half_past_eleven = slots.iter().find(is_it).expect("half past eleven");
    let booked = Answer::of(server.visiting(half_past_eleven, NEAR)).await;
    booked.expect(201);
    let slots = neighbours.slots(&server, NEAR).await;
    let left: Vec<&str> = starts(&slots).iter().map(|start| &start[11..16]).collect();
    assert_eq!(left, ["21:30", "22:00", "01:00", "01:30"]);
    invariants::check_at_the_end(&server).await;
}

/// A day without the counsellor is the day that the clocks show: of 25 hours, too.
#[tokio::test(flavor = "multi_thread")]
async fn a_sick_day_strands_whom_the_day_has_and_nobody_else() {
    let server = Server::start().await;
    for night in nights(&server) {
        let talks = night.talks(&server).await;
        for slot in talks.slots(&server).await {
            talks.book(&server, &slot).await.expect(201);
        }
        let day = instant(&night.starts[2])
            .with_timezone(&Berlin)
            .date_naive();
        let [starts_at, ends_at] = [day, day + Days::new(1)].map(|day| {
            let midnight = day.and_time(NaiveTime::MIN).and_local_timezone(Berlin);
            midnight.single().expect("midnight").to_utc()
        });
        let body = json!({
            "organisation_id": talks.people.organisation, "counsellor_id": talks.counsellor,
            "starts_at": starts_at, "ends_at": ends_at, "action": "cancel"});
        let request = server.once("/v1/sick-days", &body);
        let request = request.bearer_auth(server.token(talks.people.coordinator));
        Answer::of(request).await.expect(200);
        let status = "SELECT string_agg(left(status, 6), ' ' ORDER BY starts_at) FROM appointments WHERE organisation_id";
        let organisation = talks.people.organisation;
        let told = server
            .sql_value(&format!("{status} = '{organisation}'"))
            .await;
        let expected = night.starts.iter().map(|start| {
            let is_of_day = start.starts_with(&day.to_string());
            if is_of_day { "cancel" } else { "booked" }
        });
        assert_eq!(told, expected.collect::<Vec<_>>().join(" "));
    }
}
