//! Courses: several sessions that are booked as one.

mod archive;
mod book;
mod create;
mod dates;
mod list;
mod update;

use chrono::{DateTime, FixedOffset, Utc};
use chrono_tz::Tz;
use domain::actor::Staff;
use domain::calendar::SessionOpening;
use domain::course::{Course, Enrolment, MOST_DATES};
use domain::ids::{CourseId, RoomId, SessionId};
use domain::permission::Permission;
use domain::places::Capacity;
use persistence::courses::Found;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub use archive::archive_course;
pub use book::{BookCourseBody, book_course};
pub use create::create_course;
pub use list::{get_course, list_courses};
pub use update::update_course;

use crate::checks::Checks;
use crate::pages::page;
use crate::problems::Problem;
use crate::views::{TextMap, etag, local, texts_of};

/// A course as staff write it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "organisation_id": "01990000-0000-7000-8000-000000000001",
    "service_id": "01990000-0000-7000-8000-000000000004",
    "title": {"de": "Digital durchstarten in der Selbsthilfe!"},
    "session_ids": ["01990000-0000-7000-8000-000000000005", "01990000-0000-7000-8000-000000000006"],
    "published": true}))]
pub struct CourseBody {
    /// The organisation to which it belongs; cannot be changed.
    pub organisation_id: Uuid,
    /// A service of the format `course`: its rules hold for all dates. Cannot be changed.
    pub service_id: Uuid,
    pub title: TextMap,
    #[serde(default)]
    pub description: Option<TextMap>,
    /// Its dates: published sessions of the service, of no other course. They are enrolled for
    /// together, so they change only while nobody has a place in one of them.
    #[schema(min_items = 1, max_items = 52)]
    pub session_ids: Vec<Uuid>,
    /// How many places each date has; what the service says when left out.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 500, example = json!(null))]
    pub capacity: Option<i64>,
    /// From when on it can be booked; at once when left out.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub opens_at: Option<DateTime<Utc>>,
    /// Until when it can be booked; until it begins, less the notice of its service, when left out.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub closes_at: Option<DateTime<Utc>>,
    /// Whether it can be booked when it has begun: what is left of it then.
    #[serde(default)]
    pub joins_late: bool,
    /// Whether it takes place although fewer have booked than its service wants.
    #[serde(default)]
    pub takes_place: bool,
    /// Whether the public sees and books it.
    #[serde(default)]
    pub published: bool,
}

/// A course.
#[derive(Debug, Serialize, ToSchema)]
pub struct CourseView {
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub service_id: Uuid,
    pub title: TextMap,
    #[schema(required)]
    pub description: Option<TextMap>,
    /// The dates that take place, by their start.
    pub dates: Vec<CourseDateView>,
    /// All of its sessions, also those that were withdrawn.
    pub session_ids: Vec<Uuid>,
    /// Of the first date, by the IANA time zone data base; null when no date takes place.
    #[schema(required, example = "Europe/Berlin")]
    pub time_zone: Option<String>,
    /// How many places each date was given for this course; null when it is as many as its service says.
    #[schema(required, example = json!(null))]
    pub capacity: Option<u16>,
    /// How many can book it now: as many as have a place on each date that they would attend.
    #[schema(example = 8)]
    pub places_left: u32,
    #[schema(required, example = json!(null))]
    pub opens_at: Option<DateTime<FixedOffset>>,
    #[schema(required, example = json!(null))]
    pub closes_at: Option<DateTime<FixedOffset>>,
    pub joins_late: bool,
    /// How many have booked, on the date with the most of them; null for everybody but staff.
    #[schema(required, example = json!(null))]
    pub participants: Option<u32>,
    /// With how many participants it takes place; null when any number will do.
    #[schema(required, example = json!(null))]
    pub minimum_participants: Option<u16>,
    /// Until when so many have to book.
    #[schema(required, example = json!(null))]
    pub minimum_deadline: Option<DateTime<FixedOffset>>,
    /// Whether the coordinator has to decide: the deadline has passed, and fewer have booked. Archive
    /// it, or let it take place with `takes_place`. Null for everybody but staff.
    #[schema(required, example = json!(null))]
    pub below_minimum: Option<bool>,
    pub takes_place: bool,
    pub published: bool,
    /// What `If-Match` wants.
    #[schema(example = "\"1\"")]
    pub etag: String,
}

/// One date of a course.
#[derive(Debug, Serialize, ToSchema)]
pub struct CourseDateView {
    pub session_id: Uuid,
    /// With the offset of the site.
    pub starts_at: DateTime<FixedOffset>,
    pub ends_at: DateTime<FixedOffset>,
    pub site_id: Uuid,
    #[schema(required)]
    pub room_id: Option<Uuid>,
    pub counsellor_id: Uuid,
    /// Of `in_person`, `phone`, `video`, `at_home`.
    #[schema(example = json!(["video"]))]
    pub modalities: Vec<String>,
    /// What service and counsellor have in common, as BCP 47 tags.
    #[schema(example = json!(["de"]))]
    pub languages: Vec<String>,
}

