//! Faults with places of groups, series and proposals.

use chrono::{DateTime, Datelike, Days, FixedOffset};
use faults::checker::{Law, check};
use serde_json::Value;
use tests::Server;
use uuid::Uuid;

use super::arranged::Played;
use super::by_hand::{Hand, free_slots, free_slots_of, text};

/// An appointment that has a place in a group.
const SEATED: &str = "SELECT claim_id FROM places WHERE expires_at IS NULL AND number > 1 LIMIT 1";

/// The group that meets most often, so that some of it is free however long they played.
const OFTEN: &str = "
    id = (SELECT o.service_id FROM session_services o JOIN services v ON v.id = o.service_id
          WHERE v.contact_rule = 'none' AND v.format = 'group'
          GROUP BY o.service_id ORDER BY count(*) DESC LIMIT 1)";

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_is_given_twice_is_seen() {
    let played = Played::copy().await;
    let seated = played.one(SEATED).await;
    played
        .sql(&format!(
            "ALTER TABLE places DROP CONSTRAINT places_pkey;
             UPDATE places SET number = 1 WHERE claim_id = '{seated}'"
        ))
        .await;
    played.breaks_only(Law::NoOverlap).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_have_room_are_seen() {
    let played = Played::copy().await;
    let seated = played.one(SEATED).await;
    played
        .sql(&format!(
            "ALTER TABLE places DROP CONSTRAINT places_within_capacity;
             UPDATE sessions SET capacity = 1
             WHERE id = (SELECT session_id FROM places WHERE claim_id = '{seated}')"
        ))
        .await;
    played.breaks_only(Law::NoOverlap).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_place_is_seen() {
    let played = Played::copy().await;
    let seated = played.one(SEATED).await;
    let delete = format!("DELETE FROM places WHERE claim_id = '{seated}'");
    played.sql(&delete).await;
    played.breaks_only(Law::WholeMoves).await;
}

/// All places are taken by somebody whom neither histories nor data base know.
#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_is_full_of_nobody_is_seen() {
    let played = Played::copy().await;
    let server = &Server::start_on(&played.database_url).await;
    let mut hand = Hand::of(&played);
    let slot = &free_slots_of(server, OFTEN).await[0];
    let session = text(&slot["session_id"]);
    server
        .sql(&format!(
            "CREATE TABLE nobody AS
             SELECT s.organisation_id, s.id AS session_id, n AS number, s.capacity, gen_random_uuid() AS claim_id
             FROM sessions s CROSS JOIN generate_series(1, s.capacity) AS n
             WHERE s.id = '{session}'
               AND n NOT IN (SELECT number FROM places p WHERE p.session_id = '{session}');
             INSERT INTO places SELECT * FROM nobody"
        ))
        .await;
    let refused = hand.book(server, Uuid::new_v4(), &text(&slot["id"])).await;
    refused.expect_problem(409, "slot-taken");
    let forget =
        "DELETE FROM places p USING nobody n WHERE n.claim_id = p.claim_id; DROP TABLE nobody";
    server.sql(forget).await;
    played.breaks_only(Law::RivalForConflict).await;
}

/// One of its appointments is there, and belongs to it no more.
#[tokio::test(flavor = "multi_thread")]
async fn a_series_that_lacks_an_appointment_is_seen() {
    let played = Played::copy().await;
    let member = "SELECT id FROM appointments
                  WHERE series_id IS NOT NULL AND status = 'booked' AND version = 1
                  ORDER BY booked_at DESC LIMIT 1";
    let id = played.one(member).await;
    let leave = format!("UPDATE appointments SET series_id = NULL WHERE id = '{id}'");
    played.sql(&leave).await;
    played.breaks_only(Law::WholeSeries).await;
}

/// Nobody was told of it, so it is there or not; but not by half.
#[tokio::test(flavor = "multi_thread")]
async fn half_of_an_open_series_is_seen() {
    let played = Played::copy().await;
    let server = &Server::start_on(&played.database_url).await;
    let mut hand = Hand::of(&played);
    let (slot, rule) = twice(server).await;
    let booked = hand.book_series(server, &text(&slot["id"]), &rule).await;
    let booked = booked.expect(201);
    hand.forget_the_last_answer(&played);
    let once = check(&played.folder, &played.database_url).await;
    let once = once.expect("a report");
    assert!(once.holds() && once.unknown > 0, "{once}");
    let id = text(&booked["appointments"][1]["id"]);
    played
        .sql(&format!(
            "DELETE FROM allocations WHERE claim_id = '{id}';
             DELETE FROM audit_entries WHERE subject_id = '{id}';
             DELETE FROM outbox_events WHERE subject_id = '{id}';
             DELETE FROM appointments WHERE id = '{id}'"
        ))
        .await;
    played.breaks_only(Law::WholeSeries).await;
}

/// The second date of a series is claimed by nobody who is known.
#[tokio::test(flavor = "multi_thread")]
async fn a_date_that_is_refused_without_a_rival_is_seen() {
    let played = Played::copy().await;
    let server = &Server::start_on(&played.database_url).await;
    let mut hand = Hand::of(&played);
    let (slot, rule) = twice(server).await;
    let (organisation, counsellor) = (text(&slot["organisation_id"]), text(&slot["counsellor_id"]));
    let (starts_at, ends_at) = (text(&slot["starts_at"]), text(&slot["ends_at"]));
    let nobody = Uuid::nil();
    server
        .sql(&format!(
            "INSERT INTO allocations VALUES ('{organisation}', '{counsellor}', '{nobody}', '{organisation}', 'appointment',
                 '{starts_at}'::timestamptz + interval '7 days', '{ends_at}'::timestamptz + interval '7 days')"
        ))
        .await;
    let refused = hand.book_series(server, &text(&slot["id"]), &rule).await;
    refused.expect_problem(409, "dates-unbookable");
    let forget = format!("DELETE FROM allocations WHERE claim_id = '{nobody}'");
    server.sql(&forget).await;
    played.breaks_only(Law::RivalForConflict).await;
}

