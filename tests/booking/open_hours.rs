//! Open consultation hours: who comes draws a number, and two who call call two.

use chrono::TimeDelta;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tests::crowd::at_once;
use tests::fixtures::Talks;
use tests::{Answer, Server};
use uuid::Uuid;

/// Open hours of three hours that began an hour ago, of a service whose talks take ten minutes.
struct Hours {
    talks: Talks,
    session: Uuid,
    service: Uuid,
}

impl Hours {
    async fn arrange(server: &Server, online: bool) -> Self {
        let talks = Talks::arrange(server, "poliklinik").await;
        let (session, service) = (Uuid::now_v7(), Uuid::now_v7());
        talks.add_service(server, service, 10, 10).await;
        let organisation = talks.people.organisation;
        let (counsellor, site) = (talks.counsellor, talks.site);
        let from = server.app.clock.now() - TimeDelta::hours(1);
        server
            .sql(&format!(
                "UPDATE services SET format = 'open_hours', draws_online = {online} WHERE id = '{service}';
                 INSERT INTO sessions (organisation_id, id, counsellor_id, site_id, starts_at, ends_at, modalities, opens_on_holidays, status)
                 VALUES ('{organisation}', '{session}', '{counsellor}', '{site}', date_trunc('minute', timestamptz '{from}'), date_trunc('minute', timestamptz '{from}') + interval '3 hours',
                     '{{in_person}}', true, 'published');
                 INSERT INTO session_services SELECT organisation_id, id, '{service}', starts_at FROM sessions WHERE id = '{session}'"
            ))
            .await;
        Self {
            talks,
            session,
            service,
        }
    }

    fn draw(&self, server: &Server) -> RequestBuilder {
        server.once(
            &format!("/v1/open-hours/{}/tickets", self.session),
            &json!({}),
        )
    }

    fn staff(&self, server: &Server, path: &str) -> RequestBuilder {
        let request = server.request(Method::POST, path);
        request.bearer_auth(server.token(self.talks.people.coordinator))
    }

    fn call(&self, server: &Server) -> RequestBuilder {
        self.staff(
            server,
            &format!("/v1/open-hours/{}/call-next", self.session),
        )
    }

    async fn step(&self, server: &Server, ticket: &Value, step: &str) -> Answer {
        let id = ticket["id"].as_str().expect("an id");
        Answer::of(self.staff(server, &format!("/v1/tickets/{id}/{step}"))).await
    }

    async fn listed(&self, server: &Server) -> Value {
        let path = format!("/v1/open-hours?service_id={}", self.service);
        server.get(&path).await.expect(200)["items"][0].clone()
    }
}

fn numbers<'v>(tickets: impl IntoIterator<Item = &'v Value>) -> Vec<u64> {
    let numbers = tickets.into_iter().map(|ticket| ticket["number"].as_u64());
    let mut numbers: Vec<_> = numbers.map(|number| number.expect("a number")).collect();
    numbers.sort_unstable();
    numbers
}

