//! From what staff write to what the domain means.

use std::collections::BTreeMap;

use domain::caps::Talks;
use domain::ids::ServiceId;
use domain::minutes::Minutes;
use domain::needs::{Needs, Pieces};
use domain::places::{Capacity, Minimum};
use domain::service::{Format, Service};
use domain::slots::{Timing, TimingError, TimingRules};
use domain::waitlist::OfferLasts;

use persistence::references::References;

use super::{EquipmentNeed, ServiceBody, ServiceView};
use crate::checks::Checks;
use crate::problems::Problem;
use crate::views::TextMap;

impl ServiceBody {
    pub(super) fn read(self, id: ServiceId) -> Result<Service, Problem> {
        let mut checks = Checks::new();
        let timing = self.timing(&mut checks);
        let format = checks.field("/format", self.format.parse());
        let (capacity, minimum) = match format {
            Some(format) => self.places(format, &mut checks),
            None => (None, None),
        };
        let needs = self.needs(&mut checks);
        let visits = format.and_then(|format| self.visits(format, &mut checks));
        let name = self.name.read("/name", &mut checks);
        let description = TextMap::read_optional(self.description, "/description", &mut checks);
        let topic = checks.field("/topic", self.topic.parse());
        let modalities = checks.each("/modalities", &self.modalities, |text| text.parse());
        if self.modalities.is_empty() {
            checks.refuse("/modalities", "a service has at least one modality");
        }
        let languages = checks.each("/languages", &self.languages, |text| text.parse());
        let contact_rule = checks.field("/contact_rule", self.contact_rule.parse());
        let approval = checks.field("/approval", self.approval.parse());
        let within = some_minutes(self.approval_within_minutes);
        let within = checks.field("/approval_within_minutes", within);
        let deadline = minutes(self.cancellation_deadline_minutes, Minutes::MAX);
        let deadline = checks.field("/cancellation_deadline_minutes", deadline);
        let move_deadline = self.reschedule_deadline_minutes;
        let move_deadline = move_deadline.map(|count| minutes(count, Minutes::MAX));
        let move_deadline = checks.optional("/reschedule_deadline_minutes", move_deadline);
        let max_per_week = self.max_per_week.map(Talks::new);
        let max_per_week = checks.optional("/max_per_week", max_per_week);
        let waitlist = self.waitlist_offer_minutes.map(OfferLasts::new);
        let waitlist = checks.optional("/waitlist_offer_minutes", waitlist);
        let has_lists = !matches!(format, Some(Format::Course | Format::Visit));
        if self.waitlist_offer_minutes.is_some() && !has_lists {
            let detail = "a course or a visit has no slot that could be offered to somebody else";
            checks.refuse("/waitlist_offer_minutes", detail);
        }
        checks.finish(|| {
            Some(Service {
                id,
                organisation_id: self.organisation_id.into(),
                name: name?,
                description: description?,
                topic: topic?,
                format: format?,
                modalities: modalities?,
                languages: languages?,
                contact_rule: contact_rule?,
                approval: approval?,
                approval_within: within?,
                timing: timing?,
                cancellation_deadline: deadline?,
                reschedule_deadline: move_deadline?,
                max_per_week: max_per_week?,
                capacity,
                minimum,
                needs: needs?,
                allows_gender_wish: self.allows_gender_wish,
                visits: visits?,
                waitlist: waitlist?,
                draws_online: self.draws_online,
                published: self.published,
            })
        })
    }

