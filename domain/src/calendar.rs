//! What is known about a stretch of time before slots are cut from it: the openings with their
//! services and sites, and what occupies them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::holidays::{FederalState, holiday_on};
use crate::ids::{CounsellorId, OrganisationId, RoomId, ServiceId, SessionId, SiteId};
use crate::minutes::Minutes;
use crate::modality::Modality;
use crate::schedule::instant_of;
use crate::service::ContactRule;
use crate::slot_id::SlotId;
use crate::slots::{
    BusySpans, Claim, Occupied, Offer, Opening, Slot, Timing, Unbookable, free_slots, is_free,
};
use crate::span::Span;
use crate::texts::LanguageTag;

/// Everything that decides about the slots of some sessions.
#[derive(Debug, Clone)]
pub struct Calendar {
    pub openings: Vec<SessionOpening>,
    pub services: BTreeMap<ServiceId, Bookable>,
    pub sites: BTreeMap<SiteId, SiteCalendar>,
    pub counsellors: BTreeMap<CounsellorId, BTreeSet<LanguageTag>>,
    pub occupied: Occupied,
}

/// One service in one session.
#[derive(Debug, Clone)]
pub struct SessionOpening {
    pub organisation_id: OrganisationId,
    pub session_id: SessionId,
    pub service_id: ServiceId,
    pub site_id: SiteId,
    pub counsellor_id: CounsellorId,
    pub room_id: Option<RoomId>,
    pub opening: Opening,
    pub modalities: BTreeSet<Modality>,
    pub opens_on_holidays: bool,
}

/// The rules of a service that decide about a booking.
#[derive(Debug, Clone)]
pub struct Bookable {
    pub timing: Timing,
    pub contact_rule: ContactRule,
    pub cancellation_deadline: Minutes,
    pub languages: BTreeSet<LanguageTag>,
    pub modalities: BTreeSet<Modality>,
}

#[derive(Debug, Clone, Copy)]
pub struct SiteCalendar {
    pub time_zone: Tz,
    pub federal_state: FederalState,
}

/// A free slot, with what a visitor wants to know of it.
#[derive(Debug, Clone)]
pub struct OfferedSlot {
    pub slot: Slot,
    pub time_zone: Tz,
    pub modalities: BTreeSet<Modality>,
    pub languages: BTreeSet<LanguageTag>,
}

/// What a booking takes, when it may.
#[derive(Debug, Clone)]
pub struct Bid<'a> {
    pub claim: Claim,
    pub opening: &'a SessionOpening,
    pub service: &'a Bookable,
    pub time_zone: Tz,
}

impl Calendar {
    /// The free slots that start in the window, in the order of their starts.
    #[must_use]
    pub fn slots(&self, window: Span, now: DateTime<Utc>) -> Vec<OfferedSlot> {
        let holidays = self.holidays();
        let offers: Vec<Offer<'_>> = self
            .openings
            .iter()
            .filter_map(|opening| self.offer(opening, &holidays))
            .collect();
        let free = free_slots(&offers, &self.occupied, window, now);
        free.into_iter()
            .filter_map(|slot| self.offered(slot))
            .collect()
    }

    /// Decides about one slot by the same rules.
    pub fn bid(&self, slot: &SlotId, now: DateTime<Utc>) -> Result<Bid<'_>, Unbookable> {
        let gone = || Unbookable::OutsideSession;
        let opening = self
            .openings
            .iter()
            .find(|opening| {
                opening.organisation_id == slot.organisation_id
                    && opening.session_id == slot.session_id
                    && opening.service_id == slot.service_id
            })
            .ok_or_else(gone)?;
        let holidays = self.holidays();
        let offer = self.offer(opening, &holidays).ok_or_else(gone)?;
        let service = self.services.get(&opening.service_id).ok_or_else(gone)?;
        let site = self.sites.get(&opening.site_id).ok_or_else(gone)?;
        let claim = is_free(&offer, slot.starts_at, &self.occupied, now)?;
        Ok(Bid {
            claim,
            opening,
            service,
            time_zone: site.time_zone,
        })
    }

    fn offer<'a>(
        &self,
        opening: &SessionOpening,
        holidays: &'a BTreeMap<SiteId, BusySpans>,
    ) -> Option<Offer<'a>> {
        let closed = holidays.get(&opening.site_id);
        Some(Offer {
            organisation_id: opening.organisation_id,
            session_id: opening.session_id,
            service_id: opening.service_id,
            site_id: opening.site_id,
            counsellor_id: opening.counsellor_id,
            room_id: opening.room_id,
            opening: opening.opening,
            timing: self.services.get(&opening.service_id)?.timing,
            closed_on: closed.filter(|_| !opening.opens_on_holidays),
        })
    }

    fn offered(&self, slot: Slot) -> Option<OfferedSlot> {
        let opening = self.openings.iter().find(|opening| {
            opening.session_id == slot.id.session_id && opening.service_id == slot.id.service_id
        })?;
        let service = self.services.get(&slot.id.service_id)?;
        let site = self.sites.get(&slot.site_id)?;
        Some(self.shown(slot, opening, service, site.time_zone))
    }

    /// A slot that was bid for, as the list shows it.
    #[must_use]
    pub fn describe(&self, bid: &Bid<'_>, id: SlotId) -> OfferedSlot {
        let slot = Slot {
            id,
            span: bid.claim.slot,
            claim: bid.claim.span,
            site_id: bid.opening.site_id,
            counsellor_id: bid.opening.counsellor_id,
            room_id: bid.opening.room_id,
        };
        self.shown(slot, bid.opening, bid.service, bid.time_zone)
    }

    fn shown(
        &self,
        slot: Slot,
        opening: &SessionOpening,
        service: &Bookable,
        time_zone: Tz,
    ) -> OfferedSlot {
        let spoken = self.counsellors.get(&opening.counsellor_id);
        let languages =
            spoken.map(|spoken| service.languages.intersection(spoken).cloned().collect());
        OfferedSlot {
            slot,
            time_zone,
            modalities: opening
                .modalities
                .intersection(&service.modalities)
                .copied()
                .collect(),
            languages: languages.unwrap_or_default(),
        }
    }

    /// The public holidays of each site's federal state, on the days of the openings.
    fn holidays(&self) -> BTreeMap<SiteId, BusySpans> {
        let mut spans: BTreeMap<SiteId, Vec<Span>> = BTreeMap::new();
        for opening in &self.openings {
            let Some(site) = self.sites.get(&opening.site_id) else {
                continue;
            };
            let first = opening
                .opening
                .from()
                .instant()
                .with_timezone(&site.time_zone)
                .date_naive();
            let last = opening
                .opening
                .before()
                .instant()
                .with_timezone(&site.time_zone)
                .date_naive();
            for date in first.iter_days().take_while(|date| *date <= last) {
                if holiday_on(site.federal_state, date).is_none() {
                    continue;
                }
                let midnight = |date: chrono::NaiveDate| {
                    instant_of(date.and_time(chrono::NaiveTime::MIN), site.time_zone)
                };
                let next = date.succ_opt().and_then(midnight);
                if let (Some(from), Some(before)) = (midnight(date), next)
                    && let Ok(span) = Span::new(from, before)
                {
                    spans.entry(opening.site_id).or_default().push(span);
                }
            }
        }
        spans
            .into_iter()
            .map(|(site, spans)| (site, BusySpans::from_unsorted(spans)))
            .collect()
    }
}

/// Sessions are found by their start: none is longer than this.
pub const LONGEST_SESSION: TimeDelta = TimeDelta::hours(25);

#[cfg(test)]
mod tests;
