//! When somebody looks. Each round takes what woke it, in a transaction that stays open until the
//! round is done: a program that dies in the middle has taken nothing.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, Nullable, Timestamptz, Uuid as SqlUuid};
use domain::ids::OrganisationId;
use domain::waitlist::EntryStatus;
use uuid::Uuid;

use super::save::{Change, save_change};
use super::{Found, rows, select_entry};
use crate::audit::Entry;
use crate::database::{Database, Rights};
use crate::error::Result;
use crate::statement::Statement;
use crate::transaction::Transaction;

/// Also without a sign somebody looks so often as long as anybody waits: time alone opens slots, and
/// so does what leaves no sign.
const LOOK_AGAIN: TimeDelta = TimeDelta::seconds(20);

/// When somebody looks who was in the way of another one.
const LOOK_AT_REST: TimeDelta = TimeDelta::seconds(1);

/// After that all that was being freed has been freed when somebody began to wait: no request takes longer.
const SETTLES: TimeDelta = TimeDelta::seconds(3);

/// How many entries change in one transaction.
const AT_ONCE: usize = 200;

/// A look at the waiting list of one organisation. No two programs look at the same one at once.
#[derive(Debug)]
pub struct Round {
    transaction: Transaction,
    pub organisation_id: OrganisationId,
}

#[derive(QueryableByName)]
struct Woken {
    #[diesel(sql_type = SqlUuid)]
    organisation_id: Uuid,
}

#[derive(QueryableByName)]
struct Next {
    #[diesel(sql_type = Nullable<Timestamptz>)]
    due_at: Option<DateTime<Utc>>,
}

/// Somebody waits from now on. Something may be free already, and who frees something at this moment
/// does not see them: so it is looked for twice.
pub(super) fn wake(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    now: DateTime<Utc>,
) {
    transaction.write(
        Statement::new("INSERT INTO waitlist_wakes VALUES ($1, $2, $3), ($1, $4, $5)")
            .bind::<SqlUuid, _>(organisation.uuid())
            .bind::<SqlUuid, _>(Uuid::now_v7())
            .bind::<Timestamptz, _>(now)
            .bind::<SqlUuid, _>(Uuid::now_v7())
            .bind::<Timestamptz, _>(now + SETTLES),
    );
}

/// The next organisation at which somebody has to look, if there is one.
pub async fn begin_round(database: &Database, now: DateTime<Utc>) -> Result<Option<Round>> {
    let mut transaction = database.transaction(Rights::Worker).await?;
    let take = Statement::new(TAKE).bind::<Timestamptz, _>(now);
    let woken: Vec<Woken> = transaction.ask(take).await?;
    let Some(woken) = woken.first() else {
        transaction.rollback().await;
        return Ok(None);
    };
    Ok(Some(Round {
        organisation_id: woken.organisation_id.into(),
        transaction,
    }))
}

impl Round {
    /// Ends the round, and says when the next one is at the latest: when the next claim expires, and
    /// soon in any case, as long as somebody waits; sooner if this one has left something undone.
    pub async fn end(mut self, database: &Database, done: bool, now: DateTime<Utc>) -> Result<()> {
        let organisation = self.organisation_id.uuid();
        let mut reading = database.program(self.organisation_id).await?;
        let query = Statement::new(NEXT)
            .bind::<SqlUuid, _>(organisation)
            .bind::<Timestamptz, _>(now)
            .bind::<Timestamptz, _>(now + LOOK_AGAIN);
        let next: Option<Next> = reading.ask_one(query).await?;
        reading.rollback().await;
        if let Some(due_at) = next.and_then(|next| next.due_at) {
            let sooner = now + LOOK_AT_REST;
            let due_at = if done { due_at.max(sooner) } else { sooner };
            self.transaction.write(
                Statement::new(
                    "INSERT INTO waitlist_wakes SELECT $1, $2, $3
                     WHERE NOT EXISTS (SELECT FROM waitlist_wakes WHERE organisation_id = $1 AND due_at <= $3)",
                )
                .bind::<SqlUuid, _>(organisation)
                .bind::<SqlUuid, _>(Uuid::now_v7())
                .bind::<Timestamptz, _>(due_at),
            );
        }
        self.transaction.commit().await
    }
}