    fn needs(&self, checks: &mut Checks) -> Option<Needs> {
        if self.draws_online && self.format != "open_hours" {
            checks.refuse("/draws_online", "only of open hours (`open_hours`)");
        }
        let is_for_many = matches!(self.format.as_str(), "group" | "course");
        if is_for_many && (self.needs_room || self.books_interpreters || !self.equipment.is_empty())
        {
            checks.refuse(
                "/format",
                "a group or a course takes counsellor and room of its session, and nothing else",
            );
        }
        checks.count("/room_features", self.room_features.len(), 0..=20);
        let features = checks.each("/room_features", &self.room_features, |text| text.parse());
        if !self.needs_room && !self.room_features.is_empty() {
            checks.refuse(
                "/room_features",
                "only where a room is needed (`needs_room`)",
            );
        }
        checks.count("/equipment", self.equipment.len(), 0..=20);
        let mut equipment = BTreeMap::new();
        for (place, need) in self.equipment.iter().enumerate() {
            let pieces = Pieces::new(need.pieces);
            let pieces = checks.field(&format!("/equipment/{place}/pieces"), pieces)?;
            if equipment.insert(need.equipment_id.into(), pieces).is_some() {
                checks.refuse(
                    &format!("/equipment/{place}"),
                    "is needed twice: add the pieces up",
                );
            }
        }
        Some(Needs {
            room: self.needs_room,
            room_features: features?,
            interpreters: self.books_interpreters,
            equipment,
        })
    }

    fn timing(&self, checks: &mut Checks) -> Option<Timing> {
        let start_every = self.start_every_minutes.unwrap_or_else(|| {
            self.length_minutes
                .saturating_add(self.buffer_before_minutes)
                .saturating_add(self.buffer_after_minutes)
        });
        let mut taken =
            |pointer: &str, count: i64, most: Minutes| checks.field(pointer, minutes(count, most));
        let length = taken("/length_minutes", self.length_minutes, Minutes::DAY);
        let before = self.buffer_before_minutes;
        let before = taken("/buffer_before_minutes", before, Minutes::DAY);
        let after = taken(
            "/buffer_after_minutes",
            self.buffer_after_minutes,
            Minutes::DAY,
        );
        let notice = self.minimum_notice_minutes;
        let notice = taken("/minimum_notice_minutes", notice, Minutes::MAX);
        let horizon = checks.field("/horizon_days", horizon(self.horizon_days));
        // Where it follows from the length, a wrong one is told there.
        let start_every = match self.start_every_minutes {
            Some(_) => checks.field("/start_every_minutes", minutes(start_every, Minutes::DAY)),
            None => minutes(start_every, Minutes::MAX).ok(),
        };
        let rules = TimingRules {
            length: length?,
            start_every: start_every?,
            buffer_before: before?,
            buffer_after: after?,
            minimum_notice: notice?,
            horizon: horizon?,
        };
        Timing::new(rules)
            .map_err(|error| checks.refuse(pointer_to(error), error))
            .ok()
    }
}

const fn pointer_to(error: TimingError) -> &'static str {
    match error {
        TimingError::NoLength | TimingError::ClaimTooLong => "/length_minutes",
        TimingError::NoGrid => "/start_every_minutes",
    }
}

fn minutes(count: i64, most: Minutes) -> Result<Minutes, String> {
    u32::try_from(count)
        .ok()
        .and_then(|count| Minutes::new(count).ok())
        .filter(|minutes| *minutes <= most)
        .ok_or_else(|| format!("is 0 to {} minutes", most.count()))
}

fn some_minutes(count: i64) -> Result<Minutes, String> {
    minutes(count, Minutes::MAX)
        .ok()
        .filter(|minutes| *minutes > Minutes::NONE)
        .ok_or_else(|| format!("is 1 to {} minutes", Minutes::MAX.count()))
}

fn horizon(days: i64) -> Result<Minutes, &'static str> {
    u32::try_from(days)
        .ok()
        .filter(|days| (1..=366).contains(days))
        .and_then(|days| Minutes::new(days * Minutes::DAY.count()).ok())
        .ok_or("a service can be booked from 1 to 366 days before its start")
}

