use chrono::{DateTime, Datelike, TimeDelta};
use chrono_tz::Europe::Berlin;
use reqwest::Method;
use serde_json::{Value, json};
use tests::circles::staff;
use tests::fixtures::Talks;
use tests::lending::{Lending, at, get, id, meeting, met};
use tests::{Server, invariants};
use uuid::Uuid;

/// A team of its own, with rooms on loan from three owners.
struct Team {
    server: Server,
    team: Talks,
    owners: Vec<Lending>,
}

impl Team {
    async fn arrange() -> Self {
        let server = Server::start().await;
        let team = Talks::arrange(&server, "team").await;
        let mut owners = Vec::new();
        for slug in ["first", "second", "third"] {
            let owner = Talks::arrange(&server, slug).await;
            owners.push(Lending::between(&server, owner, team, json!({})).await);
        }
        Self {
            server,
            team,
            owners,
        }
    }

    fn rooms(&self) -> Vec<Uuid> {
        self.owners.iter().map(|lending| lending.entered).collect()
    }

    /// Every second week from in two days on, at 17:00 UTC.
    fn every_second_week(&self, count: usize, mode: &str) -> Value {
        let mut body = meeting(&self.server, &self.team, &self.rooms(), 2, 17, 120);
        let day = at(&self.server, 2, 17).with_timezone(&Berlin);
        let code = &day.weekday().to_string().to_uppercase()[..2];
        body["rule"] = json!(format!("FREQ=WEEKLY;INTERVAL=2;BYDAY={code};COUNT={count}"));
        body["mode"] = json!(mode);
        body
    }

