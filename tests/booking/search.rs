//! What the search for slots finds, how far it looks, and that pages neither lose nor repeat.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::Server;
use tests::fixtures::Talks;
use uuid::Uuid;

const LEIPZIG: (f64, f64) = (51.34, 12.37);
const WOLFSBURG: (f64, f64) = (52.42, 10.79);

async fn move_to(server: &Server, talks: &Talks, (latitude, longitude): (f64, f64)) {
    let site = talks.site;
    let moved = format!(
        "UPDATE sites SET latitude = {latitude}, longitude = {longitude} WHERE id = '{site}'"
    );
    server.sql(&moved).await;
}

pub(super) async fn page(server: &Server, query: &str) -> Value {
    server.get(&format!("/v1/slots?{query}")).await.expect(200)
}

fn sites(page: &Value) -> BTreeSet<&str> {
    let items = page["items"].as_array().expect("items");
    items
        .iter()
        .map(|item| item["site_id"].as_str().expect("an id"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_is_found_around_a_place_and_nowhere_else() {
    let server = Server::start().await;
    let here = Talks::arrange(&server, "poliklinik").await;
    let there = Talks::arrange(&server, "gesundheitsregion").await;
    let nowhere = Talks::arrange(&server, "selbsthilfe").await;
    move_to(&server, &here, LEIPZIG).await;
    move_to(&server, &there, WOLFSBURG).await;
    let (here, there) = (here.site.to_string(), there.site.to_string());
    let nowhere = nowhere.site.to_string();

    let all = page(&server, "topic=psychosocial&limit=200").await;
    let everywhere = BTreeSet::from([here.as_str(), there.as_str(), nowhere.as_str()]);
    assert_eq!(sites(&all), everywhere);
    // As the crow flies it is 161 km from Leipzig to Wolfsburg.
    for (query, found) in [
        ("near=51.34,12.37&within_km=5", vec![&here]),
        ("near=51.34,12.37&within_km=160", vec![&here]),
        ("near=51.34,12.37&within_km=162", vec![&here, &there]),
        ("near=52.42,10.79&within_km=1", vec![&there]),
        ("near=-51.34,-12.37&within_km=1000", vec![]),
    ] {
        let near = page(&server, &format!("topic=psychosocial&limit=200&{query}")).await;
        let found: BTreeSet<_> = found.into_iter().map(String::as_str).collect();
        assert_eq!(sites(&near), found, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_is_found_around_a_place_too() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    move_to(&server, &talks, LEIPZIG).await;
    let of_service = format!("service_id={}", talks.service);
    let near = page(
        &server,
        &format!("{of_service}&near=51.3,12.4&within_km=10"),
    )
    .await;
    assert_eq!(near["items"].as_array().map(Vec::len), Some(8));
    let far = page(
        &server,
        &format!("{of_service}&near=52.5,13.4&within_km=10"),
    )
    .await;
    assert_eq!(far["items"].as_array().map(Vec::len), Some(0));
    assert!(far["next_available_at"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_without_a_distance_is_refused_and_a_distance_without_a_place() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    for (query, status, code) in [
        ("near=51.3,12.4", 422, "rule-violated"),
        ("within_km=10", 422, "rule-violated"),
        ("near=91,12.4&within_km=10", 422, "rule-violated"),
        ("near=51.3,12.4&within_km=0", 422, "rule-violated"),
        ("near=51.3,12.4&within_km=1001", 422, "rule-violated"),
        ("near=51.3,12.4&within_km=NaN", 422, "rule-violated"),
        ("near=51.3&within_km=10", 400, "invalid-request"),
        ("near=here,there&within_km=10", 400, "invalid-request"),
    ] {
        let path = format!("/v1/slots?service_id={}&{query}", talks.service);
        let answer = server.get(&path).await;
        assert_eq!(answer.status.as_u16(), status, "{query}: {}", answer.text);
        answer.expect_problem(status, code);
    }
}

/// Of many sessions that begin at once, each page takes some.
#[tokio::test(flavor = "multi_thread")]
async fn pages_neither_lose_nor_repeat_what_starts_at_once() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let mut services = vec![talks.service];
    for _ in 0..2 {
        let service = Uuid::now_v7();
        talks.add_service(&server, service, 50, 60).await;
        services.push(service);
    }
    for _ in 0..30 {
        talks.add_stage(&server, &services, None).await;
    }
    // Eight hours of thirty sessions with three services, and those of the fixture.
    let expected = 30 * 3 * 8 + 8;
    for (query, expected) in [
        ("topic=psychosocial".to_owned(), expected),
        (format!("service_id={}", talks.service), 30 * 8 + 8),
    ] {
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let found = page(&server, &format!("{query}&limit=7{cursor}")).await;
            let items = found["items"].as_array().expect("items");
            seen.extend(items.iter().map(|item| {
                let text = |name: &str| item[name].as_str().expect("a text").to_owned();
                (text("starts_at"), text("session_id"), text("service_id"))
            }));
            let Some(next) = found["next_cursor"].as_str() else {
                break;
            };
            cursor = format!("&cursor={next}");
        }
        assert!(seen.is_sorted(), "{query}");
        let distinct: BTreeSet<_> = seen.iter().collect();
        assert_eq!(
            (seen.len(), distinct.len()),
            (expected, expected),
            "{query}"
        );
    }
}

/// The first statement looks at eight sessions behind the window; these are all booked up.
#[tokio::test(flavor = "multi_thread")]
async fn an_empty_week_names_the_next_slot_however_far_it_is() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let organisation = talks.people.organisation;
    let mut last = Uuid::nil();
    for days in 3..33 {
        last = Uuid::now_v7();
        let counsellor = talks.counsellor;
        let services = [talks.service];
        talks
            .add_session(&server, last, counsellor, &services, days)
            .await;
    }
    server
        .sql(&format!(
            "INSERT INTO allocations (organisation_id, resource_id, claim_id, claimed_by_organisation_id, kind,
                 starts_at, ends_at)
             SELECT '{organisation}', counsellor_id, gen_random_uuid(), '{organisation}', 'appointment', starts_at, ends_at
             FROM sessions WHERE organisation_id = '{organisation}' AND id <> '{last}'"
        ))
        .await;
    let expected = format!(
        "SELECT to_char(starts_at AT TIME ZONE 'Europe/Berlin', 'YYYY-MM-DD\"T\"HH24:MI:SS') FROM sessions WHERE id = '{last}'"
    );
    let expected = server.sql_value(&expected).await;
    let now = server.app.clock.now();
    let (from, before) = (now, now + chrono::TimeDelta::days(5));
    let [from, before] = [from, before].map(|at| at.format("%Y-%m-%dT%H:%M:%SZ"));
    for subject in [
        format!("service_id={}", talks.service),
        "topic=psychosocial".to_owned(),
    ] {
        let found = page(&server, &format!("{subject}&from={from}&before={before}")).await;
        assert_eq!(found["items"], json!([]), "{subject}");
        let next = found["next_available_at"].as_str().expect("an instant");
        assert!(
            next.starts_with(&expected),
            "{subject}: {next} and not {expected}"
        );
    }
}

/// More sessions lie in the way, in another place, than the first statement looks at.
#[tokio::test(flavor = "multi_thread")]
async fn a_place_is_found_behind_thousands_of_others() {
    let server = Server::start().await;
    let here = Talks::arrange(&server, "poliklinik").await;
    let there = Talks::arrange(&server, "gesundheitsregion").await;
    move_to(&server, &here, LEIPZIG).await;
    move_to(&server, &there, WOLFSBURG).await;
    let (organisation, service) = (there.people.organisation, there.service);
    let (site, counsellor) = (there.site, there.counsellor);
    server
        .sql(&format!(
            "INSERT INTO sessions (organisation_id, id, counsellor_id, site_id, starts_at, ends_at, modalities, status)
             SELECT '{organisation}', gen_random_uuid(), '{counsellor}', '{site}', at, at + interval '1 hour',
                 '{{in_person}}', 'published'
             FROM generate_series(date_trunc('minute', now()) + interval '2 hours',
                                  date_trunc('minute', now()) + interval '5 hours', interval '1 minute') AS at;
             INSERT INTO sessions (organisation_id, id, counsellor_id, site_id, starts_at, ends_at, modalities, status)
             SELECT organisation_id, gen_random_uuid(), counsellor_id, site_id, starts_at, ends_at, modalities, status
             FROM sessions, generate_series(1, 25) WHERE organisation_id = '{organisation}' AND starts_at < now() + interval '1 day';
             INSERT INTO session_services SELECT organisation_id, id, '{service}', starts_at FROM sessions
             WHERE organisation_id = '{organisation}' AND starts_at < now() + interval '1 day'"
        ))
        .await;
    let in_the_way = "SELECT count(*) > 4096 FROM session_services WHERE status = 'published'";
    assert_eq!(server.sql_value(in_the_way).await, "true");
    let near = "topic=psychosocial&near=51.34,12.37&within_km=20&limit=20";
    let found = page(&server, near).await;
    assert_eq!(found["items"].as_array().map(Vec::len), Some(8));
    assert_eq!(
        sites(&found),
        BTreeSet::from([here.site.to_string().as_str()])
    );
}