impl ServiceBody {
    /// The capacity and the minimum; what is missing or too much is refused.
    fn places(&self, format: Format, checks: &mut Checks) -> (Option<Capacity>, Option<Minimum>) {
        if !format.has_places() {
            let detail = "only a group or a course has places";
            for (pointer, given) in [
                ("/capacity", self.capacity),
                ("/minimum_participants", self.minimum_participants),
                ("/minimum_deadline_minutes", self.minimum_deadline_minutes),
            ] {
                if given.is_some() {
                    checks.refuse(pointer, detail);
                }
            }
            return (None, None);
        }
        if self.max_per_week.is_some() {
            checks.refuse(
                "/max_per_week",
                "a group or a course has places, and no talks",
            );
        }
        let Some(capacity) = self.capacity else {
            checks.refuse("/capacity", "a group or a course has a capacity");
            return (None, None);
        };
        let capacity = checks.field("/capacity", Capacity::new(capacity));
        (capacity, self.minimum(capacity, checks))
    }

    fn minimum(&self, capacity: Option<Capacity>, checks: &mut Checks) -> Option<Minimum> {
        let (participants, deadline) =
            match (self.minimum_participants, self.minimum_deadline_minutes) {
                (None, None) => return None,
                (Some(participants), Some(deadline)) => (participants, deadline),
                (None, Some(_)) => {
                    checks.refuse(
                        "/minimum_participants",
                        "goes with `minimum_deadline_minutes`",
                    );
                    return None;
                }
                (Some(_), None) => {
                    checks.refuse(
                        "/minimum_deadline_minutes",
                        "goes with `minimum_participants`",
                    );
                    return None;
                }
            };
        let participants = Capacity::new(participants)
            .ok()
            .filter(|it| capacity.is_none_or(|capacity| *it <= capacity))
            .ok_or("is at least 1 and at most the capacity");
        let participants = checks.field("/minimum_participants", participants);
        let deadline = minutes(deadline, Minutes::MAX);
        let deadline = checks.field("/minimum_deadline_minutes", deadline);
        Some(Minimum {
            participants: participants?,
            deadline: deadline?,
        })
    }
}

pub(super) fn equipment_of(needs: &Needs) -> Vec<EquipmentNeed> {
    let equipment = needs.equipment.iter();
    let needed = equipment.map(|(id, pieces)| EquipmentNeed {
        equipment_id: id.uuid(),
        pieces: pieces.count().into(),
    });
    needed.collect()
}

pub(super) fn references_of(service: &Service) -> References {
    References {
        equipment_ids: service.needs.equipment.keys().copied().collect(),
        ..References::of(service.organisation_id)
    }
}

impl From<ServiceView> for ServiceBody {
    fn from(view: ServiceView) -> Self {
        Self {
            organisation_id: view.organisation_id,
            name: view.name,
            description: view.description,
            topic: view.topic,
            format: view.format,
            modalities: view.modalities,
            languages: view.languages,
            contact_rule: view.contact_rule,
            approval: view.approval,
            approval_within_minutes: view.approval_within_minutes.into(),
            length_minutes: view.length_minutes.into(),
            start_every_minutes: Some(view.start_every_minutes.into()),
            buffer_before_minutes: view.buffer_before_minutes.into(),
            buffer_after_minutes: view.buffer_after_minutes.into(),
            minimum_notice_minutes: view.minimum_notice_minutes.into(),
            horizon_days: view.horizon_days.into(),
            cancellation_deadline_minutes: view.cancellation_deadline_minutes.into(),
            reschedule_deadline_minutes: view.reschedule_deadline_minutes.map(Into::into),
            max_per_week: view.max_per_week.map(Into::into),
            capacity: view.capacity.map(Into::into),
            minimum_participants: view.minimum_participants.map(Into::into),
            minimum_deadline_minutes: view.minimum_deadline_minutes.map(Into::into),
            needs_room: view.needs_room,
            room_features: view.room_features,
            books_interpreters: view.books_interpreters,
            equipment: view.equipment,
            allows_gender_wish: view.allows_gender_wish,
            travel_minutes_per_km: view.travel_minutes_per_km.map(Into::into),
            travel_minimum_minutes: view.travel_minimum_minutes.map(Into::into),
            volunteers: view.volunteers.map(Into::into),
            waitlist_offer_minutes: view.waitlist_offer_minutes.map(Into::into),
            draws_online: view.draws_online,
            published: view.published,
        }
    }
}