    /// The owner of that room is in it on that date.
    async fn is_taken(&self, number: usize, days: i64) {
        let lending = self.owners[number];
        let own = lending.own_meeting(&self.server, days, 16, 200);
        met(&self.server, &lending.owner, &own).await.expect(201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_meets_every_second_week_in_three_rooms_of_three_owners() {
    let team = Team::arrange().await;
    let (server, rooms) = (&team.server, team.rooms());
    let made = met(
        server,
        &team.team,
        &team.every_second_week(7, "all_or_nothing"),
    )
    .await;
    let made = made.expect(201);
    let dates = made["dates"].as_array().expect("dates");
    let turns: Vec<_> = dates.iter().map(|date| &date["room_id"]).collect();
    let expected: Vec<_> = (0..7).map(|number| json!(rooms[number % 3])).collect();
    assert_eq!(turns, expected.iter().collect::<Vec<_>>());
    // At the same time on the clocks, whatever the season.
    let clock = |date: &Value| {
        let start: DateTime<chrono::FixedOffset> = date["starts_at"]
            .as_str()
            .expect("a start")
            .parse()
            .expect("an instant");
        start.format("%a %R").to_string()
    };
    assert!(dates.iter().all(|date| clock(date) == clock(&dates[0])));
    for (number, lending) in team.owners.iter().enumerate() {
        let claims = format!(
            "SELECT count(*) FROM allocations WHERE resource_id = '{}' AND kind = 'loan'",
            lending.room
        );
        let seen = server.sql_value(&claims).await;
        assert_eq!(seen, if number == 0 { "3" } else { "2" });
        let uses = lending.uses(server, lending.owner.people.coordinator).await;
        assert_eq!(uses.len(), usize::from(number == 0));
    }
    let agenda = get(server, "/v1/meetings", team.team.people.counsellor)
        .await
        .expect(200);
    assert_eq!(agenda["items"].as_array().map(Vec::len), Some(1));
    invariants::check(server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_the_way_is_listed_before_and_left_out_if_wished() {
    let team = Team::arrange().await;
    let server = &team.server;
    team.is_taken(1, 16).await;
    let wish = team.every_second_week(4, "all_or_nothing");
    let coordinator = team.team.people.coordinator;
    let tried = staff(
        server,
        Method::POST,
        "/v1/meetings?dry_run=true",
        coordinator,
        &wish,
    )
    .await;
    let tried = tried.expect(200);
    let bookable: Vec<_> = tried["dates"]
        .as_array()
        .expect("dates")
        .iter()
        .map(|date| date["bookable"] == true)
        .collect();
    assert_eq!(bookable, [true, false, true, true]);
    assert_eq!(tried["dates"][1]["refusal"]["code"], "slot-taken");

    let refused = met(server, &team.team, &wish)
        .await
        .expect_problem(409, "dates-unbookable");
    assert_eq!(refused["errors"].as_array().map(Vec::len), Some(1));
    assert_eq!(refused["errors"][0]["code"], "slot-taken");
    let stored = "SELECT count(*) FROM allocations WHERE kind = 'loan'";
    assert_eq!(server.sql_value(stored).await, "0");

    let made = met(server, &team.team, &team.every_second_week(4, "what_fits"))
        .await
        .expect(201);
    assert_eq!(made["dates"].as_array().map(Vec::len), Some(3));
    assert_eq!(made["left_out"][0]["room_id"], json!(team.rooms()[1]));
    invariants::check(server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_dates_free_the_rooms_of_their_owners() {
    let team = Team::arrange().await;
    let server = &team.server;
    let made = met(
        server,
        &team.team,
        &team.every_second_week(4, "all_or_nothing"),
    )
    .await
    .expect(201);
    let path = format!("/v1/meetings/{}/cancel", id(&made));
    let coordinator = team.team.people.coordinator;
    let cancel = |body: Value| {
        let path = path.clone();
        async move { staff(server, Method::POST, &path, coordinator, &body).await }
    };
    let unknown = cancel(json!({"date_ids": [Uuid::now_v7()]})).await;
    unknown.expect_problem(422, "rule-violated");
    let one = cancel(json!({"date_ids": [made["dates"][1]["id"]]}))
        .await
        .expect(200);
    let cancelled = |meeting: &Value| {
        let dates = meeting["dates"].as_array().expect("dates");
        dates
            .iter()
            .filter(|date| !date["cancelled_at"].is_null())
            .count()
    };
    assert_eq!(cancelled(&one), 1);
    team.is_taken(1, 16).await;
    let rest = cancel(json!({})).await.expect(200);
    assert_eq!(cancelled(&rest), 4);
    // Once more changes nothing.
    let again = cancel(json!({})).await.expect(200);
    assert_eq!(again["dates"], rest["dates"]);
    let stored = "SELECT count(*) FROM allocations WHERE kind IN ('loan', 'meeting') AND claimed_by_organisation_id = ";
    let stored = format!("{stored}'{}'", team.team.people.organisation);
    assert_eq!(server.sql_value(&stored).await, "0");
    invariants::check(server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quota_and_the_hours_hold_for_meetings() {
    let server = Server::start().await;
    let terms = json!({"quota": {"limit": 120, "unit": "minutes", "per": "month"}});
    let lending = Lending::with(&server, terms).await;
    let borrower = lending.borrower;
    // A month that is far away, so that both lie in it.
    let on = |day: u32, minutes: i64| {
        let starts: DateTime<chrono::Utc> = format!("2031-01-{day:02}T09:00:00Z")
            .parse()
            .expect("an instant");
        let mut body = lending.meeting(&server, 3, 9, 60);
        body["starts_at"] = json!(starts);
        body["ends_at"] = json!(starts + TimeDelta::minutes(minutes));
        body
    };
    let first = met(&server, &borrower, &on(7, 90)).await.expect(201);
    met(&server, &borrower, &on(8, 31))
        .await
        .expect_problem(409, "cap-reached");
    met(&server, &borrower, &on(8, 30)).await.expect(201);
    met(&server, &borrower, &on(9, 1))
        .await
        .expect_problem(409, "cap-reached");
    let cancel = format!("/v1/meetings/{}/cancel", id(&first));
    staff(
        &server,
        Method::POST,
        &cancel,
        borrower.people.coordinator,
        &json!({}),
    )
    .await
    .expect(200);
    met(&server, &borrower, &on(9, 90)).await.expect(201);
    // 23:59 on the clocks of Leipzig is 22:59 in UTC.
    let mut late = on(10, 60);
    late["starts_at"] = json!("2031-02-10T22:00:00Z");
    late["ends_at"] = json!("2031-02-10T23:00:00Z");
    met(&server, &borrower, &late)
        .await
        .expect_problem(409, "slot-gone");
    late["ends_at"] = json!("2031-02-10T22:59:00Z");
    met(&server, &borrower, &late).await.expect(201);
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_hold_of_others_is_not_in_the_way() {
    let server = Server::start().await;
    let lending = Lending::arrange(&server).await;
    let (owner, hold) = (lending.owner.people.organisation, Uuid::now_v7());
    let body = lending.meeting(&server, 3, 9, 60);
    let (start, room) = (body["starts_at"].as_str().expect("a start"), lending.room);
    server
        .sql(&format!(
            "INSERT INTO allocations VALUES ('{owner}', '{room}', '{hold}', '{owner}', 'hold', '{start}',
                 timestamptz '{start}' + interval '1 hour', '2026-01-01')"
        ))
        .await;
    met(&server, &lending.borrower, &body).await.expect(201);
    invariants::check(&server).await;
}
