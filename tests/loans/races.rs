use serde_json::{Value, json};
use tests::crowd::{at_once, tally};
use tests::fixtures::Talks;
use tests::lending::{Lending, meet, own_room};
use tests::{Server, invariants};
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn of_two_borrowers_and_the_owner_exactly_one_gets_the_room() {
    let server = Server::start().await;
    let owner = Talks::arrange(&server, "owner").await;
    let room = own_room(&server, &owner).await;
    let mut lendings = Vec::new();
    for slug in ["first", "second"] {
        let borrower = Talks::arrange(&server, slug).await;
        lendings.push(Lending::of(&server, owner, room, borrower, json!({})).await);
    }
    for round in 0..5 {
        let mut requests = Vec::new();
        for _ in 0..4 {
            for lending in &lendings {
                let body = lending.meeting(&server, 3 + round, 9, 60);
                requests.push(meet(&server, &lending.borrower, &body));
            }
            let body = lendings[0].own_meeting(&server, 3 + round, 9, 30);
            requests.push(meet(&server, &owner, &body));
        }
        let calls = at_once(requests).await;
        let outcomes = tally(calls.iter().map(|call| &call.answer));
        let expected = [("201", 1), ("409 slot-taken", 11)];
        assert_eq!(outcomes, expected.map(|(o, n)| (o.to_owned(), n)).into());
    }
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_callers_for_the_last_minutes_of_a_quota_exactly_those_fit_for_whom_there_is_room() {
    let server = Server::start().await;
    let terms = json!({"quota": {"limit": 100, "unit": "minutes", "per": "week"}});
    let lending = Lending::with(&server, terms).await;
    // Twelve apart from each other, in one week far away, of thirty minutes each.
    let body = |number: u32| {
        let mut body = lending.meeting(&server, 3, 9, 30);
        let (day, hour) = (6 + number / 6, 8 + number % 6);
        body["starts_at"] = json!(format!("2031-01-{day:02}T{hour:02}:00:00Z"));
        body["ends_at"] = json!(format!("2031-01-{day:02}T{hour:02}:30:00Z"));
        body
    };
    let calls =
        at_once((0..12).map(|number| meet(&server, &lending.borrower, &body(number)))).await;
    let outcomes = tally(calls.iter().map(|call| &call.answer));
    let expected = [("201", 3), ("409 cap-reached", 9)];
    assert_eq!(outcomes, expected.map(|(o, n)| (o.to_owned(), n)).into());
    invariants::check_at_the_end(&server).await;
}

/// Each team meets in the room of the other and in its own, in turns: nobody waits in a circle.
#[tokio::test(flavor = "multi_thread")]
async fn two_bodies_that_lend_to_each_other_never_block_each_other() {
    let server = Server::start().await;
    let (one, other) = (
        Talks::arrange(&server, "one").await,
        Talks::arrange(&server, "other").await,
    );
    let there = Lending::between(&server, one, other, json!({})).await;
    let back = Lending::between(&server, other, one, json!({})).await;
    let wish = |talks: &Talks, rooms: [Uuid; 2]| -> Value {
        let mut body = tests::lending::meeting(&server, talks, &rooms, 3, 9, 60);
        let start: chrono::DateTime<chrono::Utc> = body["starts_at"]
            .as_str()
            .expect("a start")
            .parse()
            .expect("an instant");
        let day = &chrono::Datelike::weekday(&start).to_string().to_uppercase()[..2];
        body["rule"] = json!(format!("FREQ=WEEKLY;BYDAY={day};COUNT=8"));
        body
    };
    let mut requests = Vec::new();
    for _ in 0..6 {
        requests.push(meet(&server, &one, &wish(&one, [there.room, back.entered])));
        requests.push(meet(&server, &one, &wish(&one, [back.entered, there.room])));
        requests.push(meet(
            &server,
            &other,
            &wish(&other, [back.room, there.entered]),
        ));
        requests.push(meet(
            &server,
            &other,
            &wish(&other, [there.entered, back.room]),
        ));
    }
    let calls = at_once(requests).await;
    let outcomes = tally(calls.iter().map(|call| &call.answer));
    // Two that take opposite turns fit beside each other.
    assert_eq!(
        outcomes.keys().collect::<Vec<_>>(),
        ["201", "409 dates-unbookable"],
        "{outcomes:?}"
    );
    assert_eq!(outcomes["201"], 2, "{outcomes:?}");
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_meeting_that_is_sent_twice_is_made_once() {
    let server = Server::start().await;
    let lending = Lending::arrange(&server).await;
    let body = lending.meeting(&server, 3, 9, 60);
    let key = Uuid::new_v4();
    let token = server.token(lending.borrower.people.coordinator);
    let request = || {
        server
            .under_key(key, "/v1/meetings", &body)
            .bearer_auth(&token)
    };
    let calls = at_once([request(), request(), request()]).await;
    let outcomes = tally(calls.iter().map(|call| &call.answer));
    assert!(
        outcomes
            .keys()
            .all(|outcome| ["201", "409 idempotency-in-progress"].contains(&outcome.as_str())),
        "{outcomes:?}"
    );
    assert_eq!(server.sql_value("SELECT count(*) FROM meetings").await, "1");
    let again = tests::Answer::of(request()).await.expect(201);
    assert_eq!(
        server.sql_value("SELECT id FROM meetings").await,
        again["id"].as_str().expect("an id")
    );
    invariants::check_at_the_end(&server).await;
}

/// Whoever comes first: either nothing is booked, or what was booked is told to the owner.
#[tokio::test(flavor = "multi_thread")]
async fn a_loan_that_ends_meanwhile_lends_nothing_any_more() {
    let server = Server::start().await;
    let owner = Talks::arrange(&server, "owner").await;
    let borrower = Talks::arrange(&server, "borrower").await;
    for _ in 0..5 {
        let lending = Lending::between(&server, owner, borrower, json!({})).await;
        let coordinator = lending.owner.people.coordinator;
        let end = server.request(
            reqwest::Method::DELETE,
            &format!("/v1/loans/{}", lending.loan),
        );
        let end = end
            .header("If-Match", "\"1\"")
            .bearer_auth(server.token(coordinator));
        let meeting = meet(
            &server,
            &lending.borrower,
            &lending.meeting(&server, 3, 9, 60),
        );
        let calls = at_once([end, meeting]).await;
        calls[0].answer.expect(204);
        let outcome = calls[1].answer.outcome();
        assert!(
            ["201", "409 slot-gone"].contains(&outcome.as_str()),
            "{outcome}"
        );
        let claimed = format!(
            "SELECT count(*) FROM allocations WHERE resource_id = '{}'",
            lending.room
        );
        let claimed = server.sql_value(&claimed).await;
        assert_eq!(claimed == "1", outcome == "201");
    }
    invariants::check_at_the_end(&server).await;
}
