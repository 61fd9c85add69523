//! Faults with waiting lists.

use api::waitlist::offering::offer_all;
use faults::checker::Law;
use serde_json::Value;
use tests::Server;
use uuid::Uuid;

use super::arranged::Played;
use super::by_hand::{Hand, text};

const BOOKED: &str = "SELECT id FROM waitlist_entries WHERE status = 'booked' LIMIT 1";
const LEFT: &str = "SELECT id FROM waitlist_entries WHERE status = 'left' LIMIT 1";
/// Nobody who plays has an entry of the demo network: theirs is the first.
const OF_THE_DEMO: &str = "SELECT id FROM waitlist_entries ORDER BY joined_at LIMIT 1";
/// A talk for which one can wait.
const SERVICE: &str = "SELECT id FROM services
                       WHERE waitlist_offer_minutes > 60 AND format = 'individual' AND contact_rule <> 'required'";

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_that_is_not_held_is_seen() {
    let played = Played::copy().await;
    let server = &Server::start_on(&played.database_url).await;
    let (_, open) = offered(&played, server, &mut Hand::of(&played)).await;
    let delete = format!("DELETE FROM allocations WHERE claim_id = '{open}'");
    played.sql(&delete).await;
    played.breaks_only(Law::OfferedOnce).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_that_is_held_after_its_answer_is_seen() {
    let played = Played::copy().await;
    let server = &Server::start_on(&played.database_url).await;
    let (_, open) = offered(&played, server, &mut Hand::of(&played)).await;
    let answer = format!("UPDATE waitlist_offers SET state = 'expired' WHERE id = '{open}'");
    played.sql(&answer).await;
    played.breaks(Law::OfferedOnce).await;
}

/// The answer came long before, as everything else says: only that both had it at once is wrong.
#[tokio::test(flavor = "multi_thread")]
async fn a_slot_that_is_offered_to_two_at_a_time_is_seen() {
    let played = Played::copy().await;
    let first = "SELECT o.id FROM waitlist_offers o JOIN waitlist_entries e ON e.id = o.entry_id
                 JOIN services v ON v.id = e.service_id
                 WHERE o.state IN ('accepted', 'declined') AND v.format = 'individual'
                 ORDER BY o.offered_at";
    let one = played.one(&format!("{first} LIMIT 1")).await;
    let other = played.one(&format!("{first} DESC LIMIT 1")).await;
    played
        .sql(&format!(
            "UPDATE waitlist_offers o
             SET session_id = f.session_id, starts_at = f.starts_at, ends_at = f.ends_at, offered_at = f.offered_at
             FROM waitlist_offers f WHERE o.id = '{other}' AND f.id = '{one}'"
        ))
        .await;
    says(&played, Law::OfferedOnce, "two at a time").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_that_is_offered_to_somebody_twice_is_seen() {
    let played = Played::copy().await;
    let twice =
        "SELECT entry_id FROM waitlist_offers GROUP BY entry_id HAVING count(*) > 1 LIMIT 1";
    let entry = played.one(twice).await;
    played
        .sql(&format!(
            "UPDATE waitlist_offers o
             SET session_id = f.session_id, starts_at = f.starts_at, ends_at = f.ends_at, expires_at = f.expires_at,
                 offered_at = f.offered_at
             FROM waitlist_offers f
             WHERE o.entry_id = '{entry}' AND f.entry_id = o.entry_id AND o.state <> 'open'
               AND f.id = (SELECT id FROM waitlist_offers WHERE entry_id = '{entry}' ORDER BY id DESC LIMIT 1)"
        ))
        .await;
    says(&played, Law::OfferedOnce, "the same slot twice").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_appointment_with_another_secret_than_its_entry_is_seen() {
    let played = Played::copy().await;
    let booked = played.one(BOOKED).await;
    let forge =
        format!("UPDATE waitlist_entries SET secret_hash = sha256('x') WHERE id = '{booked}'");
    played.sql(&forge).await;
    played.breaks_only(Law::OfferedOnce).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_entry_is_seen() {
    let played = Played::copy().await;
    let server = &Server::start_on(&played.database_url).await;
    let mut hand = Hand::of(&played);
    let service = played.one(SERVICE).await;
    let joined = hand.join(server, Uuid::new_v4(), &service).await;
    let id = text(&joined.expect(201)["id"]);
    played
        .sql(&format!(
            "DELETE FROM audit_entries WHERE subject_id = '{id}';
             DELETE FROM outbox_events WHERE subject_id = '{id}';
             DELETE FROM waitlist_entries WHERE id = '{id}'"
        ))
        .await;
    played.breaks_only(Law::NothingLost).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_offer_that_is_lost_is_seen() {
    let played = Played::copy().await;
    let forget = "UPDATE waitlist_offers SET state = 'declined'
                  WHERE id = (SELECT id FROM waitlist_offers WHERE state = 'accepted' LIMIT 1)";
    played.sql(forget).await;
    played.breaks(Law::NothingLost).await;
}

/// With everything that joining leaves.
#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_nobody_joined_is_seen() {
    let played = Played::copy().await;
    let model = played.one(OF_THE_DEMO).await;
    played
        .sql(&format!(
            "CREATE TEMPORARY TABLE forged AS SELECT * FROM waitlist_entries WHERE id = '{model}';
             UPDATE forged SET id = gen_random_uuid(), code = '00000000', secret_hash = sha256('x'), key_hash = sha256('y');
             INSERT INTO waitlist_entries SELECT * FROM forged;
             INSERT INTO audit_entries (organisation_id, id, occurred_at, action, subject_kind, subject_id)
             SELECT organisation_id, gen_random_uuid(), joined_at, 'join', 'waitlist_entry', id FROM forged;
             INSERT INTO outbox_events (organisation_id, id, kind, subject_id, occurred_at)
             SELECT organisation_id, gen_random_uuid(), 'waitlist_entry.joined', id, joined_at FROM forged"
        ))
        .await;
    played.breaks_only(Law::NothingUnasked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_is_ended_by_nobody_is_seen() {
    let played = Played::copy().await;
    let entry = played.one(OF_THE_DEMO).await;
    played
        .sql(&format!(
            "CREATE TEMPORARY TABLE ended AS SELECT * FROM waitlist_entries WHERE id = '{entry}';
             UPDATE waitlist_entries SET status = 'left', ended_at = now() WHERE id = '{entry}';
             INSERT INTO audit_entries (organisation_id, id, occurred_at, action, subject_kind, subject_id)
             SELECT organisation_id, 'ffffffff-ffff-7fff-bfff-ffffffffffff', now(), 'leave', 'waitlist_entry', id FROM ended;
             INSERT INTO outbox_events (organisation_id, id, kind, subject_id, occurred_at)
             SELECT organisation_id, gen_random_uuid(), 'waitlist_entry.left', id, now() FROM ended"
        ))
        .await;
    played.breaks_only(Law::NothingUnasked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_of_somebody_who_has_left_is_seen() {
    let played = Played::copy().await;
    let left = played.one(LEFT).await;
    played
        .sql(&format!(
            "INSERT INTO waitlist_contacts
             SELECT organisation_id, id, 'sealed', valid_until FROM waitlist_entries WHERE id = '{left}'"
        ))
        .await;
    played.breaks_only(Law::NothingUnasked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_rose_again_is_seen() {
    let played = Played::copy().await;
    let left = played.one(LEFT).await;
    let wait = format!(
        "UPDATE waitlist_entries SET status = 'waiting', ended_at = NULL WHERE id = '{left}'"
    );
    played.sql(&wait).await;
    played.breaks(Law::LawfulLives).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_audit_entry_of_an_offer_is_seen() {
    let played = Played::copy().await;
    let delete = "DELETE FROM audit_entries
                  WHERE id = (SELECT id FROM audit_entries
                              WHERE subject_kind = 'waitlist_entry' AND action = 'offer' LIMIT 1)";
    played.sql(delete).await;
    played.breaks_only(Law::OneTraceEach).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_event_of_an_answer_is_seen() {
    let played = Played::copy().await;
    let delete = "DELETE FROM outbox_events
                  WHERE id = (SELECT id FROM outbox_events WHERE kind = 'waitlist_entry.booked' LIMIT 1)";
    played.sql(delete).await;
    played.breaks_only(Law::OneTraceEach).await;
}

/// The offer seemed to be over when it was accepted.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_refused_without_a_reason_is_seen() {
    let played = Played::copy().await;
    let server = &Server::start_on(&played.database_url).await;
    let mut hand = Hand::of(&played);
    let (joined, offer) = offered(&played, server, &mut hand).await;
    let shift = |by: &str| {
        format!(
            "UPDATE waitlist_offers SET offered_at = offered_at {by}, expires_at = expires_at {by} WHERE id = '{offer}'"
        )
    };
    server.sql(&shift("- interval '1 year'")).await;
    let refused = hand.accept(server, &joined, &offer).await;
    refused.expect_problem(409, "offer-gone");
    server.sql(&shift("+ interval '1 year'")).await;
    played.breaks_only(Law::RivalForConflict).await;
}

/// The wall between those who wait is down.
#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_entry_is_seen() {
    let played = Played::copy().await;
    let server = &Server::start_on(&played.database_url).await;
    let mut hand = Hand::of(&played);
    let (joined, _) = offered(&played, server, &mut hand).await;
    let foreign = played.one(BOOKED).await;
    server
        .sql("ALTER POLICY opened_by_secret ON waitlist_entries USING (true)")
        .await;
    hand.read_entry(server, &foreign, &joined).await.expect(200);
    played.breaks_only(Law::NoForeignRow).await;
}

/// The program has forgotten its answer, and acts on the same key again.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_entry_of_one_key_is_seen() {
    let played = Played::copy().await;
    let server = &Server::start_on(&played.database_url).await;
    let mut hand = Hand::of(&played);
    let service = played.one(SERVICE).await;
    let key = Uuid::new_v4();
    let joined = hand.join(server, key, &service).await.expect(201);
    hand.leave(server, &joined).await.expect(200);
    server.sql("DELETE FROM idempotency_keys").await;
    let again = hand.join(server, key, &service).await.expect(201);
    assert_ne!(joined["id"], again["id"]);
    played.breaks(Law::OneEffectPerKey).await;
}

/// An entry to which a slot is offered, and the offer.
async fn offered(played: &Played, server: &Server, hand: &mut Hand) -> (Value, String) {
    let service = played.one(SERVICE).await;
    let joined = hand.join(server, Uuid::new_v4(), &service).await;
    let joined = joined.expect(201);
    offer_all(&server.app).await.expect("a look at who waits");
    let id = text(&joined["id"]);
    let seen = hand.read_entry(server, &id, &joined).await.expect(200);
    (joined, text(&seen["offer"]["id"]))
}

async fn says(played: &Played, law: Law, what: &str) {
    let report = played.breaks(law).await;
    let broken = report.broken(law);
    assert!(broken.iter().any(|one| one.what.contains(what)), "{report}");
}