/// Ends the offers of the organisation that nobody answered in time, and the entries that have
/// waited long enough. Those that somebody answers at this moment are passed over.
pub async fn pass_time(
    database: &Database,
    organisation: OrganisationId,
    now: DateTime<Utc>,
) -> Result<()> {
    loop {
        let mut transaction = database.program(organisation).await?;
        let lock = Statement::new(LOCK_OVER)
            .bind::<SqlUuid, _>(organisation.uuid())
            .bind::<Timestamptz, _>(now);
        let locked: Vec<Locked> = transaction.ask(lock).await?;
        let ids: Vec<Uuid> = locked.iter().map(|locked| locked.id).collect();
        if ids.is_empty() {
            transaction.rollback().await;
            return Ok(());
        }
        let read = Statement::new(select_entry!(
            "WHERE e.organisation_id = $1 AND e.id = ANY ($2)"
        ))
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<Array<SqlUuid>, _>(ids.clone());
        let rows: Vec<rows::Row> = transaction.ask(read).await?;
        for row in rows {
            end_in_time(&mut transaction, row.try_into()?, now);
        }
        transaction.commit().await?;
        if ids.len() < AT_ONCE {
            return Ok(());
        }
    }
}

fn end_in_time(transaction: &mut Transaction, found: Found, now: DateTime<Utc>) {
    let offer = match found.entry.status {
        EntryStatus::Offered(offer) => Some(offer.id),
        _ => None,
    };
    let subject = ("waitlist_entry", found.entry.id.uuid());
    let organisation = found.entry.organisation_id;
    if let Some(entry) = found.entry.pass_time(now) {
        save_change(transaction, &entry, Change::TimePassed(offer), now);
        transaction.audit(Entry::by_program(organisation, "expire", subject, now));
    }
}

#[derive(QueryableByName)]
struct Locked {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// The lock holds until the end of the transaction, so the signs of an organisation are taken by one
/// program at a time; those that come meanwhile stay for the next round.
const TAKE: &str = "
    WITH due AS MATERIALIZED (
        SELECT organisation_id, min(due_at) AS since FROM waitlist_wakes WHERE due_at <= $1
        GROUP BY 1 ORDER BY 2 LIMIT 100),
    mine AS MATERIALIZED (
        SELECT organisation_id FROM due
        WHERE pg_try_advisory_xact_lock(hashtextextended('waitlist ' || organisation_id, 0)) LIMIT 1)
    DELETE FROM waitlist_wakes w USING mine WHERE w.organisation_id = mine.organisation_id AND w.due_at <= $1
    RETURNING w.organisation_id";

const NEXT: &str = "
    SELECT least(
        (SELECT min(o.expires_at) FROM waitlist_offers o WHERE o.organisation_id = $1 AND o.state = 'open'),
        CASE WHEN EXISTS (SELECT FROM waitlist_entries e WHERE e.organisation_id = $1 AND e.status = 'waiting') THEN least(
            $3,
            (SELECT min(a.expires_at) FROM allocations a WHERE a.organisation_id = $1 AND a.expires_at > $2),
            (SELECT min(p.expires_at) FROM places p WHERE p.organisation_id = $1 AND p.expires_at > $2)) END) AS due_at";

const LOCK_OVER: &str = "
    SELECT e.id FROM waitlist_entries e
    WHERE e.organisation_id = $1 AND e.ended_at IS NULL AND e.id = ANY (ARRAY(
        SELECT w.id FROM waitlist_entries w
        WHERE w.organisation_id = $1 AND w.status = 'waiting' AND w.valid_until <= $2
        UNION ALL
        SELECT o.entry_id FROM waitlist_offers o
        WHERE o.organisation_id = $1 AND o.state = 'open' AND o.expires_at <= $2))
    ORDER BY e.id LIMIT 200 FOR NO KEY UPDATE SKIP LOCKED";
