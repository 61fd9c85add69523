use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use api::waitlist::offering::{PAUSE, offer_all, offer_next};
use chrono::TimeDelta;
use persistence::waitlist::begin_round;
use serde_json::json;
use tests::crowd::{at_once, tally};
use tests::{Answer, Server, invariants};
use tokio::runtime::Handle;
use tokio::time::Instant;
use uuid::Uuid;

use super::*;

/// Other programs on the same data base, which keep looking as the program does.
struct Others {
    stop: Arc<AtomicBool>,
    looking: Vec<JoinHandle<()>>,
}

impl Others {
    async fn start(server: &Server, count: usize) -> Self {
        let mut others = Self {
            stop: Arc::default(),
            looking: Vec::new(),
        };
        for _ in 0..count {
            let other = Server::start_on(&server.database_url).await;
            let (stop, runtime) = (Arc::clone(&others.stop), Handle::current());
            others.looking.push(std::thread::spawn(move || {
                runtime.block_on(async {
                    while !stop.load(Ordering::Relaxed) {
                        offer_all(&other.app).await.expect("a look");
                        tokio::time::sleep(PAUSE).await;
                    }
                });
            }));
        }
        others
    }

    fn end(self) {
        self.stop.store(true, Ordering::Relaxed);
        for looking in self.looking {
            looking.join().expect("another program");
        }
    }
}

async fn waiting(server: &Server, talks: &Talks, count: usize) -> Vec<Value> {
    let mut waiting = Vec::new();
    for _ in 0..count {
        waiting.push(joined(server, talks, &json!({})).await);
    }
    waiting
}

