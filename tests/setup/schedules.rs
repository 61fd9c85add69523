//! Schedules publish sessions, and what takes time away lists whom it strands.

use chrono::{Datelike, Days, NaiveDate, TimeDelta, Weekday};
use reqwest::Method;
use serde_json::{Value, json};
use tests::fixtures::Talks;
use tests::{Answer, Server};
use uuid::Uuid;

use super::{Setup, id_of, send};

pub(super) const EVERY_DAY: &str = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU";

/// The sessions that start on the local dates `from` ≤ date < `before`, in Leipzig.
pub(super) async fn sessions(
    server: &Server,
    account: Uuid,
    from: NaiveDate,
    before: NaiveDate,
) -> Vec<Value> {
    let path = format!("/v1/sessions?from={from}T00:00:00Z&before={before}T00:00:00Z&limit=200");
    let answer = send(server, account, Method::GET, &path, &json!({})).await;
    answer.expect(200)["items"]
        .as_array()
        .expect("items")
        .clone()
}

pub(super) fn today(server: &Server) -> NaiveDate {
    server.app.clock.now().date_naive()
}

pub(super) fn starts(sessions: &[Value]) -> Vec<&str> {
    let texts = sessions.iter();
    texts
        .filter_map(|session| session["starts_at"].as_str())
        .collect()
}

