//! Extends what schedules have published, day by day.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Integer, Text, Timestamptz, Uuid as SqlUuid};
use domain::publication;
use domain::schedule::Schedule;
use uuid::Uuid;

use super::Row;
use super::publish::{LEAST_DAYS, existing, save};
use crate::database::{Database, Rights};
use crate::error::Result;
use crate::schema::schedules;
use crate::statement::Statement;
use crate::stored::{Stored, parsed};
use crate::transaction::Transaction;

/// How many schedules one transaction extends.
const AT_ONCE: i64 = 20;

#[derive(QueryableByName)]
struct Behind {
    #[diesel(sql_type = SqlUuid)]
    organisation_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    /// From where on nothing is published yet.
    #[diesel(sql_type = Date)]
    unpublished: NaiveDate,
    #[diesel(sql_type = Date)]
    horizon: NaiveDate,
    #[diesel(sql_type = Text)]
    time_zone: String,
    #[diesel(sql_type = Text)]
    federal_state: String,
}

/// Publishes every schedule up to its horizon, as of today at its site, and answers how many were
/// behind. Instances of the program that do so at once share the work.
pub async fn extend_horizons(database: &Database, now: DateTime<Utc>) -> Result<usize> {
    let mut extended = 0;
    loop {
        let mut transaction = database.transaction(Rights::Worker).await?;
        let query = Statement::new(BEHIND)
            .bind::<Timestamptz, _>(now)
            .bind::<Integer, _>(LEAST_DAYS)
            .bind::<BigInt, _>(AT_ONCE);
        let behind: Vec<Behind> = transaction.ask(query).await?;
        for schedule in &behind {
            extend(&mut transaction, schedule).await?;
        }
        transaction.commit().await?;
        extended += behind.len();
        if behind.is_empty() {
            return Ok(extended);
        }
    }
}

async fn extend(transaction: &mut Transaction, behind: &Behind) -> Result<()> {
    let query = schedules::table
        .select(Row::as_select())
        .find((behind.organisation_id, behind.id));
    let Some(row) = transaction.ask_one::<Row, _>(query).await? else {
        return Ok(());
    };
    let Stored::<Schedule> { value, .. } = row.try_into()?;
    let (from, before) = (behind.unpublished, behind.horizon);
    let existing = existing(transaction, &value, from).await?;
    let zone = parsed("site", &behind.time_zone)?;
    let state = Some(parsed("site", &behind.federal_state)?);
    let changes = publication::publish(&value, zone, state, &existing, from, before);
    save(transaction, &value, &changes, before);
    Ok(())
}

const BEHIND: &str = "
    SELECT s.organisation_id, s.id, greatest(s.published_before, h.today) AS unpublished, h.horizon, l.time_zone, l.federal_state
    FROM schedules s
    JOIN sites l ON l.organisation_id = s.organisation_id AND l.id = s.site_id
    CROSS JOIN LATERAL (
        SELECT ($1 AT TIME ZONE l.time_zone)::date AS today, ($1 AT TIME ZONE l.time_zone)::date
               + greatest($2, (SELECT max(horizon_days) FROM services o
                               WHERE o.organisation_id = s.organisation_id
                                 AND o.id = ANY (s.service_ids))) AS horizon) h
    WHERE s.archived_at IS NULL AND s.published_before < h.horizon
    ORDER BY s.published_before, s.id
    LIMIT $3
    FOR NO KEY UPDATE OF s SKIP LOCKED";
