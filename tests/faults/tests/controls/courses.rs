//! Faults with courses.

use faults::checker::Law;
use tests::Server;

use super::arranged::Played;
use super::by_hand::Hand;

/// One of its dates is there, and belongs to it no more.
#[tokio::test(flavor = "multi_thread")]
async fn a_course_that_lacks_a_date_is_seen() {
    let played = Played::copy().await;
    let date = "SELECT a.id FROM appointments a JOIN series s ON s.id = a.series_id
                WHERE s.course_id IS NOT NULL AND a.status = 'booked' AND a.version = 1
                  AND s.booked_at > (SELECT max(created_at) FROM accounts) LIMIT 1";
    let id = played.one(date).await;
    let leave = format!("UPDATE appointments SET series_id = NULL WHERE id = '{id}'");
    played.sql(&leave).await;
    played.breaks_only(Law::WholeSeries).await;
}

/// All places of a date are taken by somebody whom neither histories nor data base know.
#[tokio::test(flavor = "multi_thread")]
async fn a_course_that_is_full_of_nobody_is_seen() {
    let played = Played::copy().await;
    let server = &Server::start_on(&played.database_url).await;
    let mut hand = Hand::of(&played);
    server
        .sql(
            "CREATE TABLE course AS SELECT * FROM courses WHERE published ORDER BY id LIMIT 1;
             CREATE TABLE night AS
             SELECT s.* FROM sessions s JOIN course_dates d ON d.session_id = s.id JOIN course c ON c.id = d.course_id LIMIT 1;
             CREATE TABLE offered AS SELECT o.* FROM session_services o JOIN night n ON n.id = o.session_id;
             UPDATE course SET id = gen_random_uuid();
             UPDATE night SET id = gen_random_uuid(), starts_at = date_trunc('day', now()) + interval '50 hours',
                 ends_at = date_trunc('day', now()) + interval '51 hours', schedule_id = NULL, original_start = NULL;
             INSERT INTO sessions SELECT * FROM night;
             UPDATE offered SET session_id = night.id, starts_at = night.starts_at FROM night;
             INSERT INTO session_services SELECT * FROM offered;
             INSERT INTO courses SELECT * FROM course;
             INSERT INTO course_dates SELECT n.organisation_id, n.id, c.id FROM night n CROSS JOIN course c;
             CREATE TABLE nobody AS
             SELECT s.organisation_id, s.id AS session_id, n AS number, s.capacity, gen_random_uuid() AS claim_id
             FROM night s CROSS JOIN generate_series(1, s.capacity) AS n;
             INSERT INTO places SELECT * FROM nobody",
        )
        .await;
    let course = played.one("SELECT id FROM course").await;
    let refused = hand.book_course(server, &course).await;
    refused.expect_problem(409, "dates-unbookable");
    server
        .sql("DELETE FROM places p USING nobody n WHERE n.claim_id = p.claim_id")
        .await;
    played.breaks_only(Law::RivalForConflict).await;
}
