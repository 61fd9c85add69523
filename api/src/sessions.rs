//! Sessions: dated openings, published by a schedule or by a person.

mod create;
mod drop_ins;
mod list;
mod read;
mod update;
mod withdraw;

use std::collections::BTreeSet;

use chrono::{DateTime, FixedOffset, Utc};
use domain::ids::{AppointmentId, ResourceId, RoomId, ServiceId};
use domain::publication::SessionContent;
use domain::session::Session;
use persistence::references::References;
use persistence::sessions::{self, Found};
use persistence::{Transaction, resources};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub use create::create_session;
pub use drop_ins::record_drop_ins;
pub use list::{get_session, list_sessions};
pub use update::update_session;
pub use withdraw::withdraw_session;

use crate::kept::{self, everyone};
use crate::pages::page;
use crate::problems::{Code, Problem};
use crate::views::{etag, local, texts_of};

/// A session as staff write it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "organisation_id": "01990000-0000-7000-8000-000000000001",
    "counsellor_id": "01990000-0000-7000-8000-000000000003",
    "site_id": "01990000-0000-7000-8000-000000000002",
    "service_ids": ["01990000-0000-7000-8000-000000000004"], "modalities": ["in_person"],
    "starts_at": "2026-12-05T10:00:00+01:00", "ends_at": "2026-12-05T13:00:00+01:00"}))]
pub struct SessionBody {
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
    /// On a whole minute.
    pub starts_at: DateTime<Utc>,
    /// On a whole minute, at most 24 hours later.
    pub ends_at: DateTime<Utc>,
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
    /// How many places it has, of a group or a course; what its service says when left out.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 500, example = json!(null))]
    pub capacity: Option<i64>,
    /// Whether it takes place although fewer have booked than its service wants.
    #[serde(default)]
    pub takes_place: bool,
    /// `published` or `withdrawn`.
    #[serde(default = "published")]
    #[schema(default = "published", example = "published")]
    pub status: String,
}

fn published() -> String {
    "published".to_owned()
}

/// A session.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionView {
    pub id: Uuid,
    pub organisation_id: Uuid,
    /// The schedule that published it; null of a one-off session.
    #[schema(required)]
    pub schedule_id: Option<Uuid>,
    pub counsellor_id: Uuid,
    pub site_id: Uuid,
    #[schema(required)]
    pub room_id: Option<Uuid>,
    pub service_ids: Vec<Uuid>,
    /// Of `in_person`, `phone`, `video`, `at_home`.
    pub modalities: Vec<String>,
    /// With the offset of the site.
    pub starts_at: DateTime<FixedOffset>,
    pub ends_at: DateTime<FixedOffset>,
    /// Of the site, by the IANA time zone data base.
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
    pub opens_on_holidays: bool,
    /// Who books it: `everyone` or `staff`.
    #[schema(example = "everyone")]
    pub audience: String,
    /// The last so many places of a group are given by staff only.
    pub desk_places: u16,
    /// What is kept for staff opens to everyone from less than so long before the start; null: never.
    #[schema(required, example = json!(null))]
    pub opens_to_all_minutes: Option<u32>,
    /// `published` or `withdrawn`.
    #[schema(example = "published")]
    pub status: String,
    /// How many places it has; null where its slots are for one visitor each.
    #[schema(required, example = json!(null))]
    pub capacity: Option<u16>,
    /// Whether that was set for this session; otherwise it follows its service.
    pub capacity_by_hand: bool,
    /// How many have booked a place; null where its slots are for one visitor each.
    #[schema(required, example = json!(null))]
    pub participants: Option<u32>,
    /// How many came without a booking; null until somebody records it.
    #[schema(required, example = json!(null))]
    pub drop_in_count: Option<u32>,
    /// With how many participants it takes place; null when any number will do.
    #[schema(required, example = json!(null))]
    pub minimum_participants: Option<u16>,
    /// Until when so many have to book.
    #[schema(required, example = json!(null))]
    pub minimum_deadline: Option<DateTime<FixedOffset>>,
    /// Whether the coordinator has to decide: the deadline has passed, and fewer have booked.
    /// Withdraw it, or let it take place with `takes_place`.
    pub below_minimum: bool,
    pub takes_place: bool,
    /// Whether a person edited it: publishing its schedule again leaves it alone.
    pub edited_by_hand: bool,
    /// Open appointments that this change left without what was booked; null where nothing was
    /// changed. They stay valid and need attention.
    #[schema(required)]
    pub affected_appointments: Option<Vec<Uuid>>,
    /// What `If-Match` wants.
    #[schema(example = "\"1\"")]
    pub etag: String,
}

