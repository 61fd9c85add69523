//! Faults with numbers of open hours.

use faults::checker::Law;
use tests::Server;
use uuid::Uuid;

use super::arranged::Played;
use super::by_hand::{Hand, text};

const QUEUE: &str = "SELECT session_id FROM tickets LIMIT 1";
const WAITING: &str = "SELECT id FROM tickets WHERE status = 'waiting' LIMIT 1";
const LEFT: &str = "SELECT id FROM tickets WHERE status = 'left' LIMIT 1";

/// A program whose queue takes more numbers, however many wait: talks are short from now on.
async fn drawing(played: &Played) -> Server {
    let short = "UPDATE services SET length_minutes = 5 WHERE format = 'open_hours'";
    played.sql(short).await;
    Server::start_on(&played.database_url).await
}

fn forgotten(ticket: &str) -> String {
    format!(
        "DELETE FROM audit_entries WHERE subject_id = '{ticket}';
         DELETE FROM outbox_events WHERE subject_id = '{ticket}';
         DELETE FROM ticket_secrets WHERE ticket_id = '{ticket}';
         DELETE FROM tickets WHERE id = '{ticket}'"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_number_is_seen() {
    let played = Played::copy().await;
    let server = &drawing(&played).await;
    let queue = played.one(QUEUE).await;
    let drawn = Hand::of(&played).draw(server, Uuid::new_v4(), &queue).await;
    let id = text(&drawn.expect(201)["ticket"]["id"]);
    played.sql(&forgotten(&id)).await;
    played.breaks_only(Law::NothingLost).await;
}

/// Nobody was told of it, but others were of later ones.
#[tokio::test(flavor = "multi_thread")]
async fn a_gap_between_numbers_is_seen() {
    let played = Played::copy().await;
    let server = &drawing(&played).await;
    let mut hand = Hand::of(&played);
    let queue = played.one(QUEUE).await;
    hand.draw(server, Uuid::new_v4(), &queue).await.expect(201);
    let shift = "UPDATE tickets SET number = number + 1, turn = turn + 1
                 WHERE id = (SELECT id FROM tickets ORDER BY number DESC LIMIT 1)";
    played.sql(shift).await;
    let report = played.breaks(Law::NothingLost).await;
    let broken = report.broken(Law::NothingLost);
    assert!(
        broken.iter().any(|one| one.what.contains("is not there")),
        "{report}"
    );
}

/// With everything that drawing leaves.
#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_nobody_drew_is_seen() {
    let played = Played::copy().await;
    let queue = played.one(QUEUE).await;
    played
        .sql(&format!(
            "CREATE TEMPORARY TABLE forged AS SELECT * FROM tickets WHERE session_id = '{queue}' ORDER BY number DESC LIMIT 1;
             UPDATE forged SET id = gen_random_uuid(), number = number + 1, turn = turn + 1000, status = 'waiting',
                 called_at = NULL, started_at = NULL, ended_at = NULL;
             INSERT INTO tickets SELECT * FROM forged;
             INSERT INTO audit_entries (organisation_id, id, occurred_at, action, subject_kind, subject_id)
             SELECT organisation_id, gen_random_uuid(), drawn_at, 'draw', 'ticket', id FROM forged;
             INSERT INTO outbox_events (organisation_id, id, kind, subject_id, occurred_at)
             SELECT organisation_id, gen_random_uuid(), 'ticket.drawn', id, drawn_at FROM forged"
        ))
        .await;
    played.breaks_only(Law::NothingUnasked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_left_by_itself_is_seen() {
    let played = Played::copy().await;
    let ticket = played.one(WAITING).await;
    played
        .sql(&format!(
            "UPDATE tickets SET status = 'left', ended_at = now() WHERE id = '{ticket}';
             INSERT INTO audit_entries (organisation_id, id, occurred_at, action, subject_kind, subject_id)
             SELECT organisation_id, 'ffffffff-ffff-7fff-bfff-ffffffffffff', now(), 'leave', 'ticket', id FROM tickets WHERE id = '{ticket}';
             INSERT INTO outbox_events (organisation_id, id, kind, subject_id, occurred_at)
             SELECT organisation_id, gen_random_uuid(), 'ticket.left', id, now() FROM tickets WHERE id = '{ticket}'"
        ))
        .await;
    played.breaks_only(Law::NothingUnasked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_waits_again_is_seen() {
    let played = Played::copy().await;
    let ticket = played.one(LEFT).await;
    played
        .sql(&format!(
            "UPDATE tickets SET status = 'waiting', ended_at = NULL, called_at = NULL WHERE id = '{ticket}'"
        ))
        .await;
    played.breaks_only(Law::LawfulLives).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_event_of_a_number_is_seen() {
    let played = Played::copy().await;
    let delete = "DELETE FROM outbox_events
                  WHERE id = (SELECT id FROM outbox_events WHERE kind = 'ticket.called' LIMIT 1)";
    played.sql(delete).await;
    played.breaks_only(Law::OneTraceEach).await;
}

/// What opens one of them opens another.
#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_number_is_seen() {
    let played = Played::copy().await;
    let server = &drawing(&played).await;
    let mut hand = Hand::of(&played);
    let (queue, foreign) = (played.one(QUEUE).await, played.one(WAITING).await);
    let drawn = hand.draw(server, Uuid::new_v4(), &queue).await.expect(201);
    let own = text(&drawn["ticket"]["id"]);
    played
        .sql(&format!(
            "UPDATE ticket_secrets SET secret_hash = o.secret_hash
             FROM ticket_secrets o WHERE o.ticket_id = '{own}' AND ticket_secrets.ticket_id = '{foreign}'"
        ))
        .await;
    hand.read_ticket(server, &foreign, &drawn).await.expect(200);
    played.breaks_only(Law::NoForeignRow).await;
}

/// The program has forgotten its answer, and acts on the same key again.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_number_of_one_key_is_seen() {
    let played = Played::copy().await;
    let server = &drawing(&played).await;
    let mut hand = Hand::of(&played);
    let (queue, key) = (played.one(QUEUE).await, Uuid::new_v4());
    hand.draw(server, key, &queue).await.expect(201);
    server.sql("DELETE FROM idempotency_keys").await;
    hand.draw(server, key, &queue).await.expect(201);
    played.breaks(Law::OneEffectPerKey).await;
}