page!(
    /// Courses, in the order in which they were entered.
    CoursePage of CourseView
);

impl CourseBody {
    /// The course, and its dates without repetition.
    fn read(self, id: CourseId) -> Result<(Course, Vec<SessionId>), Problem> {
        let mut checks = Checks::new();
        checks.count("/session_ids", self.session_ids.len(), 1..=MOST_DATES);
        let title = self.title.read("/title", &mut checks);
        let description = TextMap::read_optional(self.description, "/description", &mut checks);
        let capacity = checks.optional("/capacity", self.capacity.map(Capacity::new));
        let opens_at = checks.instant("/opens_at", self.opens_at);
        let closes_at = checks.instant("/closes_at", self.closes_at);
        let enrolment = opens_at
            .zip(closes_at)
            .map(|(opens_at, closes_at)| Enrolment::new(opens_at, closes_at, self.joins_late));
        let enrolment = checks.optional("/closes_at", enrolment).flatten();
        let mut dates: Vec<SessionId> = self.session_ids.into_iter().map(SessionId::new).collect();
        dates.sort_unstable();
        dates.dedup();
        let course = checks.finish(|| {
            Some(Course {
                id,
                organisation_id: self.organisation_id.into(),
                service_id: self.service_id.into(),
                title: title?,
                description: description?,
                capacity: capacity?,
                enrolment: enrolment?,
                takes_place: self.takes_place,
                published: self.published,
            })
        })?;
        Ok((course, dates))
    }
}

impl From<&Found> for CourseBody {
    fn from(found: &Found) -> Self {
        let course = &found.course.value;
        Self {
            organisation_id: course.organisation_id.uuid(),
            service_id: course.service_id.uuid(),
            title: TextMap::from(&course.title),
            description: course.description.as_ref().map(TextMap::from),
            session_ids: session_ids(found),
            capacity: course.capacity.map(|capacity| capacity.count().into()),
            opens_at: course.enrolment.opens_at,
            closes_at: course.enrolment.closes_at,
            joins_late: course.enrolment.joins_late,
            takes_place: course.takes_place,
            published: course.published,
        }
    }
}

fn session_ids(found: &Found) -> Vec<Uuid> {
    found.session_ids.iter().map(|id| id.uuid()).collect()
}

impl CourseView {
    /// As it is at that time, for staff of its organisation or for anybody.
    fn of(found: &Found, staff: Option<&Staff>, now: DateTime<Utc>) -> Self {
        let course = &found.course.value;
        let organisation = course.organisation_id;
        let is_staff = staff.is_some_and(|staff| staff.may(Permission::ReadSetup, organisation));
        let first = found.calendar.first_start();
        let zone = found.calendar.first_zone();
        let shown = |at| local(at, zone.unwrap_or(Tz::UTC));
        let below = course.is_below_minimum(found.minimum, found.participants, first, now);
        Self {
            id: course.id.uuid(),
            organisation_id: organisation.uuid(),
            service_id: course.service_id.uuid(),
            title: TextMap::from(&course.title),
            description: course.description.as_ref().map(TextMap::from),
            dates: dates(found),
            session_ids: session_ids(found),
            time_zone: zone.map(|zone| zone.name().to_owned()),
            capacity: course.capacity.map(Capacity::count),
            places_left: course.enrolment.places_left(&found.calendar, now),
            opens_at: course.enrolment.opens_at.map(shown),
            closes_at: course.enrolment.closes_at.map(shown),
            joins_late: course.enrolment.joins_late,
            participants: is_staff.then_some(found.participants),
            minimum_participants: found.minimum.map(|it| it.participants.count()),
            minimum_deadline: found
                .minimum
                .zip(first)
                .map(|(it, first)| shown(first.instant() - it.deadline.time_delta())),
            below_minimum: is_staff.then_some(below),
            takes_place: course.takes_place,
            published: course.published,
            etag: etag(found.course.version),
        }
    }
}

fn dates(found: &Found) -> Vec<CourseDateView> {
    let mut openings: Vec<&SessionOpening> = found.calendar.openings.iter().collect();
    openings.sort_by_key(|opening| (opening.opening.from(), opening.session_id));
    let date = |opening: &SessionOpening| {
        let calendar = &found.calendar;
        let zone = calendar.sites.get(&opening.site_id)?.time_zone;
        let service = calendar.services.get(&opening.service_id)?;
        Some(CourseDateView {
            session_id: opening.session_id.uuid(),
            starts_at: local(opening.opening.from().instant(), zone),
            ends_at: local(opening.opening.before().instant(), zone),
            site_id: opening.site_id.uuid(),
            room_id: opening.room_id.map(RoomId::uuid),
            counsellor_id: opening.counsellor_id.uuid(),
            modalities: texts_of(&*opening.modalities),
            languages: texts_of(&calendar.shared_languages(opening, service)),
        })
    };
    openings.into_iter().filter_map(date).collect()
}
