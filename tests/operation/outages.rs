//! Postgres hangs, refuses or goes away: callers are told so soon, and nothing is lost.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use tests::fixtures::Talks;
use tests::proxy::Proxy;
use tests::{Answer, Server, postgres};
use uuid::Uuid;

const AT_MOST: Duration = Duration::from_secs(2);

/// Reads and writes, of visitors and of staff: each by another path to Postgres.
async fn ask_everything(server: &Server, talks: &Talks, slot: &Value) -> Vec<(Answer, Duration)> {
    let token = server.token(talks.people.coordinator);
    let sites = server.request(Method::GET, "/v1/sites");
    let sessions = server
        .request(Method::GET, "/v1/sessions")
        .bearer_auth(&token);
    let booking = server.under_key(
        Uuid::new_v4(),
        "/v1/appointments",
        &json!({"slot_id": slot["id"]}),
    );
    join_all([sites, sessions, booking].map(timed)).await
}

async fn timed(request: reqwest::RequestBuilder) -> (Answer, Duration) {
    let asked = Instant::now();
    (Answer::of(request).await, asked.elapsed())
}

#[track_caller]
fn is_unavailable((answer, took): &(Answer, Duration)) {
    answer.expect_problem(503, "unavailable");
    assert!(!answer.header("retry-after").is_empty());
    assert!(*took < AT_MOST, "{took:?}");
}

async fn is_alive_at_once(server: &Server) {
    let asked = Instant::now();
    server.get("/livez").await.expect(200);
    let took = asked.elapsed();
    assert!(took < Duration::from_millis(50), "{took:?}");
}

async fn arranged() -> (Server, Talks, Proxy) {
    let database_url = postgres::fresh_database().await;
    let proxy = Proxy::start(&database_url).await;
    let server = Server::start_impatient(&proxy.url).await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    (server, talks, proxy)
}

/// What is stored, past the proxy's moods.
async fn bookings(server: &Server) -> String {
    server.sql_value("SELECT count(*) FROM appointments").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_table_costs_a_caller_two_seconds_and_nobody_else_anything() {
    let (server, talks, _proxy) = arranged().await;
    let slot = talks.slots(&server).await.remove(0);
    let other = postgres::connect(&server.database_url).await;
    other
        .batch_execute("BEGIN; LOCK TABLE sites, appointments, sessions, memberships")
        .await
        .expect("a lock");
    let asking = ask_everything(&server, &talks, &slot);
    let (answers, ()) = tokio::join!(asking, async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        is_alive_at_once(&server).await;
    });
    answers.iter().for_each(is_unavailable);
    other.batch_execute("ROLLBACK").await.expect("no lock");
    assert_eq!(bookings(&server).await, "0");
    server.get("/v1/sites").await.expect(200);
    talks.book(&server, &slot).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_wire_is_an_outage_and_nothing_is_stored() {
    let (server, talks, proxy) = arranged().await;
    let slot = talks.slots(&server).await.remove(0);
    proxy.stall();
    let asking = ask_everything(&server, &talks, &slot);
    let (answers, ()) = tokio::join!(asking, is_alive_at_once(&server));
    answers.iter().for_each(is_unavailable);
    is_unavailable(&timed(server.request(Method::GET, "/readyz")).await);
    proxy.resume();
    server.get("/readyz").await.expect(200);
    tokio::time::sleep(AT_MOST).await;
    assert_eq!(bookings(&server).await, "0");
    server.get("/v1/sites").await.expect(200);
    talks.book(&server, &slot).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_who_wait_for_postgres_delay_no_sign_of_life() {
    let (server, _talks, proxy) = arranged().await;
    proxy.stall();
    let waiting = (0..64).map(|_| timed(server.request(Method::GET, "/v1/sites")));
    let (answers, ()) = tokio::join!(join_all(waiting), async {
        for _ in 0..10 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            is_alive_at_once(&server).await;
        }
    });
    answers.iter().for_each(is_unavailable);
    proxy.resume();
    server.get("/v1/sites").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wire_that_falls_silent_at_commit_leaves_the_outcome_to_the_key() {
    let (server, talks, proxy) = arranged().await;
    let slot = talks.slots(&server).await.remove(0);
    let (key, body) = (Uuid::new_v4(), json!({"slot_id": slot["id"]}));
    proxy.stall_at_commit();
    let (answer, took) = timed(server.under_key(key, "/v1/appointments", &body)).await;
    answer.expect_problem(503, "outcome-unknown");
    assert!(took < AT_MOST, "{took:?}");
    proxy.resume();
    let settled = Answer::of(server.under_key(key, "/v1/appointments", &body)).await;
    settled.expect(201);
    assert_eq!(bookings(&server).await, "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn back_ends_that_were_ended_cost_no_caller_anything() {
    let (server, talks, _proxy) = arranged().await;
    for _ in 0..3 {
        join_all((0..16).map(|_| server.get("/v1/sites"))).await;
        server
            .sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                 WHERE datname = current_database() AND pid <> pg_backend_pid()",
            )
            .await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        server.get("/v1/sites").await.expect(200);
        let slot = talks.slots(&server).await.remove(0);
        talks.book(&server, &slot).await.expect(201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_only_reads_is_left_for_the_one_that_writes() {
    let (server, talks, _proxy) = arranged().await;
    let slot = talks.slots(&server).await.remove(0);
    let name = server.sql_value("SELECT current_database()").await;
    let read_only =
        |value| format!("ALTER DATABASE {name} SET default_transaction_read_only = {value}");
    server.sql(&read_only("on")).await;
    let sessions = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                    WHERE datname = current_database() AND pid <> pg_backend_pid()";
    server.sql(sessions).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let refused = talks.book(&server, &slot).await;
    refused.expect_problem(503, "unavailable");
    let owner = postgres::connect(&server.database_url).await;
    for statement in ["SET default_transaction_read_only = off", &read_only("off")] {
        owner.batch_execute(statement).await.expect("a setting");
    }
    talks.book(&server, &slot).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_hangs_or_is_gone_leaves_the_next_one() {
    let database_url = postgres::fresh_database().await;
    let (silent, proxy) = (
        tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port"),
        Proxy::start(&database_url).await,
    );
    let silent = silent.local_addr().expect("an address").port();
    let two = |first: u16| {
        let (port, rest) = proxy
            .url
            .split_once("port=")
            .map(|(_, rest)| rest.split_once(' ').expect("more"))
            .expect("a port");
        format!(
            "host=127.0.0.1,127.0.0.1 port={first},{port} {rest} target_session_attrs=read-write"
        )
    };
    for first in [1, silent] {
        let server = Server::start_impatient(&two(first)).await;
        server.get("/readyz").await.expect(200);
        server.get("/v1/sites").await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_was_told_to_stop_is_not_ready_and_takes_its_leave() {
    let server = Server::start().await;
    server.draining.begin();
    server
        .get("/readyz")
        .await
        .expect_problem(503, "unavailable");
    let last = server.get("/v1/sites").await;
    last.expect(200);
    assert_eq!(last.header("connection"), "close");
}
