//! Crowds for the same time. `STORM_ROUNDS` says how many rounds each test has; ten unless given.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tests::crowd::{Call, at_once, tally};
use tests::fixtures::Talks;
use tests::{Server, invariants, postgres};
use tokio::sync::{Barrier, Mutex};
use uuid::Uuid;

const CALLERS: usize = 200;
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// One storm at a time: their answers are timed.
pub(super) static WEATHER: Mutex<()> = Mutex::const_new(());

#[tokio::test(flavor = "multi_thread")]
async fn of_two_hundred_callers_for_one_slot_exactly_one_gets_it() {
    let _alone = WEATHER.lock().await;
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let mut storm = Storm::default();
    for _ in 0..rounds() {
        let counsellor = talks.add_stage(&server, &[talks.service], None).await;
        let slots = talks.slots_with(&server, talks.service, counsellor).await;
        let outcomes = storm.round(&server, &slots[..1]).await;
        let expected = [("201", 1), ("409 slot-taken", CALLERS - 1)];
        assert_eq!(outcomes, expected.map(|(o, n)| (o.to_owned(), n)).into());
    }
    storm.end("one slot", &server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unequal_slots_of_one_counsellor_never_overlap() {
    let _alone = WEATHER.lock().await;
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let short = Uuid::now_v7();
    talks.add_service(&server, short, 20, 15).await;
    let mut storm = Storm::default();
    for _ in 0..rounds() {
        let services = [talks.service, short];
        let counsellor = talks.add_stage(&server, &services, None).await;
        let mut slots = talks.slots_with(&server, talks.service, counsellor).await;
        slots.extend(talks.slots_with(&server, short, counsellor).await);
        assert!(slots.len() > 30, "{}", slots.len());
        storm.round_of_some(&server, &slots).await;
    }
    storm.end("overlapping slots", &server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_counsellors_who_share_a_room_are_never_in_it_at_once() {
    let _alone = WEATHER.lock().await;
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let short = Uuid::now_v7();
    talks.add_service(&server, short, 20, 15).await;
    let mut storm = Storm::default();
    for _ in 0..rounds() {
        let room = talks.add_room(&server).await;
        let mut slots = Vec::new();
        for service in [talks.service, short] {
            let counsellor = talks.add_stage(&server, &[service], Some(room)).await;
            slots.extend(talks.slots_with(&server, service, counsellor).await);
        }
        assert!(slots.len() > 30, "{}", slots.len());
        storm.round_of_some(&server, &slots).await;
    }
    storm.end("a shared room", &server).await;
}

#[tokio::test(flavor = "multi_thread")]
#[should_panic(expected = "deadlocks")]
async fn a_deadlock_in_a_storm_would_be_noticed() {
    let server = Server::start().await;
    server
        .sql("CREATE TABLE two AS SELECT generate_series(1, 2) AS row")
        .await;
    let both = Arc::new(Barrier::new(2));
    let crossing = [(1, 2), (2, 1)].map(|(first, second)| {
        let (both, url) = (Arc::clone(&both), server.database_url.clone());
        tokio::spawn(async move {
            let client = postgres::connect(&url).await;
            let lock = |row| format!("BEGIN; SELECT FROM two WHERE row = {row} FOR UPDATE");
            client.batch_execute(&lock(first)).await.expect("a lock");
            both.wait().await;
            client.batch_execute(&lock(second)).await.is_err()
        })
    });
    let [one, other] = crossing;
    let failed = [one.await, other.await].map(|failed| failed.expect("a transaction"));
    assert!(failed.contains(&true), "no deadlock");
    invariants::check_at_the_end(&server).await;
}

fn rounds() -> usize {
    let rounds = std::env::var("STORM_ROUNDS");
    rounds.map_or(10, |rounds| rounds.parse().expect("a number of rounds"))
}

/// What the rounds of a storm took.
#[derive(Default)]
struct Storm {
    rounds: Vec<Duration>,
    slowest: Duration,
}

impl Storm {
    /// All callers at once, spread over the slots.
    async fn round(&mut self, server: &Server, slots: &[Value]) -> BTreeMap<String, usize> {
        let callers = slots.iter().cycle().take(CALLERS);
        let started = Instant::now();
        let calls = at_once(callers.map(|slot| server.booking(slot))).await;
        self.rounds.push(started.elapsed());
        self.slowest = self.slowest.max(slowest(&calls));
        assert!(self.slowest < PATIENCE, "an answer took {:?}", self.slowest);
        tally(calls.iter().map(|call| &call.answer))
    }

    /// A round in which some get a slot, and everybody else learns that it is taken.
    async fn round_of_some(&mut self, server: &Server, slots: &[Value]) {
        let mut outcomes = self.round(server, slots).await;
        let booked = outcomes.remove("201").unwrap_or_default();
        let taken = outcomes.remove("409 slot-taken").unwrap_or_default();
        assert!(booked > 0, "nobody got a slot");
        assert_eq!((booked + taken, outcomes), (CALLERS, BTreeMap::new()));
    }

    #[expect(clippy::print_stderr, reason = "a measurement is to be read")]
    async fn end(mut self, name: &str, server: &Server) {
        invariants::check_at_the_end(server).await;
        self.rounds.sort_unstable();
        let median = self.rounds[self.rounds.len() / 2];
        eprintln!(
            "{CALLERS} callers for {name}, {} rounds: median round {} ms, slowest answer {} ms",
            self.rounds.len(),
            median.as_millis(),
            self.slowest.as_millis(),
        );
    }
}

fn slowest(calls: &[Call]) -> Duration {
    calls.iter().map(|call| call.took).max().unwrap_or_default()
}
