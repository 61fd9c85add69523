//! Services.

mod weeks;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Timestamptz, Uuid as SqlUuid};
use domain::caps::Talks;
use domain::ids::{EquipmentId, OrganisationId, ServiceId};
use domain::minutes::Minutes;
use domain::modality::Modality;
use domain::needs::{Needs, Pieces};
use domain::places::{Capacity, Minimum};
use domain::service::{Format, Service, Topic};
use domain::slots::{Timing, TimingRules};
use domain::texts::LanguageTag;
use serde_json::Value;
use uuid::Uuid;

pub use weeks::count_weeks;

use crate::acting::Reader;
use crate::error::{Error, Result};
use crate::resources;
use crate::schema::services;
use crate::statement::Statement;
use crate::stored::{Stored, parsed, parsed_set, texts_from_json, texts_of, texts_to_json};
use crate::transaction::Transaction;
use crate::versioned::versioned;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = services, primary_key(organisation_id, id), treat_none_as_null = true)]
struct Row {
    organisation_id: Uuid,
    id: Uuid,
    name: Value,
    description: Option<Value>,
    topic: String,
    format: String,
    modalities: Vec<String>,
    languages: Vec<String>,
    contact_rule: String,
    approval: String,
    approval_within_minutes: i32,
    length_minutes: i32,
    start_every_minutes: i32,
    buffer_before_minutes: i32,
    buffer_after_minutes: i32,
    minimum_notice_minutes: i32,
    horizon_days: i32,
    cancellation_deadline_minutes: i32,
    max_per_week: Option<i32>,
    capacity: Option<i32>,
    minimum_participants: Option<i32>,
    minimum_deadline_minutes: Option<i32>,
    needs_room: bool,
    room_features: Vec<String>,
    books_interpreters: bool,
    equipment_ids: Vec<Uuid>,
    equipment_pieces: Vec<i32>,
    published: bool,
    version: i64,
}

/// Which services a list has; of each list of values, one must fit, if there are any.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub organisation_id: Option<OrganisationId>,
    pub topics: Vec<Topic>,
    pub formats: Vec<Format>,
    pub modalities: Vec<Modality>,
    pub languages: Vec<LanguageTag>,
}

