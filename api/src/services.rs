//! Services: what can be booked, and the rules of its time.

mod archive;
mod create;
mod list;
mod read;
mod update;
mod visits;

use domain::caps::Talks;
use domain::ids::AppointmentId;
use domain::minutes::Minutes;
use domain::places::Capacity;
use domain::service::Service;
use domain::visits::VisitRules;
use persistence::stored::Stored;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub use archive::archive_service;
pub use create::create_service;
pub use list::{get_service, list_services};
pub use update::update_service;

use crate::pages::page;
use crate::views::{TextMap, etag, texts_of};

/// A service as staff write it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "organisation_id": "01990000-0000-7000-8000-000000000001",
    "name": {"de": "Psychosoziale Beratung"}, "topic": "psychosocial", "format": "individual",
    "modalities": ["in_person", "phone"], "languages": ["de", "ar"], "contact_rule": "optional",
    "length_minutes": 50, "buffer_after_minutes": 10, "published": true}))]
pub struct ServiceBody {
    /// The organisation to which it belongs; cannot be changed.
    pub organisation_id: Uuid,
    pub name: TextMap,
    #[serde(default)]
    pub description: Option<TextMap>,
    /// What it is about: an open list of words such as `psychosocial`, `medical`, `social`, `legal`.
    #[schema(pattern = "^[a-z][a-z0-9_]{0,62}$", example = "psychosocial")]
    pub topic: String,
    /// One of `individual`, `group`, `course`, `visit`, `open_hours`.
    #[schema(example = "individual")]
    pub format: String,
    /// Of `in_person`, `phone`, `video`, `at_home`.
    #[schema(min_items = 1, example = json!(["in_person"]))]
    pub modalities: Vec<String>,
    /// BCP 47 tags; none says nothing about languages.
    #[serde(default)]
    pub languages: Vec<String>,
    /// What a visitor must give: `none`, `optional` or `required`.
    #[serde(default = "optional")]
    #[schema(default = "optional", example = "optional")]
    pub contact_rule: String,
    /// Whether staff have to agree to what visitors book: `none` or `required`. Until they do it is
    /// `requested`, and holds its time. Staff book at once.
    #[serde(default = "none")]
    #[schema(default = "none", example = "required")]
    pub approval: String,
    /// How long a request can be answered; it is cancelled then, and at its start at the latest.
    #[serde(default = "two_days")]
    #[schema(minimum = 1, maximum = 527040, default = 2880)]
    pub approval_within_minutes: i64,
    /// Of the talk itself; with its buffers at most 1440. A group lasts as long as its session.
    #[schema(minimum = 1, maximum = 1440)]
    pub length_minutes: i64,
    /// The distance of two starts; length and buffers when left out.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1440)]
    pub start_every_minutes: Option<i64>,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1440, default = 0)]
    pub buffer_before_minutes: i64,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1440, default = 0)]
    pub buffer_after_minutes: i64,
    /// It can be booked until this long before its start.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 527040, default = 0)]
    pub minimum_notice_minutes: i64,
    /// It can be booked from this many days before its start.
    #[serde(default = "three_months")]
    #[schema(minimum = 1, maximum = 366, default = 90)]
    pub horizon_days: i64,
    /// A visitor can cancel it until this long before its start.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 527040, default = 0)]
    pub cancellation_deadline_minutes: i64,
    /// A visitor can move it until this long before its start; as for cancelling, when left out.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 527040, example = 120)]
    pub reschedule_deadline_minutes: Option<i64>,
    /// How many talks of it are given in a week, from Monday to Sunday at the site; as many as there are slots for, when left out.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100, example = 12)]
    pub max_per_week: Option<i64>,
    /// How many places a session has; of a group or a course, and required there. A session can have
    /// its own.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 500, example = json!(null))]
    pub capacity: Option<i64>,
    /// With how many participants a session takes place. When fewer have booked by the deadline, the
    /// coordinator decides.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 500, example = json!(null))]
    pub minimum_participants: Option<i64>,
    /// How long before the start that is looked at. Goes with `minimum_participants`.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 527040, example = json!(null))]
    pub minimum_deadline_minutes: Option<i64>,
    /// Whether each talk takes a room: that of the session, else any free one of the site.
    #[serde(default)]
    pub needs_room: bool,
    /// What that room must have; only where a room is needed.
    #[serde(default)]
    #[schema(max_items = 20, example = json!(["wheelchair"]))]
    pub room_features: Vec<String>,
    /// Whether an interpreter is booked with it for whoever says `interpreter_needed` and the language.
    #[serde(default)]
    pub books_interpreters: bool,
    /// What each talk takes besides.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub equipment: Vec<EquipmentNeed>,
    /// Whether visitors can wish for the gender of the counsellor (`counsellor_gender` in `/v1/slots`).
    #[serde(default)]
    pub allows_gender_wish: bool,
    /// Of a visit: how long a kilometre takes on the road, which is reckoned as 1.3 times the way of
    /// a crow; 4 when left out.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 30, example = json!(null))]
    pub travel_minutes_per_km: Option<i64>,
    /// Of a visit: how long a way takes at least; 10 when left out. What is reckoned is rounded up to
    /// five minutes. The way there and back lies around the visit and its buffers; the grid of starts
    /// is that of the session.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 240, example = json!(null))]
    pub travel_minimum_minutes: Option<i64>,
    /// Of a visit: how many come, 1 or 2; 1 when left out. The second is any other counsellor with
    /// hours for it at the same site, where the address is not too far for either.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 2, example = json!(null))]
    pub volunteers: Option<i64>,
    /// How long a slot is held for the answer of whoever waits for one; no waiting list is kept where
    /// it is left out.
    #[serde(default)]
    #[schema(minimum = 10, maximum = 10080, example = 240)]
    pub waitlist_offer_minutes: Option<i64>,
    /// Whether visitors draw numbers by themselves; only of `open_hours`.
    #[serde(default)]
    pub draws_online: bool,
    /// Whether the public sees and books it.
    #[serde(default)]
    pub published: bool,
}