page!(
    /// Sessions, in the order of their starts.
    SessionPage of SessionView
);

fn references_of(session: &Session) -> References {
    let content = &session.content;
    References {
        counsellor_id: Some(content.counsellor_id),
        site_id: Some(content.site_id),
        room_id: content.room_id,
        service_ids: content.service_ids.clone(),
        ..References::of(session.organisation_id)
    }
}

fn resources_of(content: &SessionContent) -> BTreeSet<ResourceId> {
    let counsellor: ResourceId = content.counsellor_id.into();
    let room = content.room_id.map(ResourceId::from);
    room.into_iter().chain([counsellor]).collect()
}

/// Locks the resources and then the session, if it is still the one that was read.
async fn lock(
    transaction: &mut Transaction,
    read: &Found,
    locked: &BTreeSet<ResourceId>,
) -> Result<(), Problem> {
    let session = &read.session.value;
    resources::lock(transaction, session.organisation_id, locked);
    let found = sessions::find_for_update(transaction, session.id).await?;
    match found {
        Some(found) if found.session.version == read.session.version => Ok(()),
        _ => Err(Problem::new(Code::VersionConflict)),
    }
}

impl SessionView {
    /// As it is at that time.
    pub(super) fn at(found: &Found, now: DateTime<Utc>) -> Self {
        let session = &found.session.value;
        let content = &session.content;
        let minimum = found.group.and_then(|group| group.minimum);
        let starts_at = content.span.from();
        Self {
            id: session.id.uuid(),
            organisation_id: session.organisation_id.uuid(),
            schedule_id: session.origin.map(|origin| origin.schedule_id.uuid()),
            counsellor_id: content.counsellor_id.uuid(),
            site_id: content.site_id.uuid(),
            room_id: content.room_id.map(RoomId::uuid),
            service_ids: content
                .service_ids
                .iter()
                .copied()
                .map(ServiceId::uuid)
                .collect(),
            modalities: texts_of(&content.modalities),
            starts_at: local(content.span.from(), found.time_zone),
            ends_at: local(content.span.before(), found.time_zone),
            time_zone: found.time_zone.name().to_owned(),
            opens_on_holidays: content.opens_on_holidays,
            audience: kept::audience(session.content.kept),
            desk_places: session.content.kept.desk_places.count(),
            opens_to_all_minutes: kept::opens_to_all(session.content.kept),
            status: status(session).to_owned(),
            capacity: found.group.map(|group| group.capacity.count()),
            capacity_by_hand: session.attended.capacity.is_some(),
            participants: found.group.map(|group| group.participants),
            drop_in_count: found.group.and_then(|group| group.drop_ins),
            minimum_participants: minimum.map(|it| it.participants.count()),
            minimum_deadline: minimum
                .map(|it| local(starts_at - it.deadline.time_delta(), found.time_zone)),
            below_minimum: found.group.is_some_and(|group| {
                session.is_below_minimum(group.minimum, group.participants, now)
            }),
            takes_place: session.attended.takes_place,
            edited_by_hand: session.edited_by_hand,
            affected_appointments: None,
            etag: etag(found.session.version),
        }
    }
}

impl SessionView {
    /// As the answer to a change.
    fn affecting(self, affected: &[AppointmentId]) -> Self {
        Self {
            affected_appointments: Some(affected.iter().map(|id| id.uuid()).collect()),
            ..self
        }
    }
}

/// Only what many attend has places.
fn has_places_for_capacity(wanted: &Session, stored: &Found) -> Result<(), Problem> {
    if stored.group.is_some() || wanted.attended.capacity.is_none() {
        return Ok(());
    }
    Err(Problem::rule(
        "/capacity",
        "only a group or a course has places",
    ))
}

const fn status(session: &Session) -> &'static str {
    if session.withdrawn {
        "withdrawn"
    } else {
        "published"
    }
}