/// At most `limit` services in the order of their ids, those after `after`.
pub async fn list(
    reader: &mut Reader,
    filter: &Filter,
    after: Option<ServiceId>,
    limit: i64,
) -> Result<Vec<Stored<Service>>> {
    let mut query = services::table
        .select(Row::as_select())
        .filter(services::archived_at.is_null())
        .order(services::id)
        .limit(limit)
        .into_boxed();
    if let Some(organisation) = filter.organisation_id {
        query = query.filter(services::organisation_id.eq(organisation.uuid()));
    }
    if !filter.topics.is_empty() {
        query = query.filter(services::topic.eq_any(texts_of(&filter.topics)));
    }
    if !filter.formats.is_empty() {
        let formats: Vec<_> = filter
            .formats
            .iter()
            .map(|format| format.as_str())
            .collect();
        query = query.filter(services::format.eq_any(formats));
    }
    if !filter.modalities.is_empty() {
        query = query.filter(services::modalities.overlaps_with(texts_of(&filter.modalities)));
    }
    if !filter.languages.is_empty() {
        query = query.filter(services::languages.overlaps_with(texts_of(&filter.languages)));
    }
    if let Some(after) = after {
        query = query.filter(services::id.gt(after.uuid()));
    }
    let rows: Vec<Row> = reader.ask(query).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Locks all resources of its organisation: who books meanwhile waits, and then sees the change.
pub fn lock(transaction: &mut Transaction, id: ServiceId) {
    let lock = Statement::new(
        "SELECT id FROM resources
         WHERE organisation_id = (SELECT organisation_id FROM services WHERE id = $1)
         ORDER BY id FOR NO KEY UPDATE",
    );
    transaction.queue(lock.bind::<SqlUuid, _>(id.uuid()));
}

/// Whether sessions that are not over offer the service.
pub async fn is_offered(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    id: ServiceId,
    now: DateTime<Utc>,
) -> Result<bool> {
    let query = Statement::new(
        "SELECT service_id AS id FROM session_services
         WHERE organisation_id = $1 AND service_id = $2 AND status = 'published' AND ends_at > $3 LIMIT 1",
    );
    let query = query
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<SqlUuid, _>(id.uuid())
        .bind::<Timestamptz, _>(now);
    Ok(transaction.ask_one::<Offered, _>(query).await?.is_some())
}

#[derive(QueryableByName)]
struct Offered {
    #[diesel(sql_type = SqlUuid)]
    #[expect(dead_code, reason = "it is enough that there is a row")]
    id: Uuid,
}

/// Enters the service, and the resource that it is when its weeks have a cap.
pub fn insert(transaction: &mut Transaction, service: &Stored<Service>) {
    let Service {
        id,
        organisation_id,
        max_per_week,
        ..
    } = service.value;
    if max_per_week.is_some() {
        resources::insert(transaction, organisation_id, id.into(), "service");
    }
    transaction.queue(diesel::insert_into(services::table).values(Row::from(service)));
}

versioned!(services of Service, by ServiceId);

impl Row {
    fn key(&self) -> (Uuid, Uuid) {
        (self.organisation_id, self.id)
    }
}

impl From<&Stored<Service>> for Row {
    fn from(stored: &Stored<Service>) -> Self {
        let service = &stored.value;
        let timing = service.timing.rules();
        Self {
            organisation_id: service.organisation_id.uuid(),
            id: service.id.uuid(),
            name: texts_to_json(&service.name),
            description: service.description.as_ref().map(texts_to_json),
            topic: service.topic.to_string(),
            format: service.format.as_str().to_owned(),
            modalities: texts_of(&service.modalities),
            languages: texts_of(&service.languages),
            contact_rule: service.contact_rule.as_str().to_owned(),
            approval: service.approval.as_str().to_owned(),
            approval_within_minutes: integer(service.approval_within.count()),
            length_minutes: integer(timing.length.count()),
            start_every_minutes: integer(timing.start_every.count()),
            buffer_before_minutes: integer(timing.buffer_before.count()),
            buffer_after_minutes: integer(timing.buffer_after.count()),
            minimum_notice_minutes: integer(timing.minimum_notice.count()),
            horizon_days: integer(timing.horizon.count() / Minutes::DAY.count()),
            cancellation_deadline_minutes: integer(service.cancellation_deadline.count()),
            max_per_week: service.max_per_week.map(|most| integer(most.count())),
            capacity: service.capacity.map(places),
            minimum_participants: service.minimum.map(|it| places(it.participants)),
            minimum_deadline_minutes: service.minimum.map(|it| integer(it.deadline.count())),
            needs_room: service.needs.room,
            room_features: texts_of(&service.needs.room_features),
            books_interpreters: service.needs.interpreters,
            equipment_ids: service.needs.equipment.keys().map(|id| id.uuid()).collect(),
            equipment_pieces: service
                .needs
                .equipment
                .values()
                .map(|pieces| pieces.count().into())
                .collect(),
            published: service.published,
            version: stored.version,
        }
    }
}

fn places(capacity: Capacity) -> i32 {
    capacity.count().into()
}

fn equipment_needed(ids: &[Uuid], pieces: &[i32]) -> Result<BTreeMap<EquipmentId, Pieces>> {
    let needed = ids.iter().zip(pieces).map(|(id, pieces)| {
        let pieces = Pieces::new((*pieces).into());
        let pieces = pieces.map_err(|error| Error::corrupt("service", error))?;
        Ok((EquipmentId::new(*id), pieces))
    });
    needed.collect()
}

/// Lengths of time are bounded far below the largest integer.
fn integer(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

impl TryFrom<Row> for Stored<Service> {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let minutes = |count: i32| {
            let count = u32::try_from(count).map_err(|error| Error::corrupt("service", error))?;
            Minutes::new(count).map_err(|error| Error::corrupt("service", error))
        };
        let most =
            |count: i32| Talks::new(count.into()).map_err(|error| Error::corrupt("service", error));
        let day = i32::try_from(Minutes::DAY.count()).unwrap_or(i32::MAX);
        let timing = Timing::new(TimingRules {
            length: minutes(row.length_minutes)?,
            start_every: minutes(row.start_every_minutes)?,
            buffer_before: minutes(row.buffer_before_minutes)?,
            buffer_after: minutes(row.buffer_after_minutes)?,
            minimum_notice: minutes(row.minimum_notice_minutes)?,
            horizon: minutes(row.horizon_days.saturating_mul(day))?,
        });
        let capacity = |count: i32| {
            Capacity::new(count.into()).map_err(|error| Error::corrupt("service", error))
        };
        let minimum = row.minimum_participants.zip(row.minimum_deadline_minutes);
        let minimum = minimum.map(|(participants, deadline)| {
            Ok::<_, Error>(Minimum {
                participants: capacity(participants)?,
                deadline: minutes(deadline)?,
            })
        });
        let value = Service {
            id: row.id.into(),
            organisation_id: row.organisation_id.into(),
            name: texts_from_json(row.name)?,
            description: row.description.map(texts_from_json).transpose()?,
            topic: parsed("service", &row.topic)?,
            format: parsed("service", &row.format)?,
            modalities: parsed_set("service", &row.modalities)?,
            languages: parsed_set("service", &row.languages)?,
            contact_rule: parsed("service", &row.contact_rule)?,
            approval: parsed("service", &row.approval)?,
            approval_within: minutes(row.approval_within_minutes)?,
            timing: timing.map_err(|error| Error::corrupt("service", error))?,
            cancellation_deadline: minutes(row.cancellation_deadline_minutes)?,
            max_per_week: row.max_per_week.map(most).transpose()?,
            capacity: row.capacity.map(capacity).transpose()?,
            minimum: minimum.transpose()?,
            needs: Needs {
                room: row.needs_room,
                room_features: parsed_set("service", &row.room_features)?,
                interpreters: row.books_interpreters,
                equipment: equipment_needed(&row.equipment_ids, &row.equipment_pieces)?,
            },
            published: row.published,
        };
        Ok(Self {
            value,
            version: row.version,
        })
    }
}
