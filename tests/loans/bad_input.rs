use reqwest::Method;
use serde_json::{Value, json};
use tests::circles::{patch, staff};
use tests::fixtures::Talks;
use tests::lending::{Lending, enter, get, lend, loan_body, meeting, met, own_room};
use tests::{Answer, Server};
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn terms_that_no_loan_can_have_change_nothing() {
    let server = Server::start().await;
    let (owner, borrower) = (
        Talks::arrange(&server, "owner").await,
        Talks::arrange(&server, "borrower").await,
    );
    let room = own_room(&server, &owner).await;
    let hours = |weekday: &str, starts: &str, ends: &str| json!([{"weekday": weekday, "starts": starts, "ends": ends}]);
    let quota = |limit: i64, unit: &str, per: &str| json!({"quota": {"limit": limit, "unit": unit, "per": per}});
    let week = |hours: Value| json!({"hours": hours});
    let many: Vec<Value> = (0..51)
        .map(|place| json!({"weekday": "MO", "starts": format!("{:02}:{:02}", place / 4, place % 4 * 15), "ends": format!("{:02}:{:02}", place / 4, place % 4 * 15 + 5)}))
        .collect();
    for (terms, pointer) in [
        (quota(0, "uses", "week"), "/quota/limit"),
        (quota(-1, "minutes", "month"), "/quota/limit"),
        (quota(i64::MAX, "minutes", "month"), "/quota/limit"),
        (quota(1, "hours", "week"), "/quota/unit"),
        (quota(1, "uses", "year"), "/quota/per"),
        (week(hours("WE", "22:00", "02:00")), "/hours/0/ends"),
        (week(hours("WE", "18:00", "00:00")), "/hours/0/ends"),
        (week(hours("WE", "09:00", "09:00")), "/hours/0/ends"),
        (week(hours("WE", "9:00", "10:00")), "/hours/0/starts"),
        (week(hours("WE", "09:00", "24:00")), "/hours/0/ends"),
        (
            week(hours("Wednesday", "09:00", "10:00")),
            "/hours/0/weekday",
        ),
        (week(json!([])), "/hours"),
        (week(json!(many)), "/hours"),
        (
            week(
                json!([{"weekday": "MO", "starts": "09:00", "ends": "10:00"}, {"weekday": "MO", "starts": "09:30", "ends": "11:00"}]),
            ),
            "/hours",
        ),
        (
            json!({"valid_from": "2026-02-01", "valid_until": "2026-01-31"}),
            "/valid_until",
        ),
        (json!({"valid_from": "1969-12-31"}), "/valid_from"),
        (json!({"valid_from": "9999-01-01"}), "/valid_from"),
        (
            json!({"borrower_id": owner.people.organisation}),
            "/borrower_id",
        ),
        (json!({"borrower_id": Uuid::now_v7()}), "/borrower_id"),
        (json!({"room_id": Uuid::now_v7()}), "/room_id"),
        (
            json!({"room_id": own_room(&server, &borrower).await}),
            "/room_id",
        ),
    ] {
        let refused = lend(
            &server,
            &owner,
            &loan_body(&owner, room, &borrower, terms.clone()),
        )
        .await;
        let problem = refused.expect_problem(422, "rule-violated");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{terms}");
    }
    assert_eq!(server.sql_value("SELECT count(*) FROM loans").await, "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_owner_changes_a_loan_and_nobody_lends_on() {
    let server = Server::start().await;
    let lending = Lending::arrange(&server).await;
    let (owner, borrower) = (lending.owner, lending.borrower);
    let path = format!("/v1/loans/{}", lending.loan);
    let etag = json!("\"1\"");
    for (account, status, code) in [
        (owner.people.counsellor, 403, "forbidden"),
        (borrower.people.coordinator, 403, "forbidden"),
        (borrower.people.administrator, 403, "forbidden"),
    ] {
        let refused = patch(
            &server,
            &path,
            account,
            &etag,
            &json!({"valid_until": "2027-01-01"}),
        )
        .await;
        refused.expect_problem(status, code);
    }
    for change in [
        json!({"room_id": Uuid::now_v7()}),
        json!({"borrower_id": Uuid::now_v7()}),
        json!({"organisation_id": Uuid::now_v7()}),
    ] {
        lending
            .change(&server, "", &change)
            .await
            .expect_problem(422, "rule-violated");
    }
    let stale = patch(
        &server,
        &path,
        owner.people.coordinator,
        &json!("\"7\""),
        &json!({}),
    )
    .await;
    stale.expect_problem(412, "version-conflict");

    let third = Talks::arrange(&server, "third").await;
    let on = lend(
        &server,
        &borrower,
        &loan_body(&borrower, lending.entered, &third, json!({})),
    )
    .await;
    assert_eq!(
        on.expect_problem(422, "rule-violated")["errors"][0]["pointer"],
        "/room_id"
    );
    // Nobody but the borrower enters it, and what was entered stays what it is.
    let theirs = enter(&server, &third, lending.loan).await;
    assert_eq!(
        theirs.expect_problem(422, "rule-violated")["errors"][0]["pointer"],
        "/loan_id"
    );
    let room = format!("/v1/rooms/{}", lending.entered);
    let coordinator = borrower.people.coordinator;
    let read = get(&server, &room, coordinator).await.expect(200);
    let own = patch(
        &server,
        &room,
        coordinator,
        &read["etag"],
        &json!({"loan_id": null}),
    )
    .await;
    own.expect_problem(422, "rule-violated");
    let named = patch(
        &server,
        &room,
        coordinator,
        &read["etag"],
        &json!({"name": "Großer Saal"}),
    )
    .await;
    assert_eq!(named.expect(200)["loan_id"], json!(lending.loan));
}

#[tokio::test(flavor = "multi_thread")]
async fn meetings_that_cannot_be_are_refused_by_their_part() {
    let server = Server::start().await;
    let lending = Lending::arrange(&server).await;
    let borrower = lending.borrower;
    let good = lending.meeting(&server, 3, 9, 60);
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    for (body, pointer) in [
        (with("rule", json!("FREQ=WEEKLY;BYDAY=WE")), "/rule"),
        (
            with(
                "rule",
                json!("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;COUNT=10000"),
            ),
            "/rule",
        ),
        (
            with("rule", json!("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3")),
            "/rule",
        ),
        (
            with(
                "rule",
                json!("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;UNTIL=20000101"),
            ),
            "/rule",
        ),
        (with("rule", json!("every second Wednesday")), "/rule"),
        (with("rule", json!("")), "/rule"),
        (with("title", json!("")), "/title"),
        (with("room_ids", json!([])), "/room_ids"),
        (
            with("room_ids", json!(vec![lending.entered; 11])),
            "/room_ids",
        ),
        (with("room_ids", json!([lending.room])), "/room_ids"),
        (
            with("room_ids", json!([lending.entered, Uuid::now_v7()])),
            "/room_ids",
        ),
        (with("ends_at", good["starts_at"].clone()), "/ends_at"),
        (with("ends_at", json!("2040-01-01T00:00:00Z")), "/ends_at"),
        (with("mode", json!("most")), "/mode"),
    ] {
        for path in ["/v1/meetings", "/v1/meetings?dry_run=true"] {
            let answer = staff(
                &server,
                Method::POST,
                path,
                borrower.people.coordinator,
                &body,
            )
            .await;
            let problem = answer.expect_problem(422, "rule-violated");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
        }
    }
    let past = meeting(&server, &borrower, &[lending.entered], -1, 9, 60);
    met(&server, &borrower, &past)
        .await
        .expect_problem(409, "slot-gone");
    let counsellor = borrower.people.counsellor;
    let refused = staff(&server, Method::POST, "/v1/meetings", counsellor, &good).await;
    refused.expect_problem(403, "forbidden");
    let foreign = staff(
        &server,
        Method::POST,
        "/v1/meetings",
        lending.owner.people.coordinator,
        &good,
    )
    .await;
    foreign.expect_problem(404, "not-found");
    assert_eq!(
        server.sql_value("SELECT count(*) FROM allocations").await,
        "0"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_of_uses_are_bounded() {
    let server = Server::start().await;
    let lending = Lending::arrange(&server).await;
    let token = server.token(lending.owner.people.coordinator);
    for (query, status) in [
        ("from=yesterday", 400),
        ("before=2020-01-01T00:00:00Z", 422),
        ("from=2026-01-01T00:00:00Z&before=2026-06-01T00:00:00Z", 422),
        ("limit=3", 400),
    ] {
        let path = format!("/v1/loans/{}/uses?{query}", lending.loan);
        let request = server.request(Method::GET, &path).bearer_auth(&token);
        let answer = Answer::of(request).await;
        assert_eq!(answer.status.as_u16(), status, "{query}: {}", answer.text);
    }
}
