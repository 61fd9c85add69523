//! Schedules: recurring rules in local time, which publish sessions.

mod archive;
mod create;
mod list;
mod publication;
mod read;
mod update;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::ids::{CounsellorId, ResourceId, RoomId, ServiceId};
use domain::schedule::Schedule;
use persistence::references::References;
use persistence::stored::Stored;
use persistence::{Transaction, resources, schedules};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub use archive::archive_schedule;
pub use create::create_schedule;
pub use list::{get_schedule, list_schedules};
pub use publication::PublicationView;
pub use update::update_schedule;

use crate::kept::{self, everyone};
use crate::pages::page;
use crate::problems::{Code, Problem};
use crate::views::{etag, texts_of};

/// A schedule as staff write it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "organisation_id": "01990000-0000-7000-8000-000000000001",
    "counsellor_id": "01990000-0000-7000-8000-000000000003",
    "site_id": "01990000-0000-7000-8000-000000000002",
    "service_ids": ["01990000-0000-7000-8000-000000000004"], "modalities": ["in_person"],
    "rule": "FREQ=WEEKLY;BYDAY=MO,WE", "starts": "09:00", "ends": "12:00",
    "valid_from": "2026-11-23"}))]
pub struct ScheduleBody {
    /// The organisation to which it belongs; cannot be changed.
    pub organisation_id: Uuid,
    pub counsellor_id: Uuid,
    pub site_id: Uuid,
    /// A room of the site.
    #[serde(default)]
    pub room_id: Option<Uuid>,
    /// Services of the organisation that can be booked in it.
    #[schema(min_items = 1, max_items = 50)]
    pub service_ids: Vec<Uuid>,
    /// Of `in_person`, `phone`, `video`, `at_home`.
    #[schema(min_items = 1, example = json!(["in_person"]))]
    pub modalities: Vec<String>,
    /// A recurrence rule of RFC 5545: weekly on weekdays, or monthly on an nth weekday.
    #[schema(example = "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE")]
    pub rule: String,
    /// On the clock of the site.
    #[schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "09:00")]
    pub starts: String,
    /// On the clock of the site; the earlier time is one of the next day.
    #[schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "12:00")]
    pub ends: String,
    pub valid_from: NaiveDate,
    /// The last day; without one it has no end.
    #[serde(default)]
    pub valid_until: Option<NaiveDate>,
    /// Dates on which it does not open.
    #[serde(default)]
    #[schema(max_items = 1000)]
    pub exceptions: Vec<NaiveDate>,
    /// Whether it opens on public holidays of the site's federal state.
    #[serde(default)]
    pub opens_on_holidays: bool,
    /// Who books it: `everyone`, or `staff` (emergency talks, which visitors do not see).
    #[serde(default = "everyone")]
    #[schema(default = "everyone", example = "everyone")]
    pub audience: String,
    /// The last so many places of a group are given by staff only, to whoever comes in person.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 500, default = 0)]
    pub desk_places: i64,
    /// What is kept for staff opens to everyone from less than so long before the start; never, when
    /// left out.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 527040, example = json!(null))]
    pub opens_to_all_minutes: Option<i64>,
}

/// A schedule.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScheduleView {
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub counsellor_id: Uuid,
    pub site_id: Uuid,
    #[schema(required)]
    pub room_id: Option<Uuid>,
    pub service_ids: Vec<Uuid>,
    /// Of `in_person`, `phone`, `video`, `at_home`.
    pub modalities: Vec<String>,
    #[schema(example = "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE")]
    pub rule: String,
    /// On the clock of the site.
    #[schema(example = "09:00")]
    pub starts: String,
    /// On the clock of the site; the earlier time is one of the next day.
    #[schema(example = "12:00")]
    pub ends: String,
    pub valid_from: NaiveDate,
    /// The last day; null when it has no end.
    #[schema(required)]
    pub valid_until: Option<NaiveDate>,
    pub exceptions: Vec<NaiveDate>,
    pub opens_on_holidays: bool,
    /// Who books it: `everyone` or `staff`.
    #[schema(example = "everyone")]
    pub audience: String,
    /// The last so many places of a group are given by staff only.
    pub desk_places: u16,
    /// What is kept for staff opens to everyone from less than so long before the start; null: never.
    #[schema(required, example = json!(null))]
    pub opens_to_all_minutes: Option<u32>,
    /// What this change did to the sessions; null where nothing was changed.
    #[schema(required)]
    pub publication: Option<PublicationView>,
    /// What `If-Match` wants.
    #[schema(example = "\"1\"")]
    pub etag: String,
}

