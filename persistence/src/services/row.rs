//! A service as it is stored.

use std::collections::BTreeMap;

use diesel::prelude::*;
use domain::caps::Talks;
use domain::ids::EquipmentId;
use domain::minutes::Minutes;
use domain::needs::{Needs, Pieces};
use domain::places::{Capacity, Minimum};
use domain::service::{Format, Service};
use domain::slots::{Timing, TimingRules};
use domain::visits::{VisitRules, Volunteers};
use domain::waitlist::OfferLasts;
use serde_json::Value;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::schema::services;
use crate::stored::{Stored, parsed, parsed_set, texts_from_json, texts_of, texts_to_json};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = services, primary_key(organisation_id, id), treat_none_as_null = true)]
pub(super) struct Row {
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
    reschedule_deadline_minutes: Option<i32>,
    max_per_week: Option<i32>,
    capacity: Option<i32>,
    minimum_participants: Option<i32>,
    minimum_deadline_minutes: Option<i32>,
    needs_room: bool,
    room_features: Vec<String>,
    books_interpreters: bool,
    allows_gender_wish: bool,
    equipment_ids: Vec<Uuid>,
    equipment_pieces: Vec<i32>,
    travel_minutes_per_km: i32,
    travel_minimum_minutes: i32,
    volunteers: i32,
    waitlist_offer_minutes: Option<i32>,
    draws_online: bool,
    published: bool,
    version: i64,
}

impl Row {
    pub(super) fn key(&self) -> (Uuid, Uuid) {
        (self.organisation_id, self.id)
    }
}

impl From<&Stored<Service>> for Row {
    fn from(stored: &Stored<Service>) -> Self {
        let service = &stored.value;
        let timing = service.timing.rules();
        let visits = service.visits.unwrap_or_default();
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
            reschedule_deadline_minutes: service
                .reschedule_deadline
                .map(|deadline| integer(deadline.count())),
            max_per_week: service.max_per_week.map(|most| integer(most.count())),
            capacity: service.capacity.map(places),
            minimum_participants: service.minimum.map(|it| places(it.participants)),
            minimum_deadline_minutes: service.minimum.map(|it| integer(it.deadline.count())),
            needs_room: service.needs.room,
            room_features: texts_of(&service.needs.room_features),
            books_interpreters: service.needs.interpreters,
            allows_gender_wish: service.allows_gender_wish,
            draws_online: service.draws_online,
            equipment_ids: service.needs.equipment.keys().map(|id| id.uuid()).collect(),
            equipment_pieces: service
                .needs
                .equipment
                .values()
                .map(|pieces| pieces.count().into())
                .collect(),
            travel_minutes_per_km: visits.minutes_per_km().into(),
            travel_minimum_minutes: integer(visits.minimum().count()),
            volunteers: visits.volunteers.count().into(),
            waitlist_offer_minutes: service.waitlist.map(|it| integer(it.minutes().count())),
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

/// How a visit reckons ways, as it is stored.
pub(crate) fn visit_rules(
    volunteers: impl Into<i64>,
    minutes_per_km: impl Into<i64>,
    minimum_minutes: impl Into<i64>,
) -> Result<VisitRules> {
    let volunteers = Volunteers::new(volunteers.into());
    let volunteers = volunteers.map_err(|error| Error::corrupt("service", error))?;
    VisitRules::new(minutes_per_km.into(), minimum_minutes.into(), volunteers)
        .map_err(|error| Error::corrupt("service", error))
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
        let offer = |minutes: i32| {
            OfferLasts::new(minutes.into()).map_err(|error| Error::corrupt("service", error))
        };
        let minimum = row.minimum_participants.zip(row.minimum_deadline_minutes);
        let minimum = minimum.map(|(participants, deadline)| {
            Ok::<_, Error>(Minimum {
                participants: capacity(participants)?,
                deadline: minutes(deadline)?,
            })
        });
        let format = parsed("service", &row.format)?;
        let visits = || {
            visit_rules(
                row.volunteers,
                row.travel_minutes_per_km,
                row.travel_minimum_minutes,
            )
        };
        let value = Service {
            id: row.id.into(),
            organisation_id: row.organisation_id.into(),
            name: texts_from_json(row.name)?,
            description: row.description.map(texts_from_json).transpose()?,
            topic: parsed("service", &row.topic)?,
            format,
            modalities: parsed_set("service", &row.modalities)?,
            languages: parsed_set("service", &row.languages)?,
            contact_rule: parsed("service", &row.contact_rule)?,
            approval: parsed("service", &row.approval)?,
            approval_within: minutes(row.approval_within_minutes)?,
            timing: timing.map_err(|error| Error::corrupt("service", error))?,
            cancellation_deadline: minutes(row.cancellation_deadline_minutes)?,
            reschedule_deadline: row.reschedule_deadline_minutes.map(minutes).transpose()?,
            max_per_week: row.max_per_week.map(most).transpose()?,
            capacity: row.capacity.map(capacity).transpose()?,
            minimum: minimum.transpose()?,
            needs: Needs {
                room: row.needs_room,
                room_features: parsed_set("service", &row.room_features)?,
                interpreters: row.books_interpreters,
                equipment: equipment_needed(&row.equipment_ids, &row.equipment_pieces)?,
            },
            allows_gender_wish: row.allows_gender_wish,
            visits: (format == Format::Visit).then(visits).transpose()?,
            waitlist: row.waitlist_offer_minutes.map(offer).transpose()?,
            draws_online: row.draws_online,
            published: row.published,
        };
        Ok(Self {
            value,
            version: row.version,
        })
    }
}
