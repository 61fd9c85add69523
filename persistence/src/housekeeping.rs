//! What ends by itself: expired holds, answers and tokens, and what visitors gave once the
//! retention time is over.
//!
//! Readers ignore what has expired; this only clears it away. Rows that somebody else works on are
//! passed over, so that no booking ever waits for it, and any number of programs can do it at once.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::sql_types::Timestamptz;

use crate::database::{Database, Rights};
use crate::error::Result;
use crate::statement::Statement;

/// Events stay this long for programs that read them late.
const EVENTS_KEPT: TimeDelta = TimeDelta::days(30);

const EXPIRED_CLAIMS: &str = "
    DELETE FROM allocations WHERE (organisation_id, resource_id, claim_id) IN (
        SELECT organisation_id, resource_id, claim_id FROM allocations
        WHERE expires_at <= $1 ORDER BY expires_at LIMIT 1000 FOR UPDATE SKIP LOCKED)";

const EXPIRED_PLACES: &str = "
    DELETE FROM places WHERE (organisation_id, session_id, number) IN (
        SELECT organisation_id, session_id, number FROM places
        WHERE expires_at <= $1 ORDER BY expires_at LIMIT 1000 FOR UPDATE SKIP LOCKED)";

const EXPIRED_HOLDS: &str = "
    DELETE FROM holds WHERE (organisation_id, id) IN (
        SELECT organisation_id, id FROM holds
        WHERE expires_at <= $1 ORDER BY expires_at LIMIT 1000 FOR UPDATE SKIP LOCKED)";

const EXPIRED_ANSWERS: &str = "
    DELETE FROM idempotency_keys WHERE key_hash IN (
        SELECT key_hash FROM idempotency_keys
        WHERE expires_at <= $1 ORDER BY expires_at LIMIT 1000 FOR UPDATE SKIP LOCKED)";

const EXPIRED_TOKENS: &str = "
    DELETE FROM refresh_tokens WHERE token_hash IN (
        SELECT token_hash FROM refresh_tokens
        WHERE expires_at <= $1 ORDER BY expires_at LIMIT 1000 FOR UPDATE SKIP LOCKED)";

const RETAINED_CONTACTS: &str = "
    DELETE FROM contacts WHERE (organisation_id, appointment_id) IN (
        SELECT organisation_id, appointment_id FROM contacts
        WHERE delete_after <= $1 ORDER BY delete_after LIMIT 1000 FOR UPDATE SKIP LOCKED)";

const RETAINED_WAITING: &str = "
    DELETE FROM waitlist_contacts WHERE (organisation_id, entry_id) IN (
        SELECT organisation_id, entry_id FROM waitlist_contacts
        WHERE delete_after <= $1 ORDER BY delete_after LIMIT 1000 FOR UPDATE SKIP LOCKED)";

const RETAINED_NOTES: &str = "
    DELETE FROM attention_dealings WHERE (organisation_id, id) IN (
        SELECT organisation_id, id FROM attention_dealings
        WHERE delete_after <= $1 ORDER BY delete_after LIMIT 1000 FOR UPDATE SKIP LOCKED)";

const RETAINED_NO_SHOWS: &str = "
    DELETE FROM no_shows WHERE (organisation_id, appointment_id, contact_hash) IN (
        SELECT organisation_id, appointment_id, contact_hash FROM no_shows
        WHERE delete_after <= $1 ORDER BY delete_after LIMIT 1000 FOR UPDATE SKIP LOCKED)";

const OLD_EVENTS: &str = "
    DELETE FROM outbox_events WHERE (organisation_id, id) IN (
        SELECT organisation_id, id FROM outbox_events
        WHERE occurred_at <= $1 LIMIT 1000 FOR UPDATE SKIP LOCKED)";

/// Clears at most a thousand rows of each kind away; answers how many. Call it again until it is 0.
pub async fn sweep(database: &Database, now: DateTime<Utc>) -> Result<usize> {
    let mut swept = 0;
    for (statement, until) in [
        (EXPIRED_CLAIMS, now),
        (EXPIRED_PLACES, now),
        (EXPIRED_HOLDS, now),
        (EXPIRED_ANSWERS, now),
        (EXPIRED_TOKENS, now),
        (RETAINED_CONTACTS, now),
        (RETAINED_WAITING, now),
        (RETAINED_NOTES, now),
        (RETAINED_NO_SHOWS, now),
        (OLD_EVENTS, now - EVENTS_KEPT),
    ] {
        let mut transaction = database.transaction(Rights::Worker).await?;
        transaction.queue(Statement::new(statement).bind::<Timestamptz, _>(until));
        swept += transaction.flush().await?;
        transaction.commit().await?;
    }
    Ok(swept)
}
