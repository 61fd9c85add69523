//! What is known about a stretch of time before slots are cut from it: the openings with their
//! services and sites, and what occupies them.

mod capped;
mod closed_days;
mod counting;
mod cut;
mod explain;
mod visits;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use self::capped::AllCapped;
use self::cut::{Common, Cut, pieces};
use crate::caps::{CounsellorCaps, Talks};
use crate::holidays::FederalState;
use crate::ids::{CounsellorId, OrganisationId, ResourceId, RoomId, ServiceId, SessionId, SiteId};
use crate::kept::{Kept, Reader};
use crate::minutes::Minutes;
use crate::modality::Modality;
use crate::places::Places;
use crate::service::{ContactRule, Format};
use crate::slot_id::SlotId;
use crate::slots::{
    BusySpans, Claim, Occupied, Offer, Opening, Pool, Slot, Timing, Unbookable, is_free,
};
use crate::span::Span;
use crate::texts::LanguageTag;
use crate::visits::Visits;
pub use explain::{Answer, Explained, Question, Wishes};
pub use visits::HomeError;

/// Everything that decides about the slots of some sessions. A session whose service, site,
/// counsellor or room is not told of has no slots: it is not there any more.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    pub openings: Vec<SessionOpening>,
    pub services: BTreeMap<ServiceId, Bookable>,
    pub sites: BTreeMap<SiteId, SiteCalendar>,
    pub counsellors: BTreeMap<CounsellorId, BTreeSet<LanguageTag>>,
    /// Of those counsellors who have any.
    pub caps: BTreeMap<CounsellorId, CounsellorCaps>,
    /// What claims the counsellors who have caps, each claim by itself.
    pub talks: BTreeMap<CounsellorId, Vec<Span>>,
    /// Which places of weeks are taken, of services with a cap.
    pub places_taken: BTreeMap<ServiceId, Vec<DateTime<Utc>>>,
    pub rooms: BTreeSet<RoomId>,
    pub occupied: Occupied,
    /// For whom it is cut into slots.
    pub reader: Reader,
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
    /// The ways on which the service is held in it, as they are switched at the moment.
    pub modalities: Arc<BTreeSet<Modality>>,
    pub opens_on_holidays: bool,
    /// What the service takes besides, behind the room where that is on loan. Nothing else of it is the
    /// counsellor or the room.
    pub pools: Arc<[Pool]>,
    /// Of a visit, who could come.
    pub visits: Option<Arc<Visits>>,
    /// Of a visit, how long the way takes, once it is told where to and is not too far.
    pub way: Option<Minutes>,
    /// Of a session that many attend at once, where they are known.
    pub places: Option<Places>,
    pub kept: Kept,
}

/// The rules of a service that decide about a booking.
#[derive(Debug, Clone)]
pub struct Bookable {
    pub format: Format,
    pub timing: Timing,
    pub contact_rule: ContactRule,
    /// How long the organisation has to answer a request; none where it wants to approve nothing.
    pub approval_within: Option<Minutes>,
    pub cancellation_deadline: Minutes,
    pub reschedule_deadline: Minutes,
    pub max_per_week: Option<Talks>,
    pub languages: BTreeSet<LanguageTag>,
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
    pub modalities: Arc<BTreeSet<Modality>>,
    pub languages: Arc<BTreeSet<LanguageTag>>,
}

/// What a booking takes, when it may.
#[derive(Debug, Clone)]
pub struct Bid<'a> {
    pub claim: Claim,
    pub opening: &'a SessionOpening,
    pub service: &'a Bookable,
    pub time_zone: Tz,
    /// Which place of the week it takes, where the service has a cap.
    pub place_in_week: Option<Span>,
    /// How many could book it, the one who asks among them.
    pub places_left: u32,
}

impl SessionOpening {
    /// The room as a pool of its own, where it is on loan and the session has not claimed it yet.
    fn room_on_loan(&self, places: &Places) -> &[Pool] {
        let room = self.room_id.map(ResourceId::from);
        let is_room =
            |pool: &Pool| matches!(pool.members[..], [ref only] if Some(only.resource_id) == room);
        let is_claimed = room.is_none_or(|room| places.claimed.contains(&room));
        match &self.pools[..] {
            [first, ..] if is_room(first) && !is_claimed => &self.pools[..1],
            _ => &[],
        }
    }
}

impl Bookable {
    /// How long a slot of it is claimed in such a session, buffers included.
    #[must_use]
    pub fn claim_length(&self, opening: Opening) -> TimeDelta {
        let whole = self.format.has_places().then(|| self.timing.whole(opening));
        let rules = whole.flatten().unwrap_or(self.timing).rules();
        let parts = [rules.buffer_before, rules.length, rules.buffer_after];
        parts.into_iter().map(Minutes::time_delta).sum()
    }
}

