use chrono::{DateTime, TimeDelta};
use reqwest::Method;
use serde_json::{Value, json};
use tests::circles::staff;
use tests::courses::{Course, as_holder, cancel, id_of};
use tests::fixtures::Talks;
use tests::{Answer, Server, invariants};
use uuid::Uuid;

pub async fn arrange(capacity: u16) -> (Server, Course) {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "selbsthilfe").await;
    let course = Course::arrange(&server, talks, capacity).await;
    (server, course)
}

pub fn appointments(series: &Value) -> &Vec<Value> {
    series["appointments"].as_array().expect("appointments")
}

pub fn start_of(appointment: &Value) -> DateTime<chrono::Utc> {
    let text = appointment["starts_at"].as_str().expect("a start");
    text.parse().expect("an instant")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_course_is_booked_as_one_and_attended_date_by_date() {
    let (server, course) = arrange(12).await;
    let found = server
        .get("/v1/courses?topic=training&language=ar&modality=video")
        .await
        .expect(200);
    assert_eq!(found["items"].as_array().map(Vec::len), Some(1));
    let seen = &found["items"][0];
    assert_eq!(
        (&seen["places_left"], &seen["participants"]),
        (&json!(12), &Value::Null)
    );
    assert_eq!(seen["dates"].as_array().map(Vec::len), Some(2));
    assert_eq!(seen["dates"][0]["languages"], json!(["ar", "de"]));

    let series = course.book(&server).await.expect(201);
    assert_eq!(
        (&series["course_id"], &series["rule"]),
        (&json!(course.id), &Value::Null)
    );
    let dates = appointments(&series);
    assert_eq!(dates.len(), 2);
    assert_eq!(course.look(&server).await["places_left"], 11);
    // One secret opens the series and each of its dates.
    for date in dates {
        let path = format!("/v1/appointments/{}", id_of(date));
        let request = server.request(Method::GET, &path);
        let secret = series["secret"].as_str().expect("a secret");
        Answer::of(request.header("Appointment-Secret", secret))
            .await
            .expect(200);
    }
    server
        .app
        .clock
        .advance(start_of(&dates[0]) + TimeDelta::seconds(1) - server.app.clock.now());
    let coordinator = course.talks.people.coordinator;
    let record = async |date: &Value, what: &str| {
        let path = format!("/v1/appointments/{}/{what}", id_of(date));
        staff(&server, Method::POST, &path, coordinator, &json!({})).await
    };
    record(&dates[0], "check-in").await.expect(200);
    record(&dates[0], "complete").await.expect(200);
    record(&dates[1], "no-show")
        .await
        .expect_problem(409, "too-early");
    server
        .app
        .clock
        .advance(start_of(&dates[1]) + TimeDelta::seconds(1) - server.app.clock.now());
    record(&dates[1], "no-show").await.expect(200);
    let found = json!({"code": series["code"], "secret": series["secret"]});
    let found = server.post("/v1/series/find", &found).await.expect(200);
    let states: Vec<_> = appointments(&found)
        .iter()
        .map(|one| one["status"].clone())
        .collect();
    assert_eq!(states, [json!("completed"), json!("no_show")]);
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_gives_it_up_in_time_frees_a_place_on_each_date() {
    let (server, course) = arrange(1).await;
    let series = course.book(&server).await.expect(201);
    course
        .book(&server)
        .await
        .expect_problem(409, "dates-unbookable");
    cancel(&server, &series).await.expect(200);
    assert_eq!(course.look(&server).await["places_left"], 1);
    let series = course.book(&server).await.expect(201);
    // The deadline of an hour before the first date has passed: only what comes later is given up.
    let to_the_deadline =
        start_of(&appointments(&series)[0]) - TimeDelta::minutes(59) - server.app.clock.now();
    server.app.clock.advance(to_the_deadline);
    let cancelled = cancel(&server, &series).await.expect(200);
    assert_eq!(cancelled["left_out"].as_array().map(Vec::len), Some(1));
    assert_eq!(cancelled["left_out"][0]["code"], "too-late");
    assert_eq!(course.look(&server).await["places_left"], 0);
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_date_can_be_given_up_and_the_others_kept() {
    let (server, course) = arrange(1).await;
    let series = course.book(&server).await.expect(201);
    let path = format!(
        "/v1/appointments/{}/cancel",
        id_of(&appointments(&series)[1])
    );
    Answer::of(as_holder(&server, &series, &path, &json!({})))
        .await
        .expect(200);
    assert_eq!(course.look(&server).await["places_left"], 0);
    let places = server
        .sql_value("SELECT count(*) FROM places WHERE expires_at IS NULL")
        .await;
    assert_eq!(places, "1");
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_joins_late_gets_what_is_left_where_that_is_allowed() {
    let (server, course) = arrange(12).await;
    let whole = course.book(&server).await.expect(201);
    let after_the_first =
        start_of(&appointments(&whole)[0]) + TimeDelta::minutes(1) - server.app.clock.now();
    server.app.clock.advance(after_the_first);
    assert_eq!(course.look(&server).await["places_left"], 0);
    course.book(&server).await.expect_problem(409, "too-late");
    let late = json!({"joins_late": true});
    change(&server, &course, &late).await.expect(200);
    assert_eq!(course.look(&server).await["places_left"], 11);
    let rest = course.book(&server).await.expect(201);
    assert_eq!(appointments(&rest).len(), 1);
    server.app.clock.advance(TimeDelta::days(8));
    course.book(&server).await.expect_problem(409, "slot-gone");
    let listed = server.get("/v1/courses").await.expect(200);
    assert_eq!(listed["items"], json!([]));
    invariants::check(&server).await;
}

pub async fn change(server: &Server, course: &Course, body: &Value) -> Answer {
    let etag = course.look_as_staff(server).await["etag"].clone();
    let path = format!("/v1/courses/{}", course.id);
    let coordinator = course.talks.people.coordinator;
    tests::circles::patch(server, &path, coordinator, &etag, body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn it_opens_and_closes_when_staff_say() {
    let (server, course) = arrange(12).await;
    let now = server.app.clock.now();
    let window =
        json!({"opens_at": now + TimeDelta::hours(1), "closes_at": now + TimeDelta::hours(2)});
    change(&server, &course, &window).await.expect(200);
    course.book(&server).await.expect_problem(409, "too-early");
    assert_eq!(course.look(&server).await["places_left"], 0);
    server.app.clock.advance(TimeDelta::hours(1));
    course.book(&server).await.expect(201);
    server.app.clock.advance(TimeDelta::hours(1));
    course.book(&server).await.expect_problem(409, "too-late");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_lost_comes_again_under_its_key() {
    let (server, course) = arrange(3).await;
    let key = Uuid::new_v4();
    let path = format!("/v1/courses/{}/book", course.id);
    let first = Answer::of(server.under_key(key, &path, &json!({}))).await;
    let again = Answer::of(server.under_key(key, &path, &json!({}))).await;
    assert_eq!(first.expect(201), again.expect(201));
    assert_eq!(course.look(&server).await["places_left"], 2);
    let other = Answer::of(server.under_key(key, &path, &json!({"language": "de"}))).await;
    other.expect_problem(422, "idempotency-key-reused");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_gives_is_kept_with_each_date_and_read_by_its_staff_alone() {
    let (server, course) = arrange(3).await;
    let body =
        json!({"client": {"email": "jana@visitor.example"}, "language": "de", "modality": "video"});
    let booking = server.once(&format!("/v1/courses/{}/book", course.id), &body);
    let series = Answer::of(booking).await.expect(201);
    for date in appointments(&series) {
        assert_eq!(date["client"]["email"], "jana@visitor.example");
        assert_eq!(
            (&date["language"], &date["modality"]),
            (&json!("de"), &json!("video"))
        );
    }
    let public = course.look(&server).await.to_string();
    assert!(!public.contains("jana"), "{public}");
    let way = server.once(
        &format!("/v1/courses/{}/book", course.id),
        &json!({"modality": "phone"}),
    );
    Answer::of(way)
        .await
        .expect_problem(409, "dates-unbookable");
}

#[tokio::test(flavor = "multi_thread")]
async fn its_dates_are_no_slots_and_nobody_moves_from_one_to_another() {
    let (server, course) = arrange(3).await;
    let slots = course.talks.slots_of(&server, course.service).await;
    assert_eq!(slots, Vec::<Value>::new());
    let series = course.book(&server).await.expect(201);
    let [first, second] = [0, 1].map(|number| &appointments(&series)[number]);
    let slot = domain::slot_id::SlotId {
        organisation_id: course.talks.people.organisation.into(),
        session_id: course.sessions[1].into(),
        service_id: course.service.into(),
        starts_at: domain::minutes::WholeMinute::new(start_of(second)).expect("a minute"),
    };
    let wish = json!({"slot_id": slot.to_string()});
    Answer::of(server.once("/v1/appointments", &wish))
        .await
        .expect_problem(409, "slot-gone");
    Answer::of(server.once("/v1/holds", &wish))
        .await
        .expect_problem(409, "slot-gone");
    let path = format!("/v1/appointments/{}/reschedule", id_of(first));
    let moved = Answer::of(as_holder(&server, &series, &path, &wish)).await;
    moved.expect_problem(409, "slot-gone");
    let path = format!("/v1/series/{}/reschedule", id_of(&series));
    let wish = json!({"from": first["id"], "slot_id": slot.to_string()});
    let moved = Answer::of(as_holder(&server, &series, &path, &wish)).await;
    assert_eq!(moved.status.as_u16(), 409, "{}", moved.text);
    invariants::check(&server).await;
}