/// A slot that is free a week later too, at the same time, and the rule of both dates.
async fn twice(server: &Server) -> (Value, String) {
    let slots = free_slots(server).await;
    let start = |slot: &Value| -> DateTime<FixedOffset> {
        text(&slot["starts_at"]).parse().expect("an instant")
    };
    let again = |slot: &&Value| {
        let later = start(slot) + Days::new(7);
        let same = |other: &Value| {
            start(other) == later && other["counsellor_id"] == slot["counsellor_id"]
        };
        slots.iter().any(same)
    };
    let slot = slots.iter().find(again).expect("a slot that comes again");
    let day = start(slot).weekday().to_string().to_uppercase();
    let rule = format!("FREQ=WEEKLY;BYDAY={};COUNT=2", &day[..2]);
    (slot.clone(), rule)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_event_of_a_series_is_seen() {
    let played = Played::copy().await;
    let series = played.one("SELECT id FROM series LIMIT 1").await;
    let delete = format!("DELETE FROM outbox_events WHERE subject_id = '{series}'");
    played.sql(&delete).await;
    played.breaks_only(Law::OneTraceEach).await;
}

const OPEN: &str = "SELECT id FROM proposals
                    WHERE state = 'open' AND expires_at > proposed_at + interval '1 hour' LIMIT 1";

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_that_is_not_held_is_seen() {
    let played = Played::copy().await;
    let open = played.one(OPEN).await;
    let delete = format!("DELETE FROM allocations WHERE claim_id = '{open}'");
    played.sql(&delete).await;
    played.breaks_only(Law::AnsweredOnce).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_that_is_held_after_its_answer_is_seen() {
    let played = Played::copy().await;
    let open = played.one(OPEN).await;
    let answer = format!("UPDATE proposals SET state = 'withdrawn' WHERE id = '{open}'");
    played.sql(&answer).await;
    played.breaks(Law::AnsweredOnce).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_answer_than_was_given_is_seen() {
    let played = Played::copy().await;
    let answered = "SELECT id FROM proposals WHERE state IN ('accepted', 'declined') LIMIT 1";
    let answered = played.one(answered).await;
    played
        .sql(&format!(
            "UPDATE proposals SET state = CASE state WHEN 'accepted' THEN 'declined' ELSE 'accepted' END
             WHERE id = '{answered}'"
        ))
        .await;
    played.breaks(Law::AnsweredOnce).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_set_of_proposals_is_seen() {
    let played = Played::copy().await;
    let open = played.one(OPEN).await;
    played
        .sql(&format!(
            "ALTER TABLE proposals DROP CONSTRAINT proposals_rank;
             CREATE TEMPORARY TABLE second AS SELECT * FROM proposals WHERE id = '{open}';
             UPDATE second SET id = gen_random_uuid(), rank = 9, proposed_at = proposed_at + interval '1 second';
             INSERT INTO proposals SELECT * FROM second"
        ))
        .await;
    played.breaks(Law::AnsweredOnce).await;
}