/// The next 31 October that lies at least ten days ahead.
pub(super) fn next_reformation_day(today: NaiveDate) -> NaiveDate {
    let in_year = |year| NaiveDate::from_ymd_opt(year, 10, 31).expect("a date");
    let ahead = in_year(today.year());
    if ahead >= today + Days::new(10) {
        ahead
    } else {
        in_year(today.year() + 1)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_keep_the_clock_of_the_site_and_its_holidays() {
    let server = Server::start().await;
    let mut setup = Setup::arrange(&server).await;
    let owner = setup.people.administrator;
    let mut service = setup.service_body();
    service["horizon_days"] = json!(366);
    setup.service = setup.create(&server, "/v1/services", &service).await;
    let schedule = setup.schedule_body(EVERY_DAY, "09:00", "12:00");
    let created = send(&server, owner, Method::POST, "/v1/schedules", &schedule)
        .await
        .expect(201);
    let inserted = created["publication"]["inserted"]
        .as_u64()
        .expect("a number");
    assert!(
        (353..=358).contains(&inserted),
        "366 days but for eleven holidays: {inserted}"
    );

    let holiday = next_reformation_day(today(&server));
    let mut change = holiday;
    while change.weekday() != Weekday::Sun {
        change = change.pred_opt().expect("a date");
    }
    // The last Sunday of October, on which the clocks go back, or the holiday itself.
    let eve = change.pred_opt().expect("a date");
    let found = sessions(&server, owner, eve, eve + Days::new(2)).await;
    let expected = [
        format!("{eve}T09:00:00+02:00"),
        format!("{change}T09:00:00+01:00"),
    ];
    let open = |date: NaiveDate| date != holiday;
    let expected: Vec<&str> = expected
        .iter()
        .zip([eve, change])
        .filter(|(_, date)| open(*date))
        .map(|(start, _)| start.as_str())
        .collect();
    assert_eq!(starts(&found), expected);
    assert_eq!(found[0]["time_zone"], "Europe/Berlin");
    let on_holiday = sessions(&server, owner, holiday, holiday + Days::new(1)).await;
    assert_eq!(starts(&on_holiday), Vec::<&str>::new());
    let after = sessions(
        &server,
        owner,
        holiday + Days::new(1),
        holiday + Days::new(2),
    )
    .await;
    assert_eq!(after.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn publishing_again_leaves_alone_what_a_person_edited() {
    let server = Server::start().await;
    let setup = Setup::arrange(&server).await;
    let owner = setup.people.administrator;
    let mut body = setup.schedule_body(EVERY_DAY, "09:00", "12:00");
    body["opens_on_holidays"] = json!(true);
    let schedule = setup.create(&server, "/v1/schedules", &body).await;
    let (from, before) = (today(&server) + Days::new(2), today(&server) + Days::new(5));
    let published = sessions(&server, owner, from, before).await;
    assert_eq!(published.len(), 3);

    let edited = format!("/v1/sessions/{}", id_of(&published[0]));
    let later = json!({"starts_at": format!("{from}T14:00:00+01:00"), "ends_at": format!("{from}T15:00:00+01:00")});
    let moved = send(&server, owner, Method::PATCH, &edited, &later)
        .await
        .expect(200);
    assert_eq!(
        (&moved["edited_by_hand"], &moved["etag"]),
        (&json!(true), &json!("\"2\""))
    );
    let withdrawn = format!("/v1/sessions/{}", id_of(&published[1]));
    send(&server, owner, Method::DELETE, &withdrawn, &json!({}))
        .await
        .expect(204);

    let own = format!("/v1/schedules/{schedule}");
    let dry = format!("{own}?dry_run=true");
    let longer = json!({"ends": "13:00"});
    let preview = send(&server, owner, Method::PATCH, &dry, &longer)
        .await
        .expect(200);
    assert_eq!(preview["publication"]["withdrawn"], 0);
    let unchanged = sessions(&server, owner, from, before).await;
    assert_eq!(unchanged[1]["ends_at"], published[2]["ends_at"]);
    let changed = send(&server, owner, Method::PATCH, &own, &longer)
        .await
        .expect(200);
    assert_eq!(changed["publication"], preview["publication"]);

    let now = sessions(&server, owner, from, before).await;
    assert_eq!(now.len(), 2, "one was withdrawn by hand");
    assert_eq!(
        (&now[0]["id"], &now[0]["ends_at"]),
        (&moved["id"], &moved["ends_at"])
    );
    assert_eq!(now[1]["id"], published[2]["id"]);
    assert_ne!(now[1]["ends_at"], published[2]["ends_at"]);
    assert_eq!(now[1]["service_ids"], json!([setup.service]));

    send(&server, owner, Method::DELETE, &own, &json!({}))
        .await
        .expect(204);
    let left = sessions(&server, owner, from, before).await;
    assert_eq!(left.len(), 1, "but for what was edited by hand");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_stores_nothing() {
    let server = Server::start().await;
    let setup = Setup::arrange(&server).await;
    let owner = setup.people.administrator;
    let body = setup.schedule_body(EVERY_DAY, "09:00", "12:00");
    let dry = "/v1/schedules?dry_run=true";
    let preview = send(&server, owner, Method::POST, dry, &body)
        .await
        .expect(200);
    assert!(
        preview["inserted"]
            .as_u64()
            .is_some_and(|inserted| inserted > 80)
    );
    let list = send(&server, owner, Method::GET, "/v1/schedules", &json!({})).await;
    assert_eq!(list.expect(200)["items"], json!([]));
    let (from, before) = (today(&server), today(&server) + Days::new(30));
    assert_eq!(
        sessions(&server, owner, from, before).await,
        Vec::<Value>::new()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_horizon_moves_on_with_the_days() {
    let server = Server::start().await;
    let setup = Setup::arrange(&server).await;
    let owner = setup.people.administrator;
    let mut body = setup.schedule_body(EVERY_DAY, "09:00", "12:00");
    body["opens_on_holidays"] = json!(true);
    setup.create(&server, "/v1/schedules", &body).await;
    let end = today(&server) + Days::new(90);
    let beyond = async || {
        sessions(&server, owner, end + Days::new(2), end + Days::new(40))
            .await
            .len()
    };
    assert_eq!(beyond().await, 0);
    let later = server.app.clock.now() + TimeDelta::days(10);
    let extend = || persistence::schedules::extend_horizons(&server.app.database, later);
    assert_eq!(extend().await.expect("a number"), 1);
    assert!((7..=9).contains(&beyond().await));
    assert_eq!(extend().await.expect("a number"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_that_cannot_be_read_does_not_hold_up_the_others() {
    let server = Server::start().await;
    let setup = Setup::arrange(&server).await;
    // More than one transaction extends, so that they come back if they are not passed over.
    for _ in 0..21 {
        setup.schedule(&server).await;
    }
    server
        .sql("UPDATE schedules SET rule = 'nonsense', published_before = published_before - 1")
        .await;
    setup.schedule(&server).await;
    let later = server.app.clock.now() + TimeDelta::days(10);
    let extend = || persistence::schedules::extend_horizons(&server.app.database, later);
    assert_eq!(extend().await.expect("a number"), 1);
    assert_eq!(extend().await.expect("a number"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn counsellors_keep_their_own_calendar_only() {
    let server = Server::start().await;
    let setup = Setup::arrange(&server).await;
    let counsellor = setup.people.counsellor;
    let own = setup.schedule_body(EVERY_DAY, "09:00", "12:00");
    send(&server, counsellor, Method::POST, "/v1/schedules", &own)
        .await
        .expect(201);
    let colleague = json!({"organisation_id": setup.people.organisation, "display_name": "Mina"});
    let colleague = setup.create(&server, "/v1/counsellors", &colleague).await;
    let mut foreign = own.clone();
    foreign["counsellor_id"] = json!(colleague);
    let answer = send(&server, counsellor, Method::POST, "/v1/schedules", &foreign).await;
    answer.expect_problem(403, "forbidden");
    let absence = |who: Uuid| {
        json!({"organisation_id": setup.people.organisation, "counsellor_id": who,
        "starts_at": "2030-01-01T00:00:00Z", "ends_at": "2030-01-02T00:00:00Z"})
    };
    let answer = send(
        &server,
        counsellor,
        Method::POST,
        "/v1/absences",
        &absence(colleague),
    )
    .await;
    answer.expect_problem(403, "forbidden");
    send(
        &server,
        counsellor,
        Method::POST,
        "/v1/absences",
        &absence(setup.counsellor),
    )
    .await
    .expect(201);
    setup
        .create(&server, "/v1/absences", &absence(colleague))
        .await;
    let listed = send(&server, counsellor, Method::GET, "/v1/absences", &json!({}))
        .await
        .expect(200);
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_absence_lists_the_appointments_over_which_it_lies() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "talks").await;
    let slot = talks.slots(&server).await.remove(0);
    let appointment = talks.book(&server, &slot).await.expect(201);
    let coordinator = talks.people.coordinator;
    let mut body = json!({"organisation_id": talks.people.organisation, "counsellor_id": talks.counsellor,
        "starts_at": slot["starts_at"], "ends_at": slot["ends_at"]});
    let dry = "/v1/absences?dry_run=true";
    let affected = json!([appointment["id"]]);
    let preview = send(&server, coordinator, Method::POST, dry, &body)
        .await
        .expect(200);
    assert_eq!(preview["affected_appointments"], affected);
    assert_eq!(preview["stranded"][0]["code"], appointment["code"]);
    assert_eq!(preview["stranded"][0]["can_be_told"], false);
    let free = talks.slots(&server).await.len();
    let entered = send(&server, coordinator, Method::POST, "/v1/absences", &body)
        .await
        .expect(201);
    assert_eq!(entered["affected_appointments"], affected);
    assert_eq!(
        talks.slots(&server).await.len(),
        free,
        "its time was taken before"
    );
    let own = format!("/v1/absences/{}", id_of(&entered));
    let found = send(&server, coordinator, Method::GET, &own, &json!({}))
        .await
        .expect(200);
    assert_eq!(found, entered);

    body["ends_at"] = body["starts_at"].clone();
    let empty = send(&server, coordinator, Method::POST, "/v1/absences", &body).await;
    let problem = empty.expect_problem(422, "rule-violated");
    assert_eq!(problem["errors"][0]["pointer"], "/ends_at");

    let session = format!("/v1/sessions/{}?dry_run=true", talks.session);
    let request = server
        .request(Method::DELETE, &session)
        .bearer_auth(server.token(coordinator));
    let stranded = Answer::of(request.header("If-Match", "*"))
        .await
        .expect(200);
    assert_eq!(stranded["affected_appointments"], affected);
}
