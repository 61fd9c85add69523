//! Who is offered what.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::{OfferLasts, WaitlistWish, offer_due};
use crate::calendar::OfferedSlot;
use crate::ids::{ResourceId, ServiceId, WaitlistEntryId};
use crate::minutes::Minutes;
use crate::modality::Modality;
use crate::slot_id::SlotId;
use crate::span::Span;

/// Somebody who waits, as far as it decides what they are offered.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub id: WaitlistEntryId,
    pub wish: WaitlistWish,
    /// What they were offered before: nobody is asked twice about the same slot.
    pub passed: BTreeSet<SlotId>,
    /// How long their service lets them think.
    pub lasts: OfferLasts,
    /// How long before its start a slot of their service can be booked.
    pub notice: Minutes,
}

/// What is offered to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assigned {
    pub entry_id: WaitlistEntryId,
    pub slot: SlotId,
    pub modality: Modality,
    pub expires_at: DateTime<Utc>,
}

/// Each in the line, from the front, gets the first slot that fits and that nobody before them got.
/// The slots come in the order of their starts. No two of them take the same counsellor or room at
/// a time; whatever else they take is decided when they are held.
#[must_use]
pub fn assign(
    line: &[Waiting],
    free: &BTreeMap<ServiceId, Vec<OfferedSlot>>,
    now: DateTime<Utc>,
) -> Vec<Assigned> {
    let mut taken = Taken::default();
    let offers = line.iter().filter_map(|waiting| {
        let slots = free.get(&waiting.wish.service_id)?;
        let mut fitting = slots.iter().filter_map(|slot| waiting.offer(slot, now));
        let (offered, assigned) = fitting.find(|(offered, _)| taken.has_left(offered))?;
        taken.take(offered);
        Some(assigned)
    });
    offers.collect()
}

impl Waiting {
    /// What they would be offered of a slot, if it fits.
    fn offer<'s>(
        &self,
        offered: &'s OfferedSlot,
        now: DateTime<Utc>,
    ) -> Option<(&'s OfferedSlot, Assigned)> {
        let slot = offered.slot.id;
        if self.passed.contains(&slot) || !self.wish.fits(offered) {
            return None;
        }
        let expires_at = offer_due(offered.slot.span.from(), self.lasts, self.notice, now)?;
        let modality = (self.wish.modality).or_else(|| offered.modalities.first().copied())?;
        let assigned = Assigned {
            entry_id: self.id,
            slot,
            modality,
            expires_at,
        };
        Some((offered, assigned))
    }
}

/// What has been given away.
#[derive(Default)]
struct Taken {
    places: BTreeMap<SlotId, u32>,
    times: BTreeMap<ResourceId, Vec<(SlotId, Span)>>,
}

impl Taken {
    fn has_left(&self, offered: &OfferedSlot) -> bool {
        let slot = &offered.slot;
        let given = self.places.get(&slot.id).copied().unwrap_or_default();
        let is_other = |(id, span): &(SlotId, Span)| *id != slot.id && span.overlaps(slot.claim);
        let mut times = resources(offered).filter_map(|resource| self.times.get(&resource));
        given < slot.places_left && !times.any(|times| times.iter().any(is_other))
    }

    fn take(&mut self, offered: &OfferedSlot) {
        let slot = &offered.slot;
        *self.places.entry(slot.id).or_default() += 1;
        for resource in resources(offered) {
            let times = self.times.entry(resource).or_default();
            times.push((slot.id, slot.claim));
        }
    }
}

fn resources(offered: &OfferedSlot) -> impl Iterator<Item = ResourceId> {
    let room = offered.slot.room_id.map(ResourceId::from);
    std::iter::once(offered.slot.counsellor_id.into()).chain(room)
}