/// So many pieces of a piece of equipment.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"equipment_id": "01990000-0000-7000-8000-000000000009", "pieces": 1}))]
pub struct EquipmentNeed {
    pub equipment_id: Uuid,
    #[schema(minimum = 1, maximum = 100)]
    pub pieces: i64,
}

fn optional() -> String {
    "optional".to_owned()
}

fn none() -> String {
    "none".to_owned()
}

const fn two_days() -> i64 {
    2 * 24 * 60
}

const fn three_months() -> i64 {
    90
}

/// A service.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceView {
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub name: TextMap,
    #[schema(required)]
    pub description: Option<TextMap>,
    #[schema(example = "psychosocial")]
    pub topic: String,
    /// One of `individual`, `group`, `course`, `visit`, `open_hours`.
    #[schema(example = "individual")]
    pub format: String,
    /// Of `in_person`, `phone`, `video`, `at_home`.
    pub modalities: Vec<String>,
    /// BCP 47 tags; none says nothing about languages.
    pub languages: Vec<String>,
    /// What a visitor must give: `none`, `optional` or `required`.
    pub contact_rule: String,
    /// Whether staff have to agree to what visitors book: `none` or `required`.
    #[schema(example = "none")]
    pub approval: String,
    /// How long a request can be answered, where approval is required.
    pub approval_within_minutes: u32,
    pub length_minutes: u32,
    /// The distance of two starts.
    pub start_every_minutes: u32,
    pub buffer_before_minutes: u32,
    pub buffer_after_minutes: u32,
    /// It can be booked until this long before its start.
    pub minimum_notice_minutes: u32,
    /// It can be booked from this many days before its start.
    pub horizon_days: u32,
    /// A visitor can cancel it until this long before its start.
    pub cancellation_deadline_minutes: u32,
    /// A visitor can move it until this long before its start; null: as for cancelling.
    #[schema(required)]
    pub reschedule_deadline_minutes: Option<u32>,
    /// How many talks of it are given in a week.
    #[schema(required)]
    pub max_per_week: Option<u32>,
    /// How many places a session has, of a group or a course.
    #[schema(required, example = json!(null))]
    pub capacity: Option<u16>,
    /// With how many participants a session takes place.
    #[schema(required, example = json!(null))]
    pub minimum_participants: Option<u16>,
    /// How long before the start that is looked at.
    #[schema(required, example = json!(null))]
    pub minimum_deadline_minutes: Option<u32>,
    /// Whether each talk takes a room: that of the session, else any free one of the site.
    pub needs_room: bool,
    pub room_features: Vec<String>,
    /// Whether an interpreter is booked with it for whoever says `interpreter_needed` and the language.
    pub books_interpreters: bool,
    pub equipment: Vec<EquipmentNeed>,
    /// Whether visitors can wish for the gender of the counsellor.
    pub allows_gender_wish: bool,
    /// Of a visit: how long a kilometre takes on the road.
    #[schema(required, example = json!(null))]
    pub travel_minutes_per_km: Option<u8>,
    /// Of a visit: how long a way takes at least.
    #[schema(required, example = json!(null))]
    pub travel_minimum_minutes: Option<u32>,
    /// Of a visit: how many come.
    #[schema(required, example = json!(null))]
    pub volunteers: Option<u8>,
    /// How long a slot is held for the answer of whoever waits for one; null where no waiting list is kept.
    #[schema(required)]
    pub waitlist_offer_minutes: Option<u32>,
    /// Whether visitors draw numbers of its open hours by themselves.
    pub draws_online: bool,
    pub published: bool,
    /// Open appointments that this change leaves without what was booked; null where nothing was
    /// changed. They stay valid and need attention.
    #[schema(required)]
    pub affected_appointments: Option<Vec<Uuid>>,
    /// What `If-Match` wants.
    #[schema(example = "\"1\"")]
    pub etag: String,
}