/// Waits until so many offers are open, at most a few seconds.
async fn until_offered(server: &Server, wanted: usize) {
    let open = "SELECT count(*) FROM waitlist_offers WHERE state = 'open'";
    let started = Instant::now();
    while server.sql_value(open).await != wanted.to_string() {
        invariants::check(server).await;
        let open = server.sql_value(open).await;
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "{open} are offered"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn places_that_are_freed_at_once_are_offered_once_each() {
    let server = Server::start().await;
    let talks = with_waitlist(&server).await;
    let short = Uuid::now_v7();
    talks.add_service(&server, short, 20, 20).await;
    keep(&server, short, 60).await;
    for day in 3..6 {
        talks
            .add_session(&server, Uuid::now_v7(), talks.counsellor, &[short], day)
            .await;
    }
    let talks = Talks {
        service: short,
        ..talks
    };
    let (places, crowd) = (50, 200);
    let mut booked = fully_booked(&server, &talks).await;
    booked.truncate(places);
    assert_eq!(booked.len(), places);
    let waiting = waiting(&server, &talks, crowd).await;
    let others = Others::start(&server, 3).await;

    let calls = at_once(booked.iter().map(|booked| cancelling(&server, booked))).await;
    assert_eq!(
        tally(calls.iter().map(|call| &call.answer)).get("200"),
        Some(&places)
    );
    until_offered(&server, places).await;
    // Those who came first, each another slot.
    let mut starts = BTreeSet::new();
    for entry in &waiting[..places] {
        let told = seen(&server, entry).await;
        assert_eq!(told["status"], "offered");
        starts.insert(told["offer"]["starts_at"].to_string());
    }
    assert_eq!(starts.len(), places);
    assert!(talks.slots(&server).await.is_empty());

    // Half accept, half of the others decline, the rest leaves; at once, and each twice.
    let mut answers = Vec::new();
    for (place, entry) in waiting[..places].iter().enumerate() {
        let offer = seen(&server, entry).await["offer"].clone();
        for _ in 0..2 {
            answers.push(match place % 4 {
                0 | 2 => accepting(&server, entry, &offer),
                1 => declining(
                    &server,
                    entry,
                    &json!({"stay": true, "offer_id": offer["id"]}),
                ),
                _ => declining(&server, entry, &json!({})),
            });
        }
    }
    let calls = at_once(answers).await;
    let told = tally(calls.iter().map(|call| &call.answer));
    let accepted = (0..places).filter(|place| place % 2 == 0).count();
    let stayed = (0..places).filter(|place| place % 4 == 1).count();
    let answered = ["201", "200"].map(|outcome| told.get(outcome).copied().unwrap_or_default());
    assert_eq!(answered, [accepted, places - accepted], "{told:?}");
    assert_eq!(told.values().sum::<usize>(), 2 * places);
    // What was declined is offered to the next.
    until_offered(&server, places - accepted).await;
    let waits = "SELECT count(*) FROM waitlist_entries WHERE ended_at IS NULL";
    let still = crowd - accepted - (places - accepted - stayed);
    assert_eq!(server.sql_value(waits).await, still.to_string());
    tokio::task::block_in_place(|| others.end());
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_accepts_twice_has_one_appointment() {
    let server = Server::start().await;
    let talks = with_waitlist(&server).await;
    let entry = joined(&server, &talks, &json!({})).await;
    look(&server).await;
    let offer = seen(&server, &entry).await["offer"].clone();
    let key = Uuid::new_v4();
    let path = format!("/v1/waitlist-entries/{}/accept", text(&entry["id"]));
    let same = || {
        let request = server.under_key(key, &path, &json!({"offer_id": offer["id"]}));
        request.header("Appointment-Secret", text(&entry["secret"]))
    };
    let calls = at_once([same(), same(), accepting(&server, &entry, &offer)]).await;
    for call in &calls {
        let outcome = call.answer.outcome();
        let usual = [
            "201",
            "409 idempotency-in-progress",
            "409 waitlist-entry-ended",
        ];
        assert!(usual.contains(&outcome.as_str()), "{outcome}");
    }
    let appointments = "SELECT count(*) FROM appointments";
    assert_eq!(server.sql_value(appointments).await, "1");
    // Whoever got no answer asks again and learns which one it is; or somebody else's try won.
    let again = Answer::of(same()).await.outcome();
    assert!(
        ["201", "409 waitlist-entry-ended"].contains(&again.as_str()),
        "{again}"
    );
    invariants::check_at_the_end(&server).await;
}

/// At the moment at which the answer is due one wins: who accepts, or who looks.
#[tokio::test(flavor = "multi_thread")]
async fn accepting_races_with_the_expiry() {
    let server = Server::start().await;
    let talks = with_waitlist(&server).await;
    let crowd = waiting(&server, &talks, 8).await;
    look(&server).await;
    let mut offers = Vec::new();
    for entry in &crowd {
        offers.push(seen(&server, entry).await["offer"].clone());
    }
    let other = Server::start_on(&server.database_url).await;
    // Offered one after the other within a second or so: some are due already, some not yet.
    let last = text(&offers[4]["expires_at"]).parse::<chrono::DateTime<chrono::Utc>>();
    let left = last.expect("an instant") - server.app.clock.now();
    for app in [&server.app, &other.app] {
        app.clock.advance(left);
    }
    let accepts = crowd
        .iter()
        .zip(&offers)
        .map(|(entry, offer)| accepting(&server, entry, offer));
    let (calls, _, _) = tokio::join!(
        at_once(accepts),
        async { offer_all(&server.app).await.expect("a look") },
        async { offer_all(&other.app).await.expect("a look") },
    );
    let told = tally(calls.iter().map(|call| &call.answer));
    let usual = ["201", "409 offer-gone"];
    assert!(
        told.keys().all(|outcome| usual.contains(&outcome.as_str())),
        "{told:?}"
    );
    let booked = "SELECT count(*) FROM waitlist_entries WHERE status = 'booked'";
    let won = told.get("201").copied().unwrap_or_default();
    assert_eq!(server.sql_value(booked).await, won.to_string());
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_while_being_offered_something_leaves_nothing_behind() {
    let server = Server::start().await;
    let talks = with_waitlist(&server).await;
    let crowd = waiting(&server, &talks, 8).await;
    let leaving = crowd
        .iter()
        .map(|entry| declining(&server, entry, &json!({})));
    let (calls, _) = tokio::join!(at_once(leaving), async {
        offer_all(&server.app).await.expect("a look");
    });
    assert_eq!(
        tally(calls.iter().map(|call| &call.answer)).get("200"),
        Some(&8)
    );
    let held = "SELECT count(*) FROM allocations";
    assert_eq!(server.sql_value(held).await, "0");
    assert_eq!(talks.slots(&server).await.len(), 8);
    invariants::check_at_the_end(&server).await;
}

/// Strangers who book at this moment and those who wait never get the same slot.
#[tokio::test(flavor = "multi_thread")]
async fn strangers_book_while_slots_are_offered() {
    let server = Server::start().await;
    let talks = with_waitlist(&server).await;
    let slots = talks.slots(&server).await;
    waiting(&server, &talks, 8).await;
    let (calls, _) = tokio::join!(
        at_once(slots.iter().map(|slot| server.booking(slot))),
        async { offer_all(&server.app).await.expect("a look") }
    );
    let told = tally(calls.iter().map(|call| &call.answer));
    let booked = told.get("201").copied().unwrap_or_default();
    until_offered(&server, 8 - booked).await;
    invariants::check_at_the_end(&server).await;
}

/// A program that dies at any moment has offered wholly or not at all, and the next one goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_dies_leaves_its_work_to_the_next() {
    let server = Server::start().await;
    let talks = with_waitlist(&server).await;
    waiting(&server, &talks, 8).await;
    let now = server.app.clock.now();
    let round = begin_round(&server.app.database, now)
        .await
        .expect("a data base");
    // Nobody else looks meanwhile, and nothing is lost when it dies.
    let round = round.expect("something to look at");
    assert!(!offer_next(&server.app).await.expect("a look"));
    drop(round);
    for step in 0..40_u64 {
        let moment = Duration::from_millis(step);
        // Whether it was done by then does not matter.
        let _ = tokio::time::timeout(moment, offer_all(&server.app)).await;
        invariants::check(&server).await;
    }
    // What was begun by the one before is rolled back in the background.
    for _ in 0..100 {
        offer_all(&server.app).await.expect("a look");
        let open = "SELECT count(*) FROM waitlist_offers WHERE state = 'open'";
        if server.sql_value(open).await == "8" {
            break;
        }
        server.app.clock.advance(TimeDelta::seconds(1));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    until_offered(&server, 8).await;
    invariants::check_at_the_end(&server).await;
}

/// Whoever frees something does not see who begins to wait at this moment, and leaves no sign.
#[tokio::test(flavor = "multi_thread")]
async fn who_joins_while_a_slot_is_being_freed_gets_it() {
    let server = Server::start().await;
    let talks = with_waitlist(&server).await;
    let booked = fully_booked(&server, &talks).await;
    let mut freeing = tests::postgres::connect(&server.database_url).await;
    let freeing = freeing.transaction().await.expect("a transaction");
    let free = format!(
        "DELETE FROM allocations WHERE claim_id = '{}'",
        text(&booked[0]["id"])
    );
    freeing.batch_execute(&free).await.expect("a free slot");
    let entry = joined(&server, &talks, &json!({})).await;
    look(&server).await;
    freeing.commit().await.expect("a commit");
    look(&server).await;
    assert_eq!(seen(&server, &entry).await["status"], "waiting");
    server.app.clock.advance(TimeDelta::seconds(3));
    look(&server).await;
    assert_eq!(seen(&server, &entry).await["status"], "offered");
}

/// What is freed where nobody waits wakes nobody.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_looks_where_nobody_waits() {
    let server = Server::start().await;
    let talks = with_waitlist(&server).await;
    let booked = fully_booked(&server, &talks).await;
    server.sql("DELETE FROM waitlist_wakes").await;
    Answer::of(cancelling(&server, &booked[0]))
        .await
        .expect(200);
    let wakes = "SELECT count(*) FROM waitlist_wakes";
    assert_eq!(server.sql_value(wakes).await, "0");
    joined(&server, &talks, &json!({})).await;
    look(&server).await;
    let entry = joined(&server, &talks, &json!({})).await;
    Answer::of(cancelling(&server, &booked[1]))
        .await
        .expect(200);
    look(&server).await;
    assert_eq!(seen(&server, &entry).await["status"], "offered");
}