impl Calendar {
    /// The free slots that start in the window, in the order of their starts.
    #[must_use]
    pub fn slots(&self, window: Span, now: DateTime<Utc>) -> Vec<OfferedSlot> {
        Cut::new(self, now).slots(window)
    }

    /// The same slots one by one, cut no further than they are asked for.
    pub fn slots_as_needed(
        &self,
        window: Span,
        now: DateTime<Utc>,
    ) -> impl Iterator<Item = OfferedSlot> {
        let cut = Cut::new(self, now);
        let pieces = pieces(&self.openings, window).into_iter();
        pieces.flat_map(move |piece| cut.slots(piece))
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
        let capped = self.capped();
        let service = self.services.get(&opening.service_id).ok_or_else(gone)?;
        if self.is_out_of_reach(opening) {
            return Err(Unbookable::TooFar);
        }
        let offer = self.offer(opening, &holidays, &capped, now);
        let offer = offer.ok_or_else(gone)?;
        let site = self.sites.get(&opening.site_id).ok_or_else(gone)?;
        let claim = is_free(&offer, slot.starts_at, &self.occupied, now)?;
        Ok(Bid {
            claim,
            opening,
            service,
            time_zone: site.time_zone,
            places_left: offer.places_left(),
            place_in_week: offer.week.and_then(|week| week.next_place(slot.starts_at)),
        })
    }

    fn offer<'a>(
        &'a self,
        opening: &'a SessionOpening,
        holidays: &'a BTreeMap<SiteId, BusySpans>,
        capped: &'a AllCapped,
        now: DateTime<Utc>,
    ) -> Option<Offer<'a>> {
        let closed = holidays.get(&opening.site_id);
        let is_there = self.sites.contains_key(&opening.site_id)
            && self.counsellors.contains_key(&opening.counsellor_id)
            && opening
                .room_id
                .is_none_or(|room| self.rooms.contains(&room));
        is_there.then_some(())?;
        let service = self.services.get(&opening.service_id)?;
        let (timing, places) = match &opening.places {
            _ if service.format == Format::Visit => (service.timing.with_way(opening.way?)?, None),
            _ if !service.format.has_places() => (service.timing, None),
            Some(places) => (service.timing.whole(opening.opening)?, Some(places)),
            None => return None,
        };
        let (timing, at_desk) = self.given(opening, timing, now)?;
        Some(Offer {
            organisation_id: opening.organisation_id,
            session_id: opening.session_id,
            service_id: opening.service_id,
            site_id: opening.site_id,
            counsellor_id: opening.counsellor_id,
            room_id: opening.room_id,
            opening: opening.opening,
            timing,
            places,
            at_desk,
            closed_on: closed.filter(|_| !opening.opens_on_holidays),
            // A group counts as one, whoever comes to it besides.
            capped: capped
                .counsellors
                .get(&(opening.counsellor_id, opening.site_id))
                .filter(|_| places.is_none()),
            week: capped
                .services
                .get(&(opening.service_id, opening.site_id))
                .filter(|_| places.is_none()),
            // What a session that many attend takes is its own counsellor and room,
            // and has to have its room on loan only until it has claimed it.
            pools: match places {
                Some(places) => opening.room_on_loan(places),
                None => &opening.pools,
            },
        })
    }

    /// The rules of time for whoever reads this, and how many places are kept from them; `None`
    /// where all of it is.
    fn given(
        &self,
        opening: &SessionOpening,
        timing: Timing,
        now: DateTime<Utc>,
    ) -> Option<(Timing, u32)> {
        let kept = opening.kept;
        if !kept.is_something() || self.reader.is_given(opening) {
            return Some((timing, 0));
        }
        let timing = if kept.staff_only {
            timing.not_before(kept.opens_to_all?)
        } else {
            timing
        };
        // A session that has places is one slot, which starts with it.
        let is_open = kept.is_open_to_all(opening.opening.from(), now);
        let at_desk = if is_open { 0 } else { kept.desk_places.count() };
        Some((timing, at_desk.into()))
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
            places_left: bid.places_left,
        };
        let common = Common {
            time_zone: bid.time_zone,
            modalities: Arc::clone(&bid.opening.modalities),
            languages: Arc::new(self.shared_languages(bid.opening, bid.service)),
        };
        common.offer(slot)
    }

    /// What service and counsellor have in common.
    #[must_use]
    pub fn shared_languages(
        &self,
        opening: &SessionOpening,
        service: &Bookable,
    ) -> BTreeSet<LanguageTag> {
        let spoken = self.counsellors.get(&opening.counsellor_id);
        let shared = spoken.map(|spoken| service.languages.intersection(spoken).cloned());
        shared.into_iter().flatten().collect()
    }
}

/// Sessions are found by their start: none is longer than this.
pub const LONGEST_SESSION: TimeDelta = TimeDelta::hours(25);

#[cfg(test)]
mod tests;