async fn own(server: &Server, drawn: &Value) -> Answer {
    let id = drawn["ticket"]["id"].as_str().expect("an id");
    let request = server.request(Method::GET, &format!("/v1/tickets/{id}"));
    Answer::of(request.header(
        "Appointment-Secret",
        drawn["secret"].as_str().expect("a secret"),
    ))
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_draws_a_number_and_is_called_in_turn() {
    let server = Server::start().await;
    let hours = Hours::arrange(&server, true).await;
    assert_eq!(hours.listed(&server).await["waiting"], 0);
    let mut drawn = Vec::new();
    for number in 1..=3 {
        let answer = Answer::of(hours.draw(&server)).await.expect(201);
        assert_eq!(answer["ticket"]["number"], number);
        assert_eq!(answer["ticket"]["ahead"], number - 1);
        assert_eq!(
            answer["ticket"]["estimated_wait_minutes"],
            10 * (number - 1)
        );
        drawn.push(answer);
    }
    let listed = hours.listed(&server).await;
    assert_eq!(
        (&listed["waiting"], &listed["estimated_wait_minutes"]),
        (&json!(3), &json!(30))
    );
    // Nobody is opened by another's secret.
    let mut mixed = drawn[0].clone();
    mixed["secret"] = drawn[1]["secret"].clone();
    own(&server, &mixed).await.expect_problem(404, "not-found");

    let first = Answer::of(hours.call(&server)).await.expect(200)["ticket"].clone();
    assert_eq!(
        (&first["number"], &first["status"]),
        (&json!(1), &json!("called"))
    );
    hours
        .step(&server, &first, "finish")
        .await
        .expect_problem(409, "wrong-status");
    let back = hours.step(&server, &first, "not-there").await.expect(200);
    assert_eq!(
        (&back["status"], &back["ahead"], &back["missed"]),
        (&json!("waiting"), &json!(2), &json!(true))
    );
    let second = Answer::of(hours.call(&server)).await.expect(200)["ticket"].clone();
    assert_eq!(second["number"], 2);
    hours.step(&server, &second, "start").await.expect(200);
    server.app.clock.advance(TimeDelta::minutes(4));
    hours.step(&server, &second, "finish").await.expect(200);
    // The only talk that has ended took four minutes.
    let last = own(&server, &drawn[0]).await.expect(200);
    let wait = last["estimated_wait_minutes"].as_u64().expect("a number");
    assert!((4..=6).contains(&wait), "{wait}");
    let path = format!(
        "/v1/tickets/{}/leave",
        drawn[2]["ticket"]["id"].as_str().expect("an id")
    );
    let leave = server.request(Method::POST, &path);
    let leave = leave.header(
        "Appointment-Secret",
        drawn[2]["secret"].as_str().expect("a secret"),
    );
    let again = leave.try_clone().expect("a copy");
    assert_eq!(Answer::of(leave).await.expect(200)["status"], "left");
    Answer::of(again).await.expect_problem(409, "wrong-status");
    let again = Answer::of(hours.call(&server)).await.expect(200)["ticket"].clone();
    assert_eq!(again["number"], 1);
    let out = hours.step(&server, &again, "not-there").await.expect(200);
    assert_eq!(out["status"], "not_there");
    assert!(Answer::of(hours.call(&server)).await.expect(200)["ticket"].is_null());
    let told = "SELECT string_agg(kind, ' ' ORDER BY occurred_at, id) FROM outbox_events WHERE kind LIKE 'ticket.%'";
    assert_eq!(
        server.sql_value(told).await,
        "ticket.drawn ticket.drawn ticket.drawn ticket.called ticket.missed ticket.called ticket.started ticket.done ticket.left ticket.called ticket.missed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_draw_at_once_get_numbers_without_gaps_and_two_who_call_call_two() {
    let server = Server::start().await;
    let hours = Hours::arrange(&server, true).await;
    let calls = at_once((0..10).map(|_| hours.draw(&server))).await;
    let drawn: Vec<_> = calls
        .iter()
        .map(|call| call.answer.expect(201)["ticket"].clone())
        .collect();
    assert_eq!(numbers(&drawn), (1..=10).collect::<Vec<_>>());
    let calls = at_once((0..12).map(|_| hours.call(&server))).await;
    let called: Vec<_> = calls
        .iter()
        .map(|call| call.answer.expect(200)["ticket"].clone())
        .collect();
    let called: Vec<_> = called
        .into_iter()
        .filter(|ticket| !ticket.is_null())
        .collect();
    assert_eq!(numbers(&called), (1..=10).collect::<Vec<_>>());
    // Whoever sends a request twice draws one number.
    let request = hours.draw(&server);
    let again = request.try_clone().expect("a copy");
    let first = Answer::of(request).await.expect(201);
    assert_eq!(Answer::of(again).await.expect(201), first);
    // One begins and one says that nobody came: one of both is right.
    let id = called[0]["id"].as_str().expect("an id");
    let both = ["start", "not-there"]
        .map(|step| hours.staff(&server, &format!("/v1/tickets/{id}/{step}")));
    let calls = at_once(both.into_iter()).await;
    let mut statuses: Vec<_> = calls
        .iter()
        .map(|call| call.answer.status.as_u16())
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_are_given_while_they_are_on_and_no_more_than_have_their_turn() {
    let server = Server::start().await;
    let hours = Hours::arrange(&server, true).await;
    // Two hours are left, and each talk takes ten minutes.
    let calls = at_once((0..16).map(|_| hours.draw(&server))).await;
    let given = calls
        .iter()
        .filter(|call| call.answer.status == 201)
        .count();
    assert!((11..=12).contains(&given), "{given}");
    for call in calls.iter().filter(|call| call.answer.status != 201) {
        call.answer.expect_problem(409, "too-late");
    }
    assert_eq!(hours.listed(&server).await["takes_numbers"], false);
    server.sql("TRUNCATE ticket_secrets, tickets").await;
    let (session, absence) = (hours.session, Uuid::now_v7());
    server
        .sql(&format!(
            "INSERT INTO absences (organisation_id, id, counsellor_id, starts_at, ends_at)
             SELECT organisation_id, '{absence}', counsellor_id, starts_at, starts_at + interval '90 minutes' FROM sessions WHERE id = '{session}'"
        ))
        .await;
    Answer::of(hours.draw(&server))
        .await
        .expect_problem(409, "slot-gone");
    server.app.clock.advance(TimeDelta::minutes(31));
    Answer::of(hours.draw(&server)).await.expect(201);
    server.app.clock.advance(TimeDelta::hours(2));
    Answer::of(hours.draw(&server))
        .await
        .expect_problem(409, "too-late");
    assert!(hours.listed(&server).await.is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_visitors_draw_at_the_desk_staff_draw_for_them() {
    let server = Server::start().await;
    let hours = Hours::arrange(&server, false).await;
    Answer::of(hours.draw(&server))
        .await
        .expect_problem(403, "forbidden");
    let people = hours.talks.people;
    let at_desk = |account| {
        let request = hours.draw(&server).bearer_auth(server.token(account));
        Answer::of(request)
    };
    assert_eq!(
        at_desk(people.coordinator).await.expect(201)["ticket"]["number"],
        1
    );
    assert_eq!(
        at_desk(people.counsellor).await.expect(201)["ticket"]["number"],
        2
    );
    at_desk(people.administrator)
        .await
        .expect_problem(403, "forbidden");
    let path = format!("/v1/open-hours/{}/tickets", hours.session);
    let list = server.request(Method::GET, &path);
    let list = Answer::of(list.bearer_auth(server.token(people.counsellor)))
        .await
        .expect(200);
    assert_eq!(numbers(list["items"].as_array().expect("items")), [1, 2]);
    let unknown = format!("/v1/open-hours/{}/tickets", hours.talks.session);
    Answer::of(server.once(&unknown, &json!({})))
        .await
        .expect_problem(404, "not-found");
    let patch = json!({"draws_online": true});
    let talk = server.request(
        Method::PATCH,
        &format!("/v1/services/{}", hours.talks.service),
    );
    let talk = talk
        .bearer_auth(server.token(people.administrator))
        .header("If-Match", "\"1\"");
    Answer::of(talk.json(&patch))
        .await
        .expect_problem(422, "rule-violated");
}

/// On a public holiday nobody is there, from midnight to midnight on the clocks of the site.
#[tokio::test(flavor = "multi_thread")]
async fn on_a_holiday_there_are_no_open_hours() {
    let server = Server::start().await;
    let hours = Hours::arrange(&server, true).await;
    let now = server.app.clock.now();
    let year = now.format("%Y").to_string().parse::<i32>().expect("a year") + 1;
    let session = hours.session;
    server
        .sql(&format!(
            "UPDATE sessions SET starts_at = '{year}-04-30T22:30+02', ends_at = '{year}-05-01T01:30+02', opens_on_holidays = false
             WHERE id = '{session}'"
        ))
        .await;
    let eve: chrono::DateTime<chrono::Utc> = format!("{year}-04-30T23:30:00+02:00")
        .parse()
        .expect("an instant");
    server.app.clock.advance(eve - now);
    Answer::of(hours.draw(&server)).await.expect(201);
    server.app.clock.advance(TimeDelta::minutes(31));
    Answer::of(hours.draw(&server))
        .await
        .expect_problem(409, "slot-gone");
}
