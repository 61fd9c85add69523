//! What visits cost at a distance from the data base.

use chrono::TimeDelta;
use reqwest::{Method, RequestBuilder};
use tests::neighbours::{FARTHER, NEAR, Neighbours, at};
use tests::proxy::{Proxy, Record};
use tests::{Answer, Server, postgres};

/// As often as it takes until statements are new once and known once.
const WARM_UP: usize = 4;

/// The same hours on the four days behind.
const WEEK: &str = "
    INSERT INTO sessions (organisation_id, id, counsellor_id, site_id, starts_at, ends_at, modalities, opens_on_holidays, status)
    SELECT organisation_id, gen_random_uuid(), counsellor_id, site_id, starts_at + day * interval '1 day',
           ends_at + day * interval '1 day', modalities, opens_on_holidays, status
    FROM sessions CROSS JOIN generate_series(1, 4) AS day WHERE 'at_home' = ANY (modalities);
    INSERT INTO session_services (organisation_id, session_id, service_id, starts_at)
    SELECT s.organisation_id, s.id, v.id, s.starts_at
    FROM sessions s JOIN services v ON v.organisation_id = s.organisation_id AND v.format = 'visit'
    WHERE 'at_home' = ANY (s.modalities) ON CONFLICT DO NOTHING";

async fn cost(proxy: &Proxy, mut request: impl FnMut() -> RequestBuilder) -> (Answer, Record) {
    for _ in 0..WARM_UP {
        Answer::of(request()).await;
        proxy.forget().await;
    }
    let answer = Answer::of(request()).await;
    (answer, proxy.record())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_week_of_twenty_volunteers_is_one_statement_and_a_booking_of_two_of_them_two_trips() {
    let proxy = Proxy::start(&postgres::fresh_database().await).await;
    let server = Server::start_on(&proxy.url).await;
    let neighbours = Neighbours::arrange(&server, 20, 2).await;
    server.sql(WEEK).await;
    for place in [NEAR, FARTHER] {
        let path = neighbours.search(place);
        let (answer, record) = cost(&proxy, || server.request(Method::GET, &path)).await;
        let found = answer.expect(200);
        assert_eq!(found["items"].as_array().expect("items").len(), 200);
        assert_eq!(
            (record.statements().len(), record.trips()),
            (1, 1),
            "{record:?}"
        );
    }
    // One on each day, so that all are free.
    let mut slots = Vec::new();
    for day in 0..5 {
        let from = (at(&server, 9) + TimeDelta::days(day)).format("%Y-%m-%dT%H:%M:%SZ");
        let path = format!("{}&from={from}", neighbours.search(NEAR));
        slots.push(server.get(&path).await.expect(200)["items"][0].clone());
    }
    let mut wanted = slots.iter();
    let next = || server.visiting(wanted.next().expect("a slot"), NEAR);
    let (answer, record) = cost(&proxy, next).await;
    answer.expect(201);
    assert_eq!(record.trips(), 2, "{record:?}");
}