page!(
    /// Services, in the order in which they were entered.
    ServicePage of ServiceView
);

impl From<&Stored<Service>> for ServiceView {
    fn from(stored: &Stored<Service>) -> Self {
        let service = &stored.value;
        let timing = service.timing.rules();
        Self {
            id: service.id.uuid(),
            organisation_id: service.organisation_id.uuid(),
            name: (&service.name).into(),
            description: service.description.as_ref().map(TextMap::from),
            topic: service.topic.to_string(),
            format: service.format.as_str().to_owned(),
            modalities: texts_of(&service.modalities),
            languages: texts_of(&service.languages),
            contact_rule: service.contact_rule.as_str().to_owned(),
            approval: service.approval.to_string(),
            approval_within_minutes: service.approval_within.count(),
            length_minutes: timing.length.count(),
            start_every_minutes: timing.start_every.count(),
            buffer_before_minutes: timing.buffer_before.count(),
            buffer_after_minutes: timing.buffer_after.count(),
            minimum_notice_minutes: timing.minimum_notice.count(),
            horizon_days: timing.horizon.count() / Minutes::DAY.count(),
            cancellation_deadline_minutes: service.cancellation_deadline.count(),
            reschedule_deadline_minutes: service.reschedule_deadline.map(Minutes::count),
            max_per_week: service.max_per_week.map(Talks::count),
            capacity: service.capacity.map(Capacity::count),
            minimum_participants: service.minimum.map(|it| it.participants.count()),
            minimum_deadline_minutes: service.minimum.map(|it| it.deadline.count()),
            needs_room: service.needs.room,
            room_features: texts_of(&service.needs.room_features),
            books_interpreters: service.needs.interpreters,
            equipment: read::equipment_of(&service.needs),
            allows_gender_wish: service.allows_gender_wish,
            travel_minutes_per_km: service.visits.map(VisitRules::minutes_per_km),
            travel_minimum_minutes: service.visits.map(|it| it.minimum().count()),
            volunteers: service.visits.map(|it| it.volunteers.count()),
            waitlist_offer_minutes: service.waitlist.map(|it| it.minutes().count()),
            draws_online: service.draws_online,
            published: service.published,
            affected_appointments: None,
            etag: etag(stored.version),
        }
    }
}

impl ServiceView {
    /// As the answer to a change.
    fn affecting(self, affected: &[AppointmentId]) -> Self {
        Self {
            affected_appointments: Some(affected.iter().map(|id| id.uuid()).collect()),
            ..self
        }
    }
}
