//! Rows that were changed behind the program's back, after a real workload.

use faults::checker::Law;

use super::arranged::Played;

#[tokio::test(flavor = "multi_thread")]
async fn an_overlap_is_seen() {
    let played = Played::copy().await;
    let id = played.appointment("booked").await;
    played.sql(&format!(
            "ALTER TABLE allocations DROP CONSTRAINT allocations_never_overlap;
             INSERT INTO allocations
             SELECT organisation_id, resource_id, gen_random_uuid(), claimed_by_organisation_id, kind,
                    starts_at + interval '1 minute', ends_at, expires_at
             FROM allocations WHERE claim_id = '{id}'"
        ))
        .await;
    played.breaks(Law::NoOverlap).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_appointment_is_seen() {
    let played = Played::copy().await;
    let id = played.appointment("booked").await;
    played
        .sql(&format!(
            "DELETE FROM contacts WHERE appointment_id = '{id}';
             DELETE FROM allocations WHERE claim_id = '{id}';
             DELETE FROM audit_entries WHERE subject_id = '{id}';
             DELETE FROM outbox_events WHERE subject_id = '{id}';
             DELETE FROM appointments WHERE id = '{id}'"
        ))
        .await;
    played.breaks_only(Law::NothingLost).await;
}

/// With everything that a booking leaves: only that nobody wanted it is wrong.
#[tokio::test(flavor = "multi_thread")]
async fn an_appointment_that_nobody_asked_for_is_seen() {
    let played = Played::copy().await;
    let id = played.appointment("cancelled").await;
    played.sql(&format!(
            "CREATE TEMPORARY TABLE forged AS SELECT * FROM appointments WHERE id = '{id}';
             UPDATE forged SET id = gen_random_uuid(), code = '00000000', secret_hash = decode(md5('x'), 'hex'),
                 starts_at = starts_at + interval '1 year', ends_at = ends_at + interval '1 year',
                 status = 'booked', ended_at = NULL, cancelled_by = NULL, version = 1;
             INSERT INTO appointments SELECT * FROM forged;
             INSERT INTO allocations
             SELECT f.organisation_id, r.resource, f.id, f.organisation_id, 'appointment',
                    f.starts_at - s.buffer_before_minutes * interval '1 minute',
                    f.ends_at + s.buffer_after_minutes * interval '1 minute'
             FROM forged f JOIN services s ON s.id = f.service_id
             CROSS JOIN LATERAL (VALUES (f.counsellor_id), (f.room_id)) AS r (resource) WHERE r.resource IS NOT NULL;
             INSERT INTO audit_entries (organisation_id, id, occurred_at, action, subject_kind, subject_id)
             SELECT organisation_id, gen_random_uuid(), booked_at, 'book', 'appointment', id FROM forged;
             INSERT INTO outbox_events (organisation_id, id, kind, subject_id, occurred_at)
             SELECT organisation_id, gen_random_uuid(), 'appointment.booked', id, booked_at FROM forged"
        ))
        .await;
    played.breaks_only(Law::NothingUnasked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_appointment_that_rose_again_is_seen() {
    let played = Played::copy().await;
    let id = played.appointment("cancelled").await;
    played.sql(&format!(
            "UPDATE appointments SET status = 'booked', ended_at = NULL, cancelled_by = NULL WHERE id = '{id}'"
        ))
        .await;
    played.breaks(Law::LawfulLives).await;
}

/// What a move in two transactions would look like to whoever looks in between.
#[tokio::test(flavor = "multi_thread")]
async fn a_claim_that_lacked_for_a_moment_is_seen() {
    let played = Played::copy().await;
    let id = played.appointment("booked").await;
    played
        .sql(&format!(
            "CREATE TABLE aside AS SELECT * FROM allocations WHERE claim_id = '{id}';
             DELETE FROM allocations WHERE claim_id = '{id}'"
        ))
        .await;
    played.look().await;
    played
        .sql("INSERT INTO allocations SELECT * FROM aside; DROP TABLE aside")
        .await;
    played.breaks_only(Law::WholeMoves).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_audit_entry_is_seen() {
    let played = Played::copy().await;
    let id = played.appointment("booked").await;
    let delete = format!("DELETE FROM audit_entries WHERE subject_id = '{id}'");
    played.sql(&delete).await;
    played.breaks_only(Law::OneTraceEach).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_event_is_seen() {
    let played = Played::copy().await;
    let id = played.appointment("cancelled").await;
    let kind = "kind = 'appointment.cancelled'";
    let delete = format!("DELETE FROM outbox_events WHERE subject_id = '{id}' AND {kind}");
    played.sql(&delete).await;
    played.breaks_only(Law::OneTraceEach).await;
}

/// The demo network has meetings: one that is called off leaves its rooms.
#[tokio::test(flavor = "multi_thread")]
async fn a_claim_of_a_meeting_that_is_cancelled_is_seen() {
    let played = Played::copy().await;
    played
        .sql(
            "UPDATE meeting_dates SET cancelled_at = starts_at
             WHERE id = (SELECT id FROM meeting_dates WHERE cancelled_at IS NULL ORDER BY id LIMIT 1)",
        )
        .await;
    played.breaks_only(Law::NothingUnasked).await;
}

const VISIT: &str = "SELECT a.id FROM appointments a JOIN services v ON v.id = a.service_id
                     WHERE v.format = 'visit' AND a.status = 'booked' AND a.second_counsellor_id IS NOT NULL LIMIT 1";

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_to_which_nobody_comes_along_is_seen() {
    let played = Played::copy().await;
    let id = played.one(VISIT).await;
    let delete = format!(
        "DELETE FROM allocations
         WHERE claim_id = '{id}' AND resource_id = (SELECT second_counsellor_id FROM appointments WHERE id = '{id}')"
    );
    played.sql(&delete).await;
    played.breaks_only(Law::WholeMoves).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_without_a_way_is_seen() {
    let played = Played::copy().await;
    let id = played.one(VISIT).await;
    let hurry = format!(
        "UPDATE allocations SET starts_at = a.starts_at FROM appointments a WHERE claim_id = '{id}' AND a.id = '{id}'"
    );
    played.sql(&hurry).await;
    played.breaks_only(Law::WholeMoves).await;
}
