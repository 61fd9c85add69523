//! Crowds for a course. `STORM_ROUNDS` makes them as large as they are told to be, so many times.

use chrono::TimeDelta;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tests::courses::{as_holder, id_of};
use tests::crowd::{at_once, tally};
use tests::{Answer, Server, invariants};

use super::story::{appointments, arrange, change};

const PLACES: u16 = 12;

fn weather() -> (usize, usize) {
    let rounds = std::env::var("STORM_ROUNDS");
    rounds.map_or((1, 40), |rounds| {
        (rounds.parse().expect("a number of rounds"), 200)
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_hundred_callers_for_twelve_places_exactly_twelve_get_all_dates() {
    let (rounds, callers) = weather();
    for _ in 0..rounds {
        let (server, course) = arrange(PLACES).await;
        let calls = at_once((0..callers).map(|_| course.booking(&server))).await;
        let places = usize::from(PLACES);
        let expected = [("201", places), ("409 dates-unbookable", callers - places)];
        assert_eq!(
            tally(calls.iter().map(|call| &call.answer)),
            expected
                .map(|(outcome, count)| (outcome.to_owned(), count))
                .into()
        );
        for call in calls.iter().filter(|call| call.answer.status == 201) {
            assert_eq!(appointments(&call.answer.json()).len(), 2);
        }
        assert_eq!(course.look(&server).await["places_left"], 0);
        invariants::check_at_the_end(&server).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bookings_cancellations_capacities_and_moved_dates_at_once_wait_in_no_circle() {
    let (rounds, callers) = weather();
    let (server, course) = arrange(PLACES).await;
    for _ in 0..rounds {
        let mut booked = Vec::new();
        while course.look(&server).await["places_left"] != 0 {
            booked.push(course.book(&server).await.expect(201));
        }
        let requests: Vec<_> = (0..callers)
            .map(|number| whoever(&server, &booked, number, || course.booking(&server)))
            .collect();
        let [fewer, more] = [json!({"capacity": 4}), json!({"capacity": 20})];
        let (calls, _, _, _) = tokio::join!(
            at_once(requests),
            change(&server, &course, &fewer),
            change(&server, &course, &more),
            move_date(&server, &course),
        );
        for outcome in tally(calls.iter().map(|call| &call.answer)).keys() {
            let expected = [
                "200",
                "201",
                "409 dates-unbookable",
                "409 already-cancelled",
                "409 slot-gone",
            ];
            assert!(expected.contains(&outcome.as_str()), "{outcome}");
        }
        invariants::check(&server).await;
        change(&server, &course, &json!({"capacity": 40}))
            .await
            .expect(200);
    }
    invariants::check_at_the_end(&server).await;
}

/// Who books, gives up all of it, or one date.
fn whoever(
    server: &Server,
    booked: &[Value],
    number: usize,
    booking: impl Fn() -> RequestBuilder,
) -> RequestBuilder {
    let mine = &booked[number % booked.len()];
    match number % 4 {
        0 => {
            let path = format!("/v1/series/{}/cancel", id_of(mine));
            as_holder(server, mine, &path, &json!({}))
        }
        1 => {
            let one = &appointments(mine)[number % 2];
            let path = format!("/v1/appointments/{}/cancel", id_of(one));
            as_holder(server, mine, &path, &json!({}))
        }
        _ => booking(),
    }
}

/// An hour later.
async fn move_date(server: &Server, course: &tests::courses::Course) -> Answer {
    let coordinator = course.talks.people.coordinator;
    let path = format!("/v1/sessions/{}", course.sessions[0]);
    let request = server
        .request(Method::GET, &path)
        .bearer_auth(server.token(coordinator));
    let session = Answer::of(request).await.expect(200);
    let later = |name: &str| {
        let text = session[name].as_str().expect("an instant");
        let at: chrono::DateTime<chrono::Utc> = text.parse().expect("an instant");
        at + TimeDelta::hours(1)
    };
    let body = json!({"starts_at": later("starts_at"), "ends_at": later("ends_at")});
    tests::circles::patch(server, &path, coordinator, &session["etag"], &body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_becomes_a_date_of_one_course_only() {
    let (server, course) = arrange(PLACES).await;
    let free = course.add_session(&server, 19).await;
    let body = json!({
        "organisation_id": course.talks.people.organisation, "service_id": course.service,
        "title": {"de": "Aufbaukurs"}, "session_ids": [free]});
    let token = server.token(course.talks.people.coordinator);
    let creating = || server.once("/v1/courses", &body).bearer_auth(&token);
    let calls = at_once((0..8).map(|_| creating())).await;
    let expected = [("201", 1), ("422 rule-violated", 7)];
    assert_eq!(
        tally(calls.iter().map(|call| &call.answer)),
        expected
            .map(|(outcome, count)| (outcome.to_owned(), count))
            .into()
    );
}
