//! Publishes a schedule in the transaction of its own change.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use diesel::prelude::*;
use diesel::sql_types::{Array, Date, Integer, Text, Uuid as SqlUuid};
use domain::holidays::FederalState;
use domain::ids::{AppointmentId, SessionId};
use domain::publication::{self, Change, PublishedSession, SessionContent, stranded};
use domain::schedule::Schedule;
use domain::site::Site;
use domain::span::Span;
use uuid::Uuid;

use super::Row;
use crate::error::{Error, Result};
use crate::places;
use crate::schema::schedules;
use crate::sessions::{self, Batch, insert_all, update_all, withdraw_all};
use crate::statement::Statement;
use crate::stored::{Stored, parsed, uuids_of};
use crate::transaction::Transaction;

/// How far a schedule is published at least, whatever its services say.
pub(super) const LEAST_DAYS: i32 = 28;

/// What publishing did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Publication {
    pub inserted: usize,
    pub updated: usize,
    pub withdrawn: usize,
    /// Open appointments whose session no longer offers what was booked. They stay valid.
    pub affected: Vec<AppointmentId>,
}

/// Publishes what the schedule says, up to its horizon. Its resources and itself are locked.
pub async fn publish(
    transaction: &mut Transaction,
    schedule: &Schedule,
    now: DateTime<Utc>,
) -> Result<Publication> {
    let place = place(transaction, schedule).await?;
    let today = now.with_timezone(&place.zone).date_naive();
    let horizon = today + chrono::TimeDelta::days(place.horizon_days.into());
    // A horizon that became shorter leaves nothing behind that nobody keeps current.
    let before = horizon.max(place.published_before);
    let existing = existing(transaction, schedule, today).await?;
    let (zone, state) = (place.zone, Some(place.federal_state));
    let changes = publication::publish(schedule, zone, state, &existing, today, before);
    let affected = affected(transaction, schedule, &changes).await?;
    let saved = save(transaction, schedule, &changes, before);
    places::follow(transaction, schedule.organisation_id, &saved);
    Ok(Publication::of(&changes, affected))
}

/// As [`publish`], for every schedule at a site whose time zone or holidays have changed; answers the
/// open appointments that this affects. All resources of the organisation are locked.
pub async fn publish_at(
    transaction: &mut Transaction,
    site: &Site,
    now: DateTime<Utc>,
) -> Result<Vec<AppointmentId>> {
    let query = schedules::table
        .select(Row::as_select())
        .filter(schedules::organisation_id.eq(site.organisation_id.uuid()))
        .filter(schedules::site_id.eq(site.id.uuid()))
        .filter(schedules::archived_at.is_null())
        .order(schedules::id)
        .for_no_key_update();
    let rows: Vec<Row> = transaction.ask(query).await?;
    let mut affected = Vec::new();
    for row in rows {
        let schedule: Stored<Schedule> = row.try_into()?;
        let publication = publish(transaction, &schedule.value, now).await?;
        affected.extend(publication.affected);
    }
    Ok(affected)
}

/// Withdraws what an archived schedule has published from today on, but for what was edited by hand.
pub async fn withdraw(
    transaction: &mut Transaction,
    schedule: &Schedule,
    now: DateTime<Utc>,
) -> Result<Publication> {
    let place = place(transaction, schedule).await?;
    let today = now.with_timezone(&place.zone).date_naive();
    let existing = existing(transaction, schedule, today).await?;
    let changes = publication::withdraw(&existing, today);
    let affected = affected(transaction, schedule, &changes).await?;
    let saved = save(transaction, schedule, &changes, place.published_before);
    places::follow(transaction, schedule.organisation_id, &saved);
    Ok(Publication::of(&changes, affected))
}

impl Publication {
    fn of(changes: &[Change], affected: Vec<AppointmentId>) -> Self {
        let mut publication = Self {
            affected,
            ..Self::default()
        };
        for change in changes {
            match change {
                Change::Insert { .. } => publication.inserted += 1,
                Change::Update { .. } => publication.updated += 1,
                Change::Withdraw { .. } => publication.withdrawn += 1,
            }
        }
        publication
    }
}

struct Place {
    zone: Tz,
    federal_state: FederalState,
    horizon_days: i32,
    published_before: NaiveDate,
}

