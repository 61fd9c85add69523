//! Extends what schedules have published, day by day.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{
    BigInt, Bool, Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::publication;
use domain::schedule::Schedule;
use uuid::Uuid;

use super::Row;
use super::publish::{LEAST_DAYS, existing, save};
use crate::database::{Database, Rights};
use crate::error::{Error, Result};
use crate::places;
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
    #[diesel(sql_type = Date)]
    published_before: NaiveDate,
    /// From where on nothing is published yet.
    #[diesel(sql_type = Date)]
    unpublished: NaiveDate,
    #[diesel(sql_type = Date)]
    horizon: NaiveDate,
    #[diesel(sql_type = Text)]
    time_zone: String,
    #[diesel(sql_type = Text)]
    federal_state: String,
    #[diesel(sql_type = Bool)]
    has_places: bool,
}

/// Publishes every schedule up to its horizon, as of today at its site, and answers how many were
/// behind. Instances of the program that do so at once share the work. A schedule that cannot be
/// read is logged and left behind.
pub async fn extend_horizons(database: &Database, now: DateTime<Utc>) -> Result<usize> {
    let mut extended = 0;
    let mut after: Option<(NaiveDate, Uuid)> = None;
    loop {
        let mut transaction = database.transaction(Rights::Worker).await?;
        let query = Statement::new(BEHIND)
            .bind::<Timestamptz, _>(now)
            .bind::<Integer, _>(LEAST_DAYS)
            .bind::<BigInt, _>(AT_ONCE)
            .bind::<Nullable<Date>, _>(after.map(|(date, _)| date))
            .bind::<Nullable<SqlUuid>, _>(after.map(|(_, id)| id));
        let behind: Vec<Behind> = transaction.ask(query).await?;
        for schedule in &behind {
            match extend(&mut transaction, schedule).await {
                Err(error @ Error::Corrupt { .. }) => {
                    log::error!("schedule {} is not published: {error}", schedule.id);
                }
                done => {
                    done?;
                    extended += 1;
                }
            }
        }
        transaction.commit().await?;
        for schedule in behind.iter().filter(|behind| behind.has_places) {
            claim(database, schedule).await?;
        }
        let Some(last) = behind.last() else {
            return Ok(extended);
        };
        after = Some((last.published_before, last.id));
    }
}

/// Claims the time of sessions that many attend, apart: it needs their resources locked first of all.
/// When the program ends before, the first booking does it.
async fn claim(database: &Database, behind: &Behind) -> Result<()> {
    let mut transaction = database.transaction(Rights::Worker).await?;
    let (organisation, schedule) = (behind.organisation_id, behind.id);
    transaction.queue(
        Statement::new(LOCK)
            .bind::<SqlUuid, _>(organisation)
            .bind::<SqlUuid, _>(schedule),
    );
    places::follow_schedule(&mut transaction, organisation.into(), schedule.into());
    transaction.commit().await
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

const LOCK: &str = "
    SELECT r.id FROM resources r
    WHERE r.organisation_id = $1 AND r.id IN (
        SELECT unnest(ARRAY[s.counsellor_id, s.room_id]) FROM sessions s
        WHERE s.organisation_id = $1 AND s.schedule_id = $2)
    ORDER BY r.id
    FOR NO KEY UPDATE OF r";

const BEHIND: &str = "
    SELECT s.organisation_id, s.id, s.published_before, greatest(s.published_before, h.today) AS unpublished, h.horizon,
           l.time_zone, l.federal_state,
           EXISTS (SELECT FROM services v WHERE v.organisation_id = s.organisation_id AND v.id = ANY (s.service_ids)
                      AND v.capacity IS NOT NULL) AS has_places
    FROM schedules s
    JOIN sites l ON l.organisation_id = s.organisation_id AND l.id = s.site_id
    CROSS JOIN LATERAL (
        SELECT ($1 AT TIME ZONE l.time_zone)::date AS today, ($1 AT TIME ZONE l.time_zone)::date
               + greatest($2, (SELECT max(horizon_days) FROM services o
                               WHERE o.organisation_id = s.organisation_id
                                 AND o.id = ANY (s.service_ids))) AS horizon) h
    WHERE s.archived_at IS NULL AND s.published_before < h.horizon
      AND ($4 IS NULL OR (s.published_before, s.id) > ($4, $5))
    ORDER BY s.published_before, s.id
    LIMIT $3
    FOR NO KEY UPDATE OF s SKIP LOCKED";