page!(
    /// Schedules, in the order in which they were entered.
    SchedulePage of ScheduleView
);

fn references_of(schedule: &Schedule) -> References {
    References {
        counsellor_id: Some(schedule.counsellor_id),
        site_id: Some(schedule.site_id),
        room_id: schedule.room_id,
        service_ids: schedule.service_ids.clone(),
        ..References::of(schedule.organisation_id)
    }
}

fn resources_of(schedule: &Schedule) -> BTreeSet<ResourceId> {
    let counsellor: ResourceId = schedule.counsellor_id.into();
    let room = schedule.room_id.map(ResourceId::from);
    room.into_iter().chain([counsellor]).collect()
}

/// Locks the resources and then the schedule, if it is still the one that was read.
async fn lock(
    transaction: &mut Transaction,
    read: &Stored<Schedule>,
    locked: &BTreeSet<ResourceId>,
) -> Result<(), Problem> {
    resources::lock(transaction, read.value.organisation_id, locked);
    let found = schedules::find_for_update(transaction, read.value.id).await?;
    match found {
        Some(found) if found.version == read.version => Ok(()),
        _ => Err(Problem::new(Code::VersionConflict)),
    }
}

impl From<&Schedule> for ScheduleBody {
    fn from(schedule: &Schedule) -> Self {
        let clock = |time: chrono::NaiveTime| time.format("%H:%M").to_string();
        Self {
            organisation_id: schedule.organisation_id.uuid(),
            counsellor_id: CounsellorId::uuid(schedule.counsellor_id),
            site_id: schedule.site_id.uuid(),
            room_id: schedule.room_id.map(RoomId::uuid),
            service_ids: schedule
                .service_ids
                .iter()
                .copied()
                .map(ServiceId::uuid)
                .collect(),
            modalities: texts_of(&schedule.modalities),
            rule: schedule.recurrence.to_string(),
            starts: clock(schedule.hours.starts()),
            ends: clock(schedule.hours.ends()),
            valid_from: schedule.validity.from(),
            valid_until: schedule.validity.until(),
            exceptions: schedule.exceptions.iter().copied().collect(),
            opens_on_holidays: schedule.opens_on_holidays,
            audience: kept::audience(schedule.kept),
            desk_places: schedule.kept.desk_places.count().into(),
            opens_to_all_minutes: kept::opens_to_all(schedule.kept).map(Into::into),
        }
    }
}

impl From<&Stored<Schedule>> for ScheduleView {
    fn from(stored: &Stored<Schedule>) -> Self {
        let body = ScheduleBody::from(&stored.value);
        Self {
            id: stored.value.id.uuid(),
            organisation_id: body.organisation_id,
            counsellor_id: body.counsellor_id,
            site_id: body.site_id,
            room_id: body.room_id,
            service_ids: body.service_ids,
            modalities: body.modalities,
            rule: body.rule,
            starts: body.starts,
            ends: body.ends,
            valid_from: body.valid_from,
            valid_until: body.valid_until,
            exceptions: body.exceptions,
            opens_on_holidays: body.opens_on_holidays,
            audience: body.audience,
            desk_places: stored.value.kept.desk_places.count(),
            opens_to_all_minutes: kept::opens_to_all(stored.value.kept),
            publication: None,
            etag: etag(stored.version),
        }
    }
}
