//! Slots with any counsellor: booked by their time, and given to whoever has given the fewest talks
//! in that week.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::calendar::{Calendar, OfferedSlot, SessionOpening};
use crate::ids::CounsellorId;
use crate::modality::Modality;
use crate::slot_id::{AnySlotId, SlotId};
use crate::slots::Unbookable;
use crate::span::Span;
use crate::texts::LanguageTag;

/// A time at which at least one counsellor is free.
#[derive(Debug, Clone)]
pub struct AnySlot {
    pub id: AnySlotId,
    pub span: Span,
    pub time_zone: Tz,
    /// On which ways at least one of them gives it.
    pub modalities: BTreeSet<Modality>,
    /// What at least one of them speaks.
    pub languages: BTreeSet<LanguageTag>,
    /// How many can book it at once.
    pub counsellors: u32,
}

/// When the talks of counsellors begin, of the week around a slot and some more.
pub type Talks = BTreeMap<CounsellorId, Vec<DateTime<Utc>>>;

/// Free slots of one service at one site that start together become one, in the order of their
/// starts, services and sites.
#[must_use]
pub fn merge(slots: impl IntoIterator<Item = OfferedSlot>) -> Vec<AnySlot> {
    let mut merged: BTreeMap<_, AnySlot> = BTreeMap::new();
    for offered in slots {
        let (id, slot) = (offered.slot.id, &offered.slot);
        let key = (id.starts_at, id.service_id, slot.site_id);
        let any = merged.entry(key).or_insert_with(|| AnySlot {
            id: AnySlotId {
                organisation_id: id.organisation_id,
                site_id: slot.site_id,
                service_id: id.service_id,
                starts_at: id.starts_at,
            },
            span: slot.span,
            time_zone: offered.time_zone,
            modalities: BTreeSet::new(),
            languages: BTreeSet::new(),
            counsellors: 0,
        });
        any.modalities.extend(offered.modalities.iter().copied());
        any.languages.extend(offered.languages.iter().cloned());
        any.counsellors += 1;
    }
    merged.into_values().collect()
}

/// What the visitor asks of the counsellor besides.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    pub modality: Option<Modality>,
    /// Whoever speaks it comes first.
    pub language: Option<&'a LanguageTag>,
}

impl Calendar {
    /// The slot of the counsellor to whom the time is given: of those who are free, whoever speaks
    /// the language, then whoever has the fewest talks in the local week, then the lowest id.
    pub fn choose(
        &self,
        any: &AnySlotId,
        wanted: Wanted<'_>,
        talks: &Talks,
        now: DateTime<Utc>,
    ) -> Result<SlotId, Unbookable> {
        let mut openings: Vec<_> = self.openings.iter().filter(|it| is_of(it, any)).collect();
        openings.sort_by_cached_key(|opening| {
            let counsellor = opening.counsellor_id;
            let speaks = self.counsellors.get(&counsellor);
            let speaks = wanted
                .language
                .is_none_or(|wanted| speaks.is_some_and(|spoken| spoken.contains(wanted)));
            let count = self.talks_in_week(opening, any, talks);
            let from = opening.opening.from();
            (!speaks, count, counsellor, from, opening.session_id)
        });
        let mut why_not = None;
        for opening in openings {
            let slot = any.in_session(opening.session_id);
            match self.bid(&slot, now) {
                Ok(bid) if bid.is_given_on(wanted.modality) => return Ok(slot),
                Ok(_) => {}
                // Somebody was free before: that tells most.
                Err(Unbookable::Taken) => why_not = Some(Unbookable::Taken),
                Err(error) => why_not = why_not.or(Some(error)),
            }
        }
        Err(why_not.unwrap_or(Unbookable::OutsideSession))
    }

    fn talks_in_week(&self, opening: &SessionOpening, any: &AnySlotId, talks: &Talks) -> usize {
        let site = self.sites.get(&opening.site_id);
        let zone = site.map_or(Tz::UTC, |site| site.time_zone);
        let week = week_of(any.starts_at.instant(), zone);
        let talks = talks.get(&opening.counsellor_id).into_iter().flatten();
        talks.filter(|start| week_of(**start, zone) == week).count()
    }
}

fn is_of(opening: &SessionOpening, any: &AnySlotId) -> bool {
    let covers =
        opening.opening.from() <= any.starts_at && any.starts_at < opening.opening.before();
    covers
        && opening.organisation_id == any.organisation_id
        && opening.site_id == any.site_id
        && opening.service_id == any.service_id
}

/// The Monday of an ISO week on the clocks of a place.
fn week_of(instant: DateTime<Utc>, zone: Tz) -> NaiveDate {
    use chrono::{Datelike, Weekday};
    let week = instant.with_timezone(&zone).date_naive().iso_week();
    NaiveDate::from_isoywd_opt(week.year(), week.week(), Weekday::Mon).unwrap_or_default()
}

#[cfg(test)]
mod tests;