#[derive(QueryableByName)]
struct PlaceRow {
    #[diesel(sql_type = Text)]
    time_zone: String,
    #[diesel(sql_type = Text)]
    federal_state: String,
    #[diesel(sql_type = Integer)]
    horizon_days: i32,
    #[diesel(sql_type = Date)]
    published_before: NaiveDate,
}

async fn place(transaction: &mut Transaction, schedule: &Schedule) -> Result<Place> {
    let query = Statement::new(
        "SELECT l.time_zone, l.federal_state, s.published_before,
                greatest($4, (SELECT max(horizon_days) FROM services
                              WHERE organisation_id = $1 AND id = ANY ($5))) AS horizon_days
         FROM schedules s, sites l
         WHERE s.organisation_id = $1 AND s.id = $2 AND l.organisation_id = $1 AND l.id = $3",
    );
    let query = query
        .bind::<SqlUuid, _>(schedule.organisation_id.uuid())
        .bind::<SqlUuid, _>(schedule.id.uuid())
        .bind::<SqlUuid, _>(schedule.site_id.uuid())
        .bind::<Integer, _>(LEAST_DAYS)
        .bind::<Array<SqlUuid>, _>(uuids_of(&schedule.service_ids));
    let row: Option<PlaceRow> = transaction.ask_one(query).await?;
    let row = row.ok_or_else(|| Error::corrupt("schedule", "has no site"))?;
    Ok(Place {
        zone: parsed("site", &row.time_zone)?,
        federal_state: parsed("site", &row.federal_state)?,
        horizon_days: row.horizon_days,
        published_before: row.published_before,
    })
}

pub(super) async fn existing(
    transaction: &mut Transaction,
    schedule: &Schedule,
    from: NaiveDate,
) -> Result<Vec<PublishedSession>> {
    sessions::of_schedule(transaction, schedule.organisation_id, schedule.id, from).await
}

async fn affected(
    transaction: &mut Transaction,
    schedule: &Schedule,
    changes: &[Change],
) -> Result<Vec<AppointmentId>> {
    let changed = changes.iter().filter_map(|change| match change {
        Change::Insert { .. } => None,
        Change::Update { id, .. } | Change::Withdraw { id } => Some(*id),
    });
    let changed: Vec<SessionId> = changed.collect();
    let open = sessions::attended(transaction, schedule.organisation_id, &changed).await?;
    Ok(stranded(changes, &open))
}

/// Queues the changes as a few statements on sets; answers the sessions that they concern.
pub(super) fn save(
    transaction: &mut Transaction,
    schedule: &Schedule,
    changes: &[Change],
    published_before: NaiveDate,
) -> Vec<SessionId> {
    let organisation = schedule.organisation_id;
    let (mut inserts, mut updates, mut withdrawn) = (Vec::new(), Vec::new(), Vec::new());
    let mut original_starts = Vec::new();
    for change in changes {
        match change {
            Change::Insert {
                original_start,
                content,
            } => {
                original_starts.push(*original_start);
                inserts.push((SessionId::new(Uuid::now_v7()), content));
            }
            Change::Update { id, content } => updates.push((*id, content)),
            Change::Withdraw { id } => withdrawn.push(*id),
        }
    }
    withdraw_all(transaction, organisation, &withdrawn);
    if let Some(batch) = batch(schedule, &updates) {
        update_all(transaction, &batch);
    }
    if let Some(batch) = batch(schedule, &inserts) {
        insert_all(transaction, &batch, schedule.id, original_starts);
    }
    let reach = Statement::new(
        "UPDATE schedules SET published_before = $3 WHERE organisation_id = $1 AND id = $2",
    );
    transaction.queue(
        reach
            .bind::<SqlUuid, _>(organisation.uuid())
            .bind::<SqlUuid, _>(schedule.id.uuid())
            .bind::<Date, _>(published_before),
    );
    let changed = updates.iter().chain(&inserts).map(|(id, _)| *id);
    changed.chain(withdrawn).collect()
}

/// What one schedule publishes differs in nothing but its time.
fn batch<'c>(
    schedule: &Schedule,
    sessions: &[(SessionId, &'c SessionContent)],
) -> Option<Batch<'c>> {
    let (_, content) = sessions.first()?;
    let spans: Vec<Span> = sessions.iter().map(|(_, content)| content.span).collect();
    Some(Batch {
        organisation_id: schedule.organisation_id,
        content,
        ids: sessions.iter().map(|(id, _)| *id).collect(),
        spans,
    })
}
