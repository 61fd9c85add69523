use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Value, json};
use tests::fixtures::Talks;
use tests::{Answer, Server, invariants};
use uuid::Uuid;

use super::{booked, items, text};

async fn listed(server: &Server, talks: &Talks, query: &str) -> Vec<Value> {
    let request = server.request(Method::GET, &format!("/v1/attention{query}"));
    let request = request.bearer_auth(server.token(talks.people.coordinator));
    items(&Answer::of(request).await.expect(200))
}

fn dealing(server: &Server, talks: &Talks, id: &Value, body: &Value) -> reqwest::RequestBuilder {
    let path = format!("/v1/attention/{}/dealt-with", text(id));
    let request = server.once(&path, body);
    request.bearer_auth(server.token(talks.people.coordinator))
}

/// The reasons of each that is listed.
async fn reasons(server: &Server, talks: &Talks) -> Vec<Vec<String>> {
    let listed = listed(server, talks, "").await;
    let reasons = listed.iter().map(|item| {
        let causes = item["causes"].as_array().expect("causes").iter();
        causes.map(|it| text(&it["reason"]).to_owned()).collect()
    });
    reasons.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_attention_is_listed_until_somebody_has_dealt_with_exactly_that() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let booked = booked(&server, &talks, 2).await;
    assert!(reasons(&server, &talks).await.is_empty());
    let (organisation, counsellor) = (talks.people.organisation, talks.counsellor);
    let absence = |id: Uuid| {
        format!(
            "INSERT INTO absences (organisation_id, id, counsellor_id, starts_at, ends_at)
             SELECT '{organisation}', '{id}', '{counsellor}', starts_at, ends_at FROM appointments ORDER BY starts_at LIMIT 1"
        )
    };
    let first = Uuid::now_v7();
    server.sql(&absence(first)).await;
    let one = listed(&server, &talks, "").await;
    assert_eq!(one.len(), 1, "{one:?}");
    assert_eq!(one[0]["appointment"]["id"], booked[0]["id"]);
    assert_eq!(one[0]["causes"][0]["cause"], format!("absence:{first}"));
    assert_eq!(one[0]["open_proposals"], 0);

    let unknown = json!({"causes": [format!("absence:{}", Uuid::now_v7())]});
    let id = &booked[0]["id"];
    let refused = Answer::of(dealing(&server, &talks, id, &unknown)).await;
    refused.expect_problem(409, "conflict");
    let note = json!({"note": "told her at the door"});
    let dealt = Answer::of(dealing(&server, &talks, id, &note))
        .await
        .expect(200);
    assert_eq!(dealt["causes"][0]["note"], "told her at the door");
    assert!(listed(&server, &talks, "").await.is_empty());
    let all = listed(&server, &talks, "?with_dealt_with=true").await;
    assert_eq!(all, [dealt]);
    // What nobody needs to deal with is not there.
    let idle = Answer::of(dealing(&server, &talks, &booked[1]["id"], &json!({}))).await;
    idle.expect_problem(404, "not-found");

    server.sql(&absence(Uuid::now_v7())).await;
    let again = listed(&server, &talks, "?reason=absence").await;
    let causes = again[0]["causes"].as_array().expect("causes");
    let open = causes
        .iter()
        .filter(|cause| cause["dealt_with_at"].is_null());
    assert_eq!((causes.len(), open.count()), (2, 1));
    assert!(listed(&server, &talks, "?reason=closure").await.is_empty());
    // Two colleagues at once, and a third who repeats it: it is dealt with once.
    let both = [(), ()].map(|()| dealing(&server, &talks, id, &json!({})));
    for call in tests::crowd::at_once(both).await {
        call.answer.expect(200);
    }
    Answer::of(dealing(&server, &talks, id, &json!({})))
        .await
        .expect(200);
    let kept = "SELECT count(*) FROM attention_dealings";
    assert_eq!(server.sql_value(kept).await, "2");
    assert!(listed(&server, &talks, "").await.is_empty());
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_to_lose_what_an_appointment_rests_on_is_found() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    booked(&server, &talks, 1).await;
    let organisation = talks.people.organisation;
    let id = Uuid::now_v7();
    let ways = [
        (
            format!(
                "INSERT INTO closures (organisation_id, id, starts_at, ends_at)
                 SELECT '{organisation}', '{id}', starts_at, ends_at FROM appointments"
            ),
            "DELETE FROM closures",
            "closure",
        ),
        (
            "UPDATE sessions SET status = 'withdrawn'".to_owned(),
            "UPDATE sessions SET status = 'published'",
            "session_withdrawn",
        ),
        (
            "UPDATE sessions SET starts_at = starts_at + interval '30 minutes'".to_owned(),
            "UPDATE sessions SET starts_at = starts_at - interval '30 minutes'",
            "outside_session",
        ),
        (
            "UPDATE sessions SET modalities = '{video}'".to_owned(),
            "UPDATE sessions SET modalities = '{in_person,phone,video}'",
            "session_changed",
        ),
        (
            "UPDATE counsellors SET archived_at = '2026-01-01'".to_owned(),
            "UPDATE counsellors SET archived_at = NULL",
            "counsellor_archived",
        ),
        (
            "UPDATE services SET archived_at = '2026-01-01'".to_owned(),
            "UPDATE services SET archived_at = NULL",
            "service_archived",
        ),
        (
            "UPDATE sites SET archived_at = '2026-01-01'".to_owned(),
            "UPDATE sites SET archived_at = NULL",
            "site_archived",
        ),
    ];
    for (lose, restore, reason) in ways {
        server.sql(&lose).await;
        assert_eq!(reasons(&server, &talks).await, [[reason]], "{lose}");
        server.sql(restore).await;
        assert!(reasons(&server, &talks).await.is_empty(), "{restore}");
    }
}

