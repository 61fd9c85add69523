use reqwest::Method;
use serde_json::json;
use tests::circles::staff;
use tests::fixtures::Talks;
use tests::lending::{Lending, at, enter, get, id, lend, loan_body, met, own_room};
use tests::{Server, invariants};
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn a_room_is_lent_seen_by_both_sides_entered_and_given_back() {
    let server = Server::start().await;
    let (owner, borrower) = (
        Talks::arrange(&server, "owner").await,
        Talks::arrange(&server, "borrower").await,
    );
    let room = own_room(&server, &owner).await;
    let terms =
        json!({"quota": {"limit": 2, "unit": "uses", "per": "month"}, "valid_until": "2040-12-31"});
    let made = lend(&server, &owner, &loan_body(&owner, room, &borrower, terms)).await;
    let made = made.expect(201);
    assert_eq!(
        (&made["room_name"], &made["city"]),
        (&json!("Saal"), &json!("Leipzig"))
    );
    assert_eq!(made["time_zone"], "Europe/Berlin");
    assert_eq!(made["hours"].as_array().map(Vec::len), Some(7));
    let loan = id(&made);

    for people in [owner.people, borrower.people] {
        for account in [people.counsellor, people.coordinator, people.administrator] {
            let page = get(&server, "/v1/loans", account).await.expect(200);
            assert_eq!(page["items"][0]["id"], json!(loan));
            let read = get(&server, &format!("/v1/loans/{loan}"), account).await;
            assert_eq!(read.expect(200)["features"], json!(["wheelchair"]));
        }
    }
    let stranger = Talks::arrange(&server, "elsewhere")
        .await
        .people
        .coordinator;
    let page = get(&server, "/v1/loans", stranger).await.expect(200);
    assert_eq!(page["items"], json!([]));
    for path in [
        format!("/v1/loans/{loan}"),
        format!("/v1/loans/{loan}/uses"),
    ] {
        get(&server, &path, stranger)
            .await
            .expect_problem(404, "not-found");
    }

    let entered = enter(&server, &borrower, loan).await.expect(201);
    assert_eq!(entered["loan_id"], json!(loan));
    // Once, for good.
    let again = enter(&server, &borrower, loan).await;
    assert_eq!(
        again.expect_problem(409, "conflict")["errors"][0]["pointer"],
        "/loan_id"
    );
    let read = |account| get(&server, "/v1/loans", account);
    let of_borrower = read(borrower.people.coordinator).await.expect(200);
    assert_eq!(of_borrower["items"][0]["entered_as"], entered["id"]);
    // What a borrower has entered is no business of the owner.
    let of_owner = read(owner.people.coordinator).await.expect(200);
    assert_eq!(of_owner["items"][0]["entered_as"], json!(null));
    let theirs = format!("/v1/rooms/{}", id(&entered));
    get(&server, &theirs, owner.people.coordinator)
        .await
        .expect_problem(404, "not-found");
    get(
        &server,
        &format!("/v1/rooms/{room}"),
        borrower.people.coordinator,
    )
    .await
    .expect_problem(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn owners_see_when_and_borrowers_see_free_or_busy_and_neither_sees_what() {
    let server = Server::start().await;
    let lending = Lending::arrange(&server).await;
    let (owner, borrower) = (lending.owner, lending.borrower);
    let theirs = met(&server, &borrower, &lending.meeting(&server, 3, 9, 120)).await;
    let theirs = theirs.expect(201);
    let ours = met(&server, &owner, &lending.own_meeting(&server, 3, 14, 60)).await;
    let ours = ours.expect(201);
    let starts = |meeting: &serde_json::Value| {
        meeting["dates"][0]["starts_at"]
            .as_str()
            .expect("a start")
            .to_owned()
    };

    let seen = lending.uses(&server, owner.people.coordinator).await;
    assert_eq!(seen, [("loan".to_owned(), starts(&theirs))]);
    let seen = lending.uses(&server, borrower.people.counsellor).await;
    assert_eq!(
        seen,
        [
            ("loan".to_owned(), starts(&theirs)),
            ("busy".to_owned(), starts(&ours))
        ]
    );
    for (meeting, account) in [(&theirs, owner.people), (&ours, borrower.people)] {
        let path = format!("/v1/meetings/{}", id(meeting));
        let answer = get(&server, &path, account.coordinator).await;
        answer.expect_problem(404, "not-found");
        let agenda = get(&server, "/v1/meetings", account.coordinator).await;
        assert!(!agenda.text.contains(&id(meeting).to_string()));
    }
    // Neither takes what the other has.
    met(&server, &borrower, &lending.meeting(&server, 3, 14, 30))
        .await
        .expect_problem(409, "slot-taken");
    met(&server, &owner, &lending.own_meeting(&server, 3, 10, 30))
        .await
        .expect_problem(409, "slot-taken");
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ending_a_loan_can_be_tried_first_and_strands_what_stands() {
    let server = Server::start().await;
    let lending = Lending::arrange(&server).await;
    let borrower = lending.borrower;
    let made = met(&server, &borrower, &lending.meeting(&server, 3, 9, 120)).await;
    let made = made.expect(201);
    let meeting = format!("/v1/meetings/{}", id(&made));
    let attention = async || {
        let read = get(&server, &meeting, borrower.people.coordinator).await;
        read.expect(200)["dates"][0]["needs_attention"].clone()
    };
    assert_eq!(attention().await, json!(null));

    // Other hours strand it, and so does the end.
    let mornings = json!({"hours": [{"weekday": "MO", "starts": "06:00", "ends": "06:30"}]});
    let tried = lending.change(&server, "?dry_run=true", &mornings).await;
    assert_eq!(tried.expect(200)["stranded"]["count"], 1);
    let tried = lending.end(&server, "?dry_run=true").await.expect(200);
    assert_eq!(
        (&tried["count"], &tried["uses"][0]["starts_at"]),
        (&json!(1), &made["dates"][0]["starts_at"])
    );
    assert_eq!(
        tried["uses"][0].as_object().map(serde_json::Map::len),
        Some(2),
        "when, and no more"
    );
    assert_eq!(attention().await, json!(null));

    let changed = lending.change(&server, "", &mornings).await.expect(200);
    assert_eq!(changed["stranded"]["count"], 1);
    assert_eq!(
        attention().await,
        "the room is not lent for the whole of this time"
    );
    lending.end(&server, "").await.expect(204);
    assert_eq!(attention().await, "the loan of the room has ended");
    let more = met(&server, &borrower, &lending.meeting(&server, 4, 9, 30)).await;
    more.expect_problem(409, "slot-gone");
    // It can be cancelled all the same, and the owner has the room again.
    let cancel = format!("{meeting}/cancel");
    staff(
        &server,
        Method::POST,
        &cancel,
        borrower.people.coordinator,
        &json!({}),
    )
    .await
    .expect(200);
    let own = met(
        &server,
        &lending.owner,
        &lending.own_meeting(&server, 3, 9, 60),
    )
    .await;
    own.expect(201);
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn closures_of_the_owner_count_for_the_borrower() {
    let server = Server::start().await;
    let lending = Lending::arrange(&server).await;
    let (owner, borrower) = (lending.owner, lending.borrower);
    let made = met(&server, &borrower, &lending.meeting(&server, 5, 9, 60)).await;
    let made = made.expect(201);
    let close = async |scope: &str, scoped: Uuid| {
        let mut closure = json!({"organisation_id": owner.people.organisation,
            "starts_at": at(&server, 5, 0), "ends_at": at(&server, 6, 0)});
        closure[scope] = json!(scoped);
        let made = staff(
            &server,
            Method::POST,
            "/v1/closures",
            owner.people.coordinator,
            &closure,
        )
        .await;
        id(&made.expect(201))
    };
    let meeting = format!("/v1/meetings/{}", id(&made));
    for (scope, scoped) in [
        ("site_id", owner.site),
        ("room_id", lending.room),
        ("organisation_id", owner.people.organisation),
    ] {
        let closure = close(scope, scoped).await;
        let refused = met(&server, &borrower, &lending.meeting(&server, 5, 12, 60)).await;
        refused.expect_problem(409, "slot-gone");
        let read = get(&server, &meeting, borrower.people.coordinator)
            .await
            .expect(200);
        assert_eq!(
            read["dates"][0]["needs_attention"],
            "the room is closed at this time"
        );
        server
            .sql(&format!(
                "UPDATE closures SET archived_at = now() WHERE id = '{closure}'"
            ))
            .await;
    }
    let read = get(&server, &meeting, borrower.people.coordinator)
        .await
        .expect(200);
    assert_eq!(read["dates"][0]["needs_attention"], json!(null));
}
