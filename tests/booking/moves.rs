//! Appointments that want each other's time.

use reqwest::Method;
use serde_json::Value;
use tests::crowd::{at_once, tally};
use tests::fixtures::Talks;
use tests::{Answer, Server, invariants};
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn two_who_want_each_others_time_both_stay() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let slots = talks.slots(&server).await;
    let pair = [
        talks.book(&server, &slots[0]).await.expect(201),
        talks.book(&server, &slots[1]).await.expect(201),
    ];
    for _ in 0..50 {
        let swap = [(&pair[0], &slots[1]), (&pair[1], &slots[0])];
        assert_eq!(moved_at_once(&server, &swap).await, [TAKEN, TAKEN]);
    }
    for appointment in &pair {
        assert_unchanged(&server, appointment).await;
    }
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_want_each_others_counsellor_both_stay() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let (mut slots, mut pair) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        let counsellor = talks.add_stage(&server, &[talks.service], None).await;
        let slot = talks
            .slots_with(&server, talks.service, counsellor)
            .await
            .remove(0);
        pair.push(talks.book(&server, &slot).await.expect(201));
        slots.push(slot);
    }
    for _ in 0..50 {
        let swap = [(&pair[0], &slots[1]), (&pair[1], &slots[0])];
        assert_eq!(moved_at_once(&server, &swap).await, [TAKEN, TAKEN]);
    }
    for appointment in &pair {
        assert_unchanged(&server, appointment).await;
    }
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_five_who_want_the_one_free_slot_exactly_one_moves() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    for _ in 0..10 {
        let (ring, slots) = ring_of_five(&server, &talks).await;
        let wishes: Vec<_> = ring.iter().map(|booked| (booked, &slots[5])).collect();
        let outcomes = moved_at_once(&server, &wishes).await;
        let moved = outcomes.iter().filter(|outcome| *outcome == MOVED);
        let refused = outcomes.iter().filter(|outcome| *outcome == TAKEN);
        assert_eq!((moved.count(), refused.count()), (1, 4), "{outcomes:?}");
    }
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_ring_does_not_turn() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    for _ in 0..10 {
        let (ring, slots) = ring_of_five(&server, &talks).await;
        let wishes: Vec<_> = ring
            .iter()
            .zip([1, 2, 3, 4, 0].map(|at| &slots[at]))
            .collect();
        assert_eq!(moved_at_once(&server, &wishes).await, [TAKEN; 5]);
        for booked in &ring {
            assert_unchanged(&server, booked).await;
        }
    }
    invariants::check_at_the_end(&server).await;
}

/// The last one always moves; the others exactly if the one before them had gone when their turn
/// came. So those who move stand in a row behind the free slot.
#[tokio::test(flavor = "multi_thread")]
async fn a_queue_before_a_free_slot_moves_up_without_gaps() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    for _ in 0..10 {
        let (queue, slots) = ring_of_five(&server, &talks).await;
        let wishes: Vec<_> = queue.iter().zip(&slots[1..]).collect();
        let outcomes = moved_at_once(&server, &wishes).await;
        let stayed = outcomes.iter().take_while(|outcome| *outcome == TAKEN);
        let stayed = stayed.count();
        assert!(stayed < 5, "{outcomes:?}");
        assert!(
            outcomes[stayed..].iter().all(|outcome| outcome == MOVED),
            "{outcomes:?}"
        );
        for booked in &queue[..stayed] {
            assert_unchanged(&server, booked).await;
        }
        for (booked, slot) in &wishes[stayed..] {
            assert_eq!(now(&server, booked).await["starts_at"], slot["starts_at"]);
        }
    }
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_appointment_moves_into_its_own_time_and_not_into_anothers() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let fine = Uuid::now_v7();
    talks.add_service(&server, fine, 45, 15).await;
    let counsellor = talks.add_stage(&server, &[fine], None).await;
    let slots = talks.slots_with(&server, fine, counsellor).await;
    let booked = talks.book(&server, &slots[0]).await.expect(201);
    talks.book(&server, &slots[4]).await.expect(201);

    let later = Answer::of(server.moving(&booked, &slots[1])).await;
    assert_eq!(later.expect(200)["starts_at"], slots[1]["starts_at"]);
    let too_late = Answer::of(server.moving(&booked, &slots[2])).await;
    too_late.expect_problem(409, "slot-taken");
    let back = Answer::of(server.moving(&booked, &slots[0])).await;
    assert_eq!(back.expect(200)["etag"], "\"3\"");
    invariants::check(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_appointment_that_is_moved_to_many_times_at_once_has_one() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let first = talks.slots(&server).await.remove(0);
    let booked = talks.book(&server, &first).await.expect(201);
    let mut slots = Vec::new();
    for _ in 0..3 {
        let counsellor = talks.add_stage(&server, &[talks.service], None).await;
        slots.extend(talks.slots_with(&server, talks.service, counsellor).await);
    }
    let calls = at_once(slots.iter().map(|slot| server.moving(&booked, slot))).await;
    let outcomes = tally(calls.iter().map(|call| &call.answer));
    assert_eq!(outcomes, [(MOVED.to_owned(), slots.len())].into());
    let moves = slots.len() + 1;
    assert_eq!(now(&server, &booked).await["etag"], format!("\"{moves}\""));
    assert_eq!(
        server.sql_value("SELECT count(*) FROM allocations").await,
        "1"
    );
    invariants::check_at_the_end(&server).await;
}

const MOVED: &str = "200";
const TAKEN: &str = "409 slot-taken";

async fn moved_at_once(server: &Server, wishes: &[(&Value, &Value)]) -> Vec<String> {
    let requests = wishes
        .iter()
        .map(|(booked, slot)| server.moving(booked, slot));
    let calls = at_once(requests).await;
    calls.iter().map(|call| call.answer.outcome()).collect()
}

/// Five appointments side by side, and the slots of their day: theirs, and free ones behind.
async fn ring_of_five(server: &Server, talks: &Talks) -> (Vec<Value>, Vec<Value>) {
    let counsellor = talks.add_stage(server, &[talks.service], None).await;
    let slots = talks.slots_with(server, talks.service, counsellor).await;
    let mut ring = Vec::new();
    for slot in &slots[..5] {
        ring.push(talks.book(server, slot).await.expect(201));
    }
    (ring, slots)
}

/// The appointment as its visitor sees it now.
async fn now(server: &Server, booked: &Value) -> Value {
    let path = format!("/v1/appointments/{}", booked["id"].as_str().expect("an id"));
    let secret = booked["secret"].as_str().expect("a secret");
    let request = server.request(Method::GET, &path);
    let mut seen = Answer::of(request.header("Appointment-Secret", secret))
        .await
        .expect(200);
    seen["secret"] = booked["secret"].clone();
    seen
}

async fn assert_unchanged(server: &Server, booked: &Value) {
    assert_eq!(&now(server, booked).await, booked);
}
