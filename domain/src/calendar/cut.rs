//! From a calendar to the slots that it offers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::capped::AllCapped;
use super::{Calendar, OfferedSlot, SessionOpening};
use crate::ids::{CounsellorId, ServiceId, SessionId, SiteId};
use crate::minutes::minute_at_or_after;
use crate::modality::Modality;
use crate::slots::{BusySpans, Offer, Slot, free_slots};
use crate::span::Span;
use crate::texts::LanguageTag;

/// How many openings start in the first piece of a window; in each further one twice as many.
const OPENINGS_AT_FIRST: usize = 24;

/// The window in pieces, one behind the other.
pub(super) fn pieces(openings: &[SessionOpening], window: Span) -> Vec<Span> {
    if openings.len() <= OPENINGS_AT_FIRST {
        return vec![window];
    }
    let mut starts: Vec<_> = openings.iter().map(|it| it.opening.from()).collect();
    starts.sort_unstable();
    let places = std::iter::successors(Some(OPENINGS_AT_FIRST), |place| Some(place * 2));
    let ends = places.map_while(|place| Some(starts.get(place)?.instant()));
    let ends = ends.filter(|end| *end < window.before());
    let mut from = window.from();
    ends.chain([window.before()])
        .filter_map(|before| {
            let piece = Span::new(from, before).ok()?;
            from = before;
            Some(piece)
        })
        .collect()
}

/// A calendar at some moment, with what all of its slots are decided by.
pub(super) struct Cut<'a> {
    calendar: &'a Calendar,
    now: DateTime<Utc>,
    holidays: BTreeMap<SiteId, BusySpans>,
    capped: AllCapped,
}

impl<'a> Cut<'a> {
    pub(super) fn new(calendar: &'a Calendar, now: DateTime<Utc>) -> Self {
        Self {
            calendar,
            now,
            holidays: calendar.holidays(),
            capped: calendar.capped(),
        }
    }

    /// The free slots that start in the window, in the order of their starts.
    pub(super) fn slots(&self, window: Span) -> Vec<OfferedSlot> {
        let [from, before] = [window.from(), window.before()].map(minute_at_or_after);
        let openings = || {
            let all = self.calendar.openings.iter();
            all.filter(|it| i64::from(it.opening.from().epoch_minutes()) < before)
                .filter(|it| i64::from(it.opening.before().epoch_minutes()) > from)
        };
        let offer = |opening| {
            self.calendar
                .offer(opening, &self.holidays, &self.capped, self.now)
        };
        let offers: Vec<Offer<'_>> = openings().filter_map(offer).collect();
        let free = free_slots(&offers, &self.calendar.occupied, window, self.now);
        let common = self.calendar.common(openings());
        free.filter_map(|slot| {
            let common = common.get(&(slot.id.session_id, slot.id.service_id))?;
            Some(common.offer(slot))
        })
        .collect()
    }
}

/// What the slots of one service in one session have in common.
pub(super) struct Common {
    pub(super) time_zone: Tz,
    pub(super) modalities: Arc<BTreeSet<Modality>>,
    pub(super) languages: Arc<BTreeSet<LanguageTag>>,
}

impl Common {
    pub(super) fn offer(&self, slot: Slot) -> OfferedSlot {
        OfferedSlot {
            slot,
            time_zone: self.time_zone,
            modalities: Arc::clone(&self.modalities),
            languages: Arc::clone(&self.languages),
        }
    }
}

impl Calendar {
    /// By session and service. What a counsellor speaks of a service's languages is worked out
    /// once, however many sessions they have.
    fn common<'o>(
        &self,
        openings: impl Iterator<Item = &'o SessionOpening>,
    ) -> BTreeMap<(SessionId, ServiceId), Common> {
        let mut languages: BTreeMap<(ServiceId, CounsellorId), _> = BTreeMap::new();
        let openings = openings.filter_map(|opening| {
            let service = self.services.get(&opening.service_id)?;
            let shared = languages
                .entry((opening.service_id, opening.counsellor_id))
                .or_insert_with(|| Arc::new(self.shared_languages(opening, service)));
            let common = Common {
                time_zone: self.sites.get(&opening.site_id)?.time_zone,
                modalities: Arc::clone(&opening.modalities),
                languages: Arc::clone(shared),
            };
            Some(((opening.session_id, opening.service_id), common))
        });
        openings.collect()
    }
}