/// Holidays are days of the site: an hour before midnight is not yet one.
#[tokio::test(flavor = "multi_thread")]
async fn public_holidays_are_those_of_the_site_on_its_own_clock() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    booked(&server, &talks, 1).await;
    let at = |text: &str| text.parse::<DateTime<Utc>>().expect("an instant");
    let day = |date: &str| format!("public_holiday:{date}");
    for (starts_at, minutes, state, cause) in [
        // New Year: at half past eleven, over midnight, and at midnight.
        ("2027-12-31T22:00:00Z", 60, "DE-SN", None),
        ("2027-12-31T22:30:00Z", 60, "DE-SN", Some("2028-01-01")),
        ("2027-12-31T23:00:00Z", 60, "DE-SN", Some("2028-01-01")),
        ("2028-01-01T22:59:00Z", 60, "DE-SN", Some("2028-01-01")),
        ("2028-01-01T23:00:00Z", 60, "DE-SN", None),
        // Repentance Day is kept in Saxony only.
        ("2027-11-17T09:00:00Z", 60, "DE-SN", Some("2027-11-17")),
        ("2027-11-17T09:00:00Z", 60, "DE-NI", None),
        // Easter Sunday on which the clocks go forward: kept in Brandenburg, and Monday everywhere.
        ("2027-03-28T00:30:00Z", 60, "DE-BB", Some("2027-03-28")),
        ("2027-03-28T22:00:00Z", 60, "DE-SN", Some("2027-03-29")),
        // Reformation Day, on which they go back: it begins and ends on the local midnight.
        ("2027-10-30T21:59:00Z", 1, "DE-SN", None),
        ("2027-10-30T22:00:00Z", 60, "DE-SN", Some("2027-10-31")),
        ("2027-10-31T22:59:00Z", 1, "DE-SN", Some("2027-10-31")),
        ("2027-10-31T23:00:00Z", 60, "DE-SN", None),
    ] {
        let (from, ends_at) = (at(starts_at), at(starts_at) + TimeDelta::minutes(minutes));
        server
            .sql(&format!(
                "UPDATE sites SET federal_state = '{state}';
                 UPDATE sessions SET opens_on_holidays = false, starts_at = '{from}', ends_at = '{ends_at}';
                 UPDATE appointments SET starts_at = '{from}', ends_at = '{ends_at}'"
            ))
            .await;
        let found = listed(&server, &talks, "").await;
        let found = found
            .iter()
            .flat_map(|item| item["causes"].as_array().cloned());
        let found: Vec<_> = found.flatten().map(|it| it["cause"].clone()).collect();
        let expected: Vec<_> = cause.map(day).into_iter().collect();
        assert_eq!(found, expected, "{starts_at} in {state}");
    }
    server
        .sql("UPDATE sessions SET opens_on_holidays = true")
        .await;
    assert!(reasons(&server, &talks).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_has_pages_and_everybody_sees_their_own() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    booked(&server, &talks, 3).await;
    let other = talks.add_stage(&server, &[talks.service], None).await;
    let slot = talks
        .slots_with(&server, talks.service, other)
        .await
        .remove(0);
    talks.book(&server, &slot).await.expect(201);
    server.sql("UPDATE sessions SET status = 'withdrawn'").await;
    let as_account = |account: Uuid, query: &str| {
        let request = server.request(Method::GET, &format!("/v1/attention{query}"));
        Answer::of(request.bearer_auth(server.token(account)))
    };
    let people = talks.people;
    let mut seen = Vec::new();
    let mut query = "?limit=3".to_owned();
    loop {
        let page = as_account(people.coordinator, &query).await.expect(200);
        seen.extend(items(&page));
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        query = format!("?limit=3&cursor={next}");
    }
    assert_eq!(seen.len(), 4);
    let starts: Vec<_> = seen
        .iter()
        .map(|it| text(&it["appointment"]["starts_at"]))
        .collect();
    assert!(starts.is_sorted());
    let own = as_account(people.counsellor, "").await.expect(200);
    assert_eq!(items(&own).len(), 3);
    let refused = as_account(people.administrator, "").await;
    refused.expect_problem(403, "forbidden");
    let bad = as_account(people.coordinator, "?reason=boredom").await;
    bad.expect_problem(400, "invalid-request");
}
