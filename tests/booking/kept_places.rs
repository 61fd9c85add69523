//! Places that are kept for people whom a partner sends.

use chrono::TimeDelta;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tests::circles::{Circle, evening, patch, staff};
use tests::courses::{Course, id_of};
use tests::crowd::{at_once, tally};
use tests::fixtures::{People, Talks};
use tests::{Answer, Server, invariants};
use uuid::Uuid;

/// A circle of so many places and a partner for whom so many of them are kept.
async fn arrange(capacity: u16, kept: u16) -> (Server, Circle, People) {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let partner = People::arrange(&server, "clearingstelle").await;
    let circle = Circle::arrange(&server, talks, capacity).await;
    circle.add_session(&server, talks.counsellor, None, 3).await;
    let besides = json!({"service_id": circle.service, "places": kept, "release_minutes": 1440});
    keep(&server, talks, partner, besides).await.expect(201);
    (server, circle, partner)
}

async fn keep(server: &Server, talks: Talks, partner: People, besides: Value) -> Answer {
    let mut body =
        json!({"organisation_id": talks.people.organisation, "partner_id": partner.organisation});
    let object = body.as_object_mut().expect("an object");
    object.extend(besides.as_object().expect("an object").clone());
    let coordinator = talks.people.coordinator;
    staff(server, Method::POST, "/v1/kept-places", coordinator, &body).await
}

/// Staff of the partner book for somebody who gives nothing.
fn sending(server: &Server, partner: People, slot: &Value) -> RequestBuilder {
    let body = json!({"slot_id": slot["id"], "sent_by": partner.organisation});
    let request = server.once("/v1/appointments", &body);
    request.bearer_auth(server.token(partner.coordinator))
}

