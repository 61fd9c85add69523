//! Programs that truly answer what they must not, because the data base was prepared for it.

use faults::checker::{Law, check};
use tests::Server;
use uuid::Uuid;

use super::arranged::Played;
use super::by_hand::{Hand, free_slots, text};

/// The program has forgotten its answers, and acts on the same key again.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_effect_of_one_key_is_seen() {
    let played = Played::copy().await;
    let server = &Server::start_on(&played.database_url).await;
    let mut hand = Hand::of(&played);
    let slot = text(&free_slots(server).await[0]["id"]);
    let key = Uuid::new_v4();
    let booked = hand.book(server, key, &slot).await.expect(201);
    hand.cancel(server, &booked).await.expect(200);
    server.sql("DELETE FROM idempotency_keys").await;
    let again = hand.book(server, key, &slot).await.expect(201);
    assert_ne!(booked["id"], again["id"]);
    played.breaks(Law::OneEffectPerKey).await;
}

/// Something claims the counsellor that neither histories nor data base know.
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_without_a_rival_is_seen() {
    let played = Played::copy().await;
    let server = &Server::start_on(&played.database_url).await;
    let mut hand = Hand::of(&played);
    let slot = &free_slots(server).await[0];
    let (organisation, counsellor) = (text(&slot["organisation_id"]), text(&slot["counsellor_id"]));
    let (starts_at, ends_at) = (text(&slot["starts_at"]), text(&slot["ends_at"]));
    server
        .sql(&format!(
            "INSERT INTO allocations VALUES ('{organisation}', '{counsellor}', '{}', '{organisation}', 'appointment',
                 '{starts_at}', '{ends_at}')",
            Uuid::nil()
        ))
        .await;
    let refused = hand.book(server, Uuid::new_v4(), &text(&slot["id"])).await;
    refused.expect_problem(409, "slot-taken");
    let forget = format!("DELETE FROM allocations WHERE claim_id = '{}'", Uuid::nil());
    server.sql(&forget).await;
    played.breaks_only(Law::RivalForConflict).await;
}

/// The wall between visitors is down: any secret opens any appointment.
#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_appointment_is_seen() {
    let played = Played::copy().await;
    let server = &Server::start_on(&played.database_url).await;
    let mut hand = Hand::of(&played);
    let slots = free_slots(server).await;
    let own = hand
        .book(server, Uuid::new_v4(), &text(&slots[0]["id"]))
        .await
        .expect(201);
    let foreign = played.appointment("booked").await;
    server
        .sql("ALTER POLICY opened_by_secret ON appointments USING (true)")
        .await;
    hand.read(server, &foreign.into(), &own["secret"])
        .await
        .expect(200);
    played.breaks_only(Law::NoForeignRow).await;
}

/// A booking whose answer nobody wrote down may have happened, but not twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_effect_of_an_open_booking_is_seen() {
    let played = Played::copy().await;
    let server = &Server::start_on(&played.database_url).await;
    let mut hand = Hand::of(&played);
    let slot = text(&free_slots(server).await[0]["id"]);
    let booked = hand.book(server, Uuid::new_v4(), &slot).await.expect(201);
    hand.forget_the_last_answer(&played);
    let once = check(&played.folder, &played.database_url).await;
    let once = once.expect("a report");
    assert!(once.holds() && once.unknown > 0, "{once}");
    let id = text(&booked["id"]);
    server
        .sql(&format!(
            "CREATE TEMPORARY TABLE second AS SELECT * FROM appointments WHERE id = '{id}';
             UPDATE second SET id = gen_random_uuid(), code = '00000000', secret_hash = decode(md5('x'), 'hex');
             INSERT INTO appointments SELECT * FROM second"
        ))
        .await;
    played.breaks(Law::NothingUnasked).await;
}
