use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::answer_due;
use crate::appointment::Place;
use crate::calendar::OfferedSlot;
use crate::ids::{AppointmentId, CounsellorId, ResourceId, ServiceId};
use crate::minutes::Minutes;
use crate::modality::Modality;
use crate::span::Span;
use crate::texts::LanguageTag;

/// An appointment that cannot take place, as far as it decides what is proposed instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stranded {
    pub id: AppointmentId,
    pub service_id: ServiceId,
    pub counsellor_id: CounsellorId,
    pub language: Option<LanguageTag>,
    pub modality: Modality,
}

/// What is proposed to whom.
#[derive(Debug, Clone)]
pub struct Choice {
    pub appointment_id: AppointmentId,
    /// The way of the appointment where the slot offers it, else the first that it does.
    pub modality: Modality,
    pub rank: u8,
    pub slot: OfferedSlot,
    pub expires_at: DateTime<Utc>,
}

/// The best slots for each, at most `each`: with the same counsellor first, then in the same
/// language, then any; on the same way, then the soonest. No two of them overlap. Everybody gets
/// one before anybody gets a second; those who come first in the list choose first.
#[must_use]
pub fn choose(
    stranded: &[Stranded],
    free: &BTreeMap<ServiceId, Vec<OfferedSlot>>,
    each: u8,
    within: Minutes,
    now: DateTime<Utc>,
) -> Vec<Choice> {
    let mut taken: BTreeMap<ResourceId, Vec<Span>> = BTreeMap::new();
    let mut choices = Vec::new();
    for rank in 1..=each {
        for appointment in stranded {
            let slots = free.get(&appointment.service_id);
            let best = slots
                .into_iter()
                .flatten()
                .filter(|slot| is_left(slot, &taken))
                .filter_map(|slot| {
                    let due = answer_due(slot.slot.span.from(), within, now)?;
                    Some((slot, due, appointment.way(slot)?))
                })
                .min_by_key(|(slot, ..)| appointment.order(slot));
            let Some((slot, expires_at, modality)) = best else {
                continue;
            };
            for resource in resources(slot) {
                taken.entry(resource).or_default().push(slot.slot.claim);
            }
            choices.push(Choice {
                appointment_id: appointment.id,
                modality,
                rank,
                slot: slot.clone(),
                expires_at,
            });
        }
    }
    choices
}

impl Choice {
    #[must_use]
    pub const fn place(&self) -> Place {
        let slot = &self.slot.slot;
        Place {
            session_id: slot.id.session_id,
            service_id: slot.id.service_id,
            site_id: slot.site_id,
            counsellor_id: slot.counsellor_id,
            room_id: slot.room_id,
            span: slot.span,
            modality: self.modality,
        }
    }
}

impl Stranded {
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

fn is_left(offered: &OfferedSlot, taken: &BTreeMap<ResourceId, Vec<Span>>) -> bool {
    resources(offered).all(|resource| {
        let claims = taken.get(&resource).into_iter().flatten();
        !claims
            .into_iter()
            .any(|claim| claim.overlaps(offered.slot.claim))
    })
}

fn resources(offered: &OfferedSlot) -> impl Iterator<Item = ResourceId> + use<> {
    let room = offered.slot.room_id.map(ResourceId::from);
    let counsellor: ResourceId = offered.slot.counsellor_id.into();
    room.into_iter().chain([counsellor])
}