#[tokio::test(flavor = "multi_thread")]
async fn kept_places_are_missing_for_everybody_but_whom_the_partner_sends() {
    let (server, circle, partner) = arrange(3, 2).await;
    let slot = circle.slot(&server).await.expect("a slot");
    assert_eq!(slot["places_left"], 1);
    circle.talks.book(&server, &slot).await.expect(201);
    assert_eq!(circle.slot(&server).await, None);
    circle
        .talks
        .book(&server, &slot)
        .await
        .expect_problem(409, "slot-taken");
    Answer::of(server.once("/v1/holds", &json!({"slot_id": slot["id"]})))
        .await
        .expect_problem(409, "slot-taken");

    let sent = Answer::of(sending(&server, partner, &slot))
        .await
        .expect(201);
    assert_eq!(
        (&sent["client"], &sent["status"]),
        (&Value::Null, &json!("booked"))
    );
    // Its staff have booked it, and see nothing of it afterwards.
    let path = format!("/v1/appointments/{}", id_of(&sent));
    let look = server
        .request(Method::GET, &path)
        .bearer_auth(server.token(partner.coordinator));
    Answer::of(look).await.expect_problem(404, "not-found");
    Answer::of(sending(&server, partner, &slot))
        .await
        .expect(201);
    Answer::of(sending(&server, partner, &slot))
        .await
        .expect_problem(409, "slot-taken");

    // A place that is given back is kept again.
    let cancel = server.once(&format!("{path}/cancel"), &json!({}));
    let secret = sent["secret"].as_str().expect("a secret");
    Answer::of(cancel.header("Appointment-Secret", secret))
        .await
        .expect(200);
    assert_eq!(circle.slot(&server).await, None);
    Answer::of(sending(&server, partner, &slot))
        .await
        .expect(201);
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sends_for_an_organisation_that_is_not_theirs() {
    let (server, circle, partner) = arrange(3, 2).await;
    let slot = circle.slot(&server).await.expect("a slot");
    let body = json!({"slot_id": slot["id"], "sent_by": partner.organisation});
    let stranger = Answer::of(server.once("/v1/appointments", &body)).await;
    stranger.expect_problem(401, "unauthenticated");
    let other = People::arrange(&server, "anderswo").await;
    let theirs = server
        .once("/v1/appointments", &body)
        .bearer_auth(server.token(other.coordinator));
    Answer::of(theirs).await.expect_problem(404, "not-found");
    let administrator = server.once("/v1/appointments", &body);
    let administrator = administrator.bearer_auth(server.token(partner.administrator));
    Answer::of(administrator)
        .await
        .expect_problem(403, "forbidden");
    // Who keeps them also books them, for somebody whom the partner announced by telephone.
    let own = server.once("/v1/appointments", &body);
    let own = own.bearer_auth(server.token(circle.talks.people.coordinator));
    Answer::of(own).await.expect(201);
    assert_eq!(
        circle.slot(&server).await.expect("a slot")["places_left"],
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_wanted_is_open_to_everybody_from_its_release_on() {
    let (server, circle, partner) = arrange(3, 3).await;
    assert_eq!(circle.slot(&server).await, None);
    let almost = evening(&server, 2) - TimeDelta::minutes(1) - server.app.clock.now();
    server.app.clock.advance(almost);
    assert_eq!(circle.slot(&server).await, None);
    server.app.clock.advance(TimeDelta::minutes(2));
    let slot = circle.slot(&server).await.expect("a slot");
    assert_eq!(slot["places_left"], 3);
    circle.talks.book(&server, &slot).await.expect(201);
    Answer::of(sending(&server, partner, &slot))
        .await
        .expect(201);
    assert_eq!(
        circle.slot(&server).await.expect("a slot")["places_left"],
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn crowds_of_both_kinds_share_the_places_as_they_are_kept() {
    let (server, circle, partner) = arrange(12, 3).await;
    let slot = circle.slot(&server).await.expect("a slot");
    let calls = at_once((0..40).map(|number| match number % 4 {
        0 => sending(&server, partner, &slot),
        _ => server.booking(&slot),
    }))
    .await;
    let outcomes = tally(calls.iter().map(|call| &call.answer));
    let expected = [("201", 12), ("409 slot-taken", 28)];
    assert_eq!(
        outcomes,
        expected
            .map(|(outcome, count)| (outcome.to_owned(), count))
            .into()
    );
    let sent = calls
        .iter()
        .step_by(4)
        .filter(|call| call.answer.status == 201);
    assert!(sent.count() >= 3);
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_that_passes_while_many_book_overfills_nothing() {
    let (server, circle, partner) = arrange(6, 6).await;
    let slot = {
        // The id is the same before the release as after it.
        let mut ids = circle.talks;
        ids.service = circle.service;
        let session = server
            .sql_value(&format!(
                "SELECT session_id FROM session_services WHERE service_id = '{}'",
                circle.service
            ))
            .await;
        let slot = domain::slot_id::SlotId {
            organisation_id: ids.people.organisation.into(),
            session_id: session.parse::<Uuid>().expect("an id").into(),
            service_id: circle.service.into(),
            starts_at: domain::minutes::WholeMinute::new(evening(&server, 3)).expect("a minute"),
        };
        json!({"id": slot.to_string()})
    };
    let until = evening(&server, 2) - TimeDelta::seconds(1) - server.app.clock.now();
    server.app.clock.advance(until);
    let clock = server.app.clock.clone();
    let release = tokio::spawn(async move {
        tokio::time::sleep(std::time::Duration::from_millis(15)).await;
        clock.advance(TimeDelta::seconds(2));
    });
    let calls = at_once((0..30).map(|number| match number % 3 {
        0 => sending(&server, partner, &slot),
        _ => server.booking(&slot),
    }))
    .await;
    release.await.expect("the release");
    let outcomes = tally(calls.iter().map(|call| &call.answer));
    assert_eq!(outcomes["201"], 6, "{outcomes:?}");
    assert_eq!(outcomes["409 slot-taken"], 24, "{outcomes:?}");
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn places_of_a_course_are_kept_on_each_of_its_dates() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "selbsthilfe").await;
    let partner = People::arrange(&server, "klinik").await;
    let course = Course::arrange(&server, talks, 2).await;
    let besides = json!({"service_id": course.service, "course_id": course.id, "places": 1, "release_minutes": 1440});
    keep(&server, talks, partner, besides.clone())
        .await
        .expect(201);
    keep(&server, talks, partner, besides)
        .await
        .expect_problem(409, "conflict");
    assert_eq!(course.look(&server).await["places_left"], 1);
    course.book(&server).await.expect(201);
    course
        .book(&server)
        .await
        .expect_problem(409, "dates-unbookable");
    let send = || {
        let body = json!({"sent_by": partner.organisation});
        let request = server.once(&format!("/v1/courses/{}/book", course.id), &body);
        request.bearer_auth(server.token(partner.coordinator))
    };
    let calls = at_once((0..4).map(|_| send())).await;
    let expected = [("201", 1), ("409 dates-unbookable", 3)];
    assert_eq!(
        tally(calls.iter().map(|call| &call.answer)),
        expected
            .map(|(outcome, count)| (outcome.to_owned(), count))
            .into()
    );
    let kept = server
        .sql_value("SELECT count(*) FROM places WHERE kept_for IS NOT NULL")
        .await;
    assert_eq!(kept, "2");
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_its_own_number_and_a_partner_that_sees_what_is_kept_for_it() {
    let (server, circle, partner) = arrange(5, 2).await;
    let session = circle.slot(&server).await.expect("a slot")["session_id"].clone();
    let besides = json!({"service_id": circle.service, "session_id": session, "places": 4});
    let kept = keep(&server, circle.talks, partner, besides)
        .await
        .expect(201);
    assert_eq!(
        circle.slot(&server).await.expect("a slot")["places_left"],
        1
    );
    let list = async |account: Uuid| {
        let request = server.request(Method::GET, "/v1/kept-places");
        let listed = Answer::of(request.bearer_auth(server.token(account)))
            .await
            .expect(200);
        listed["items"].as_array().map(Vec::len)
    };
    assert_eq!(list(partner.coordinator).await, Some(2));
    let other = People::arrange(&server, "anderswo").await;
    assert_eq!(list(other.coordinator).await, Some(0));
    let path = format!("/v1/kept-places/{}", id_of(&kept));
    let fewer = json!({"places": 1});
    let theirs = patch(&server, &path, partner.coordinator, &kept["etag"], &fewer).await;
    theirs.expect_problem(404, "not-found");
    let coordinator = circle.talks.people.coordinator;
    let fewer = patch(&server, &path, coordinator, &kept["etag"], &fewer)
        .await
        .expect(200);
    assert_eq!(
        circle.slot(&server).await.expect("a slot")["places_left"],
        4
    );
    let archive = server
        .request(Method::DELETE, &path)
        .bearer_auth(server.token(coordinator));
    let archive = archive.header("If-Match", fewer["etag"].as_str().expect("an entity tag"));
    Answer::of(archive).await.expect(204);
    // The service's own two again.
    assert_eq!(
        circle.slot(&server).await.expect("a slot")["places_left"],
        3
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn places_that_cannot_be_kept_change_nothing() {
    let (server, circle, partner) = arrange(3, 1).await;
    let service = circle.service;
    for (pointer, besides) in [
        ("/places", json!({"service_id": service, "places": 0})),
        ("/places", json!({"service_id": service, "places": 501})),
        (
            "/release_minutes",
            json!({"service_id": service, "places": 1, "release_minutes": -1}),
        ),
        (
            "/release_minutes",
            json!({"service_id": service, "places": 1, "release_minutes": 527_041}),
        ),
        (
            "/service_id",
            json!({"service_id": circle.talks.service, "places": 1}),
        ),
        (
            "/session_id",
            json!({"service_id": service, "places": 1, "session_id": circle.talks.session}),
        ),
        (
            "/course_id",
            json!({"service_id": service, "places": 1, "course_id": Uuid::now_v7()}),
        ),
        (
            "/course_id",
            json!({"service_id": service, "places": 1, "course_id": Uuid::now_v7(), "session_id": Uuid::now_v7()}),
        ),
        (
            "/partner_id",
            json!({"service_id": service, "places": 1, "partner_id": circle.talks.people.organisation}),
        ),
        (
            "/partner_id",
            json!({"service_id": service, "places": 1, "partner_id": Uuid::now_v7()}),
        ),
    ] {
        let problem = keep(&server, circle.talks, partner, besides.clone()).await;
        let problem = problem.expect_problem(422, "rule-violated");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{besides}");
    }
    let again = json!({"service_id": service, "places": 1});
    keep(&server, circle.talks, partner, again)
        .await
        .expect_problem(409, "conflict");
    assert_eq!(
        server.sql_value("SELECT count(*) FROM kept_places").await,
        "1"
    );
}
