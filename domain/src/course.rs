//! Courses: several sessions that are booked as one, and attended date by date.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::actor::Actor;
use crate::booking::Wish;
use crate::calendar::{Calendar, SessionOpening};
use crate::contact::ContactError;
use crate::ids::{CourseId, OrganisationId, ServiceId};
use crate::minutes::{Minutes, WholeMinute, minute_at_or_after};
use crate::places::{Capacity, Minimum};
use crate::series::{Date, NewAppointment};
use crate::slot_id::SlotId;
use crate::texts::Texts;

/// How many dates a course has at most.
pub const MOST_DATES: usize = 52;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    pub id: CourseId,
    pub organisation_id: OrganisationId,
    pub service_id: ServiceId,
    pub title: Texts,
    pub description: Option<Texts>,
    /// How many places each date has, where that is not what the service says.
    pub capacity: Option<Capacity>,
    pub enrolment: Enrolment,
    /// Whether it was decided that it takes place, also below its minimum.
    pub takes_place: bool,
    pub published: bool,
}

/// When a course can be booked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Enrolment {
    pub opens_at: Option<DateTime<Utc>>,
    /// With the notice that the service wants, unless given.
    pub closes_at: Option<DateTime<Utc>>,
    /// Whether it can be booked when it has begun: what is left of it then.
    pub joins_late: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("closes after it opens")]
pub struct NeverOpen;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotJoin {
    #[error("this course can be booked only from {0} on")]
    NotOpen(DateTime<Utc>),
    #[error("this course can be booked no more")]
    Closed,
    #[error("this course has begun, and nobody joins it late")]
    Begun,
    #[error("this course has no more dates")]
    NoDates,
}

impl Enrolment {
    pub fn new(
        opens_at: Option<DateTime<Utc>>,
        closes_at: Option<DateTime<Utc>>,
        joins_late: bool,
    ) -> Result<Self, NeverOpen> {
        let never = opens_at
            .zip(closes_at)
            .is_some_and(|(opens, closes)| closes <= opens);
        if never {
            return Err(NeverOpen);
        }
        Ok(Self {
            opens_at,
            closes_at,
            joins_late,
        })
    }

    /// The slots that somebody takes who books now, by the course's own calendar: all of them, or
    /// those that are left, in their order. Whether they are free is decided apart.
    pub fn slots(self, calendar: &Calendar, now: DateTime<Utc>) -> Result<Vec<SlotId>, CannotJoin> {
        if let Some(opens_at) = self.opens_at.filter(|opens_at| now < *opens_at) {
            return Err(CannotJoin::NotOpen(opens_at));
        }
        if self.closes_at.is_some_and(|closes_at| now >= closes_at) {
            return Err(CannotJoin::Closed);
        }
        let mut slots: Vec<SlotId> = calendar.openings.iter().map(slot_of).collect();
        slots.sort_by_key(|slot| (slot.starts_at, slot.session_id));
        let all = slots.len();
        let now = minute_at_or_after(now);
        slots.retain(|slot| {
            let notice = calendar.notice_of(slot.service_id);
            i64::from(slot.starts_at.epoch_minutes()) >= now + i64::from(notice.count())
        });
        match slots.len() {
            0 if all == 0 => Err(CannotJoin::NoDates),
            left if left < all && !self.joins_late => Err(CannotJoin::Begun),
            0 => Err(CannotJoin::NoDates),
            _ => Ok(slots),
        }
    }

    /// How many can book it now: as many as have a place on each of its dates.
    #[must_use]
    pub fn places_left(self, calendar: &Calendar, now: DateTime<Utc>) -> u32 {
        let Ok(slots) = self.slots(calendar, now) else {
            return 0;
        };
        let open = calendar.of_a_course();
        let left = slots.iter().map(|slot| {
            let bid = open.bid(slot, now);
            bid.map_or(0, |bid| bid.places_left)
        });
        left.min().unwrap_or_default()
    }
}

fn slot_of(opening: &SessionOpening) -> SlotId {
    SlotId {
        organisation_id: opening.organisation_id,
        session_id: opening.session_id,
        service_id: opening.service_id,
        starts_at: opening.opening.from(),
    }
}

impl Calendar {
    fn notice_of(&self, service: ServiceId) -> Minutes {
        let service = self.services.get(&service);
        service.map_or(Minutes::NONE, |service| {
            service.timing.rules().minimum_notice
        })
    }

    /// Of a course: it is the enrolment that opens and closes, not each date by itself.
    fn of_a_course(&self) -> Self {
        let mut calendar = self.clone();
        for service in calendar.services.values_mut() {
            service.timing = service.timing.at_any_time();
        }
        calendar
    }

    /// The first date of a course.
    #[must_use]
    pub fn first_start(&self) -> Option<WholeMinute> {
        let starts = self.openings.iter().map(|opening| opening.opening.from());
        starts.min()
    }

    /// The clocks of the place of its first date.
    #[must_use]
    pub fn first_zone(&self) -> Option<Tz> {
        let openings = self.openings.iter();
        let first = openings.min_by_key(|opening| (opening.opening.from(), opening.session_id))?;
        self.sites.get(&first.site_id).map(|site| site.time_zone)
    }
}

/// Decides about each of the slots of a course. `wish` is the same for all of them, but for its
/// slot. A contact that the service does not take spoils them all.
pub fn book_course(
    wish: &Wish,
    slots: &[(SlotId, NewAppointment)],
    calendar: &Calendar,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Vec<Date>, ContactError> {
    let mut calendar = calendar.of_a_course();
    let date = |(slot, new): &(SlotId, NewAppointment)| {
        Date::book(wish, *slot, new, &mut calendar, actor, now)
    };
    slots.iter().map(date).collect()
}

impl Course {
    /// Whether the coordinator has to decide if it takes place: the deadline before its first date
    /// has passed, and fewer have booked.
    #[must_use]
    pub fn is_below_minimum(
        &self,
        minimum: Option<Minimum>,
        participants: u32,
        first_start: Option<WholeMinute>,
        now: DateTime<Utc>,
    ) -> bool {
        let missed = minimum
            .zip(first_start)
            .is_some_and(|(minimum, first)| minimum.is_missed(participants, first.instant(), now));
        missed && !self.takes_place
    }
}

#[cfg(test)]
mod tests;
