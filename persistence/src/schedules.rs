//! Schedules, and the sessions that they publish.

use chrono::{NaiveDate, NaiveTime};
use diesel::prelude::*;
use domain::ids::{CounsellorId, OrganisationId, RoomId, ScheduleId, ServiceId};
use domain::schedule::{LocalHours, Schedule, Validity};
use uuid::Uuid;

use crate::acting::Reader;
use crate::error::{Error, Result};
use crate::kept;
use crate::schema::schedules;
use crate::stored::{Stored, parsed, parsed_set, texts_of, uuids_of};
use crate::transaction::Transaction;
use crate::versioned::versioned;

mod horizon;
mod publish;

pub use horizon::extend_horizons;
pub use publish::{Publication, publish, publish_at, withdraw};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = schedules, primary_key(organisation_id, id), treat_none_as_null = true)]
struct Row {
    organisation_id: Uuid,
    id: Uuid,
    counsellor_id: Uuid,
    site_id: Uuid,
    room_id: Option<Uuid>,
    service_ids: Vec<Uuid>,
    modalities: Vec<String>,
    rule: String,
    starts: NaiveTime,
    ends: NaiveTime,
    valid_from: NaiveDate,
    valid_until: Option<NaiveDate>,
    exceptions: Vec<NaiveDate>,
    opens_on_holidays: bool,
    audience: String,
    opens_to_all_minutes: Option<i32>,
    desk_places: i32,
    version: i64,
}

/// Which schedules a list has.
#[derive(Debug, Clone)]
pub struct Filter {
    pub within: Vec<OrganisationId>,
    pub counsellor_id: Option<CounsellorId>,
}

/// At most `limit` schedules in the order of their ids, those after `after`.
pub async fn list(
    reader: &mut Reader,
    filter: &Filter,
    after: Option<ScheduleId>,
    limit: i64,
) -> Result<Vec<Stored<Schedule>>> {
    let mut query = schedules::table
        .select(Row::as_select())
        .filter(schedules::archived_at.is_null())
        .filter(schedules::organisation_id.eq_any(uuids_of(&filter.within)))
        .order(schedules::id)
        .limit(limit)
        .into_boxed();
    if let Some(counsellor) = filter.counsellor_id {
        query = query.filter(schedules::counsellor_id.eq(counsellor.uuid()));
    }
    if let Some(after) = after {
        query = query.filter(schedules::id.gt(after.uuid()));
    }
    let rows: Vec<Row> = reader.ask(query).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Reads which resources a change will have to lock, before anything is locked.
pub async fn find_before_locking(
    transaction: &mut Transaction,
    id: ScheduleId,
) -> Result<Option<Stored<Schedule>>> {
    let query = schedules::table
        .select(Row::as_select())
        .filter(schedules::id.eq(id.uuid()))
        .filter(schedules::archived_at.is_null());
    let row: Option<Row> = transaction.ask_one(query).await?;
    row.map(TryInto::try_into).transpose()
}

/// Enters the schedule; nothing is published yet.
pub fn insert(transaction: &mut Transaction, schedule: &Stored<Schedule>) {
    let published_before = schedules::published_before.eq(NaiveDate::default());
    let values = (Row::from(schedule), published_before);
    transaction.queue(diesel::insert_into(schedules::table).values(values));
}

versioned!(schedules of Schedule, by ScheduleId);

impl Row {
    fn key(&self) -> (Uuid, Uuid) {
        (self.organisation_id, self.id)
    }
}

impl From<&Stored<Schedule>> for Row {
    fn from(stored: &Stored<Schedule>) -> Self {
        let schedule = &stored.value;
        Self {
            organisation_id: schedule.organisation_id.uuid(),
            id: schedule.id.uuid(),
            counsellor_id: schedule.counsellor_id.uuid(),
            site_id: schedule.site_id.uuid(),
            room_id: schedule.room_id.map(RoomId::uuid),
            service_ids: uuids_of(&schedule.service_ids),
            modalities: texts_of(&schedule.modalities),
            rule: schedule.recurrence.to_string(),
            starts: schedule.hours.starts(),
            ends: schedule.hours.ends(),
            valid_from: schedule.validity.from(),
            valid_until: schedule.validity.until(),
            exceptions: schedule.exceptions.iter().copied().collect(),
            opens_on_holidays: schedule.opens_on_holidays,
            audience: kept::audience(schedule.kept).to_owned(),
            opens_to_all_minutes: kept::opens_to_all(schedule.kept),
            desk_places: schedule.kept.desk_places.count().into(),
            version: stored.version,
        }
    }
}

impl TryFrom<Row> for Stored<Schedule> {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let hours = LocalHours::new(row.starts, row.ends);
        let validity = Validity::new(row.valid_from, row.valid_until);
        let value = Schedule {
            id: row.id.into(),
            organisation_id: row.organisation_id.into(),
            counsellor_id: row.counsellor_id.into(),
            site_id: row.site_id.into(),
            room_id: row.room_id.map(RoomId::new),
            service_ids: row.service_ids.into_iter().map(ServiceId::new).collect(),
            modalities: parsed_set("schedule", &row.modalities)?,
            hours: hours.map_err(|error| Error::corrupt("schedule", error))?,
            recurrence: parsed("schedule", &row.rule)?,
            validity: validity.map_err(|error| Error::corrupt("schedule", error))?,
            exceptions: row.exceptions.into_iter().collect(),
            opens_on_holidays: row.opens_on_holidays,
            kept: kept::read(&row.audience, row.desk_places, row.opens_to_all_minutes)?,
        };
        Ok(Self {
            value,
            version: row.version,
        })
    }
}
