use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::answer_due;
use crate::appointment::Place;
use crate::booking::Claimed;
use crate::calendar::OfferedSlot;
use crate::ids::{AppointmentId, CounsellorId, ResourceId, ServiceId};
use crate::minutes::Minutes;
use crate::modality::Modality;
use crate::slot_id::SlotId;
use crate::span::Span;
use crate::texts::LanguageTag;
use crate::visits::Doorstep;

/// An appointment that cannot take place, as far as it decides what is proposed instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stranded {
    pub id: AppointmentId,
    pub service_id: ServiceId,
    pub counsellor_id: CounsellorId,
    pub language: Option<LanguageTag>,
    pub modality: Modality,
    /// Where a visit is wanted.
    pub doorstep: Option<Doorstep>,
}

/// What decides which slots are free for an appointment: its service, and where a visit leads.
pub type Wanted = (ServiceId, Option<Doorstep>);

/// What is proposed to whom.
#[derive(Debug, Clone)]
pub struct Choice {
    pub appointment_id: AppointmentId,
    pub rank: u8,
    pub place: Place,
    pub claimed: Claimed,
    pub time_zone: Tz,
    pub expires_at: DateTime<Utc>,
}

/// The best slots for each, at most `each`: with the same counsellor first, then in the same
/// language, then any; on the same way, then the soonest. No two of them claim the same at a time.
/// Everybody gets one before anybody gets a second; those who come first in the list choose first.
///
/// `take` says what a slot takes on that way, if it still gives it beside all that was taken before.
pub fn choose(
    stranded: &[Stranded],
    free: &BTreeMap<Wanted, Vec<OfferedSlot>>,
    take: impl FnMut(Wanted, &OfferedSlot, Modality) -> Option<(Place, Claimed)>,
    each: u8,
    within: Minutes,
    now: DateTime<Utc>,
) -> Vec<Choice> {
    let mut table = Table {
        free,
        take,
        gone: BTreeSet::new(),
        taken: BTreeMap::new(),
    };
    let mut choices = Vec::new();
    for rank in 1..=each {
        for appointment in stranded {
            choices.extend(table.choose(appointment, rank, within, now));
        }
    }
    choices
}

/// What is left to choose from.
struct Table<'f, T> {
    free: &'f BTreeMap<Wanted, Vec<OfferedSlot>>,
    take: T,
    gone: BTreeSet<SlotId>,
    taken: BTreeMap<ResourceId, Vec<Span>>,
}

impl<T: FnMut(Wanted, &OfferedSlot, Modality) -> Option<(Place, Claimed)>> Table<'_, T> {
    fn choose(
        &mut self,
        appointment: &Stranded,
        rank: u8,
        within: Minutes,
        now: DateTime<Utc>,
    ) -> Option<Choice> {
        let wanted = (appointment.service_id, appointment.doorstep);
        let slots = self.free.get(&wanted)?;
        loop {
            let left = slots
                .iter()
                .filter(|slot| !self.gone.contains(&slot.slot.id));
            let suitable = left.filter_map(|slot| {
                let due = answer_due(slot.slot.span.from(), within, now)?;
                Some((slot, due, appointment.way(slot)?))
            });
            let (slot, expires_at, way) =
                suitable.min_by_key(|(slot, ..)| appointment.order(slot))?;
            // Chosen now, or never again.
            self.gone.insert(slot.slot.id);
            let own_room = slot.slot.room_id.map(ResourceId::from);
            let own = [Some(slot.slot.counsellor_id.into()), own_room].into_iter();
            if !self.is_left(own.flatten().map(|it| (it, slot.slot.claim))) {
                continue;
            }
            let Some((place, claimed)) = (self.take)(wanted, slot, way) else {
                continue;
            };
            // A place of a group is not proposed: what would be held for it is the time of all.
            if claimed.place_in.is_some() || !self.is_left(claimed.held()) {
                continue;
            }
            for (resource, span) in claimed.held() {
                self.taken.entry(resource).or_default().push(span);
            }
            return Some(Choice {
                appointment_id: appointment.id,
                rank,
                place,
                claimed,
                time_zone: slot.time_zone,
                expires_at,
            });
        }
    }

    fn is_left(&self, mut wanted: impl Iterator<Item = (ResourceId, Span)>) -> bool {
        wanted.all(|(resource, wanted)| {
            let mut taken = self.taken.get(&resource).into_iter().flatten();
            !taken.any(|span| span.overlaps(wanted))
        })
    }
}

impl Stranded {
    /// Its own way where the slot offers it, else the first that it does.
    fn way(&self, offered: &OfferedSlot) -> Option<Modality> {
        let own = offered.modalities.get(&self.modality);
        own.or_else(|| offered.modalities.first()).copied()
    }

    /// What comes first suits best.
    fn order(&self, offered: &OfferedSlot) -> impl Ord + use<> {
        let speaks = |tag: &LanguageTag| offered.languages.contains(tag);
        let closeness = if offered.slot.counsellor_id == self.counsellor_id {
            0
        } else if self.language.as_ref().is_none_or(speaks) {
            1
        } else {
            2
        };
        let other_way = !offered.modalities.contains(&self.modality);
        let start = offered.slot.span.from();
        (closeness, other_way, start, offered.slot.id)
    }
}
