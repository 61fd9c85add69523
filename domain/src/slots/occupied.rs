use std::ops::Range;

use super::busy::{Stretch, append_merged};
use super::offer::Offer;
use crate::ids::{CounsellorId, OrganisationId, ResourceId, RoomId, SiteId};
use crate::span::Span;

/// Why time is taken, and whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// An appointment, hold, group session or loan, its buffers included.
    Claim(ResourceId),
    Absence(CounsellorId),
    RoomClosure(RoomId),
    SiteClosure(SiteId),
    OrganisationClosure(OrganisationId),
}

/// All that takes time away from a set of offers.
///
/// Every reason's stretches lie in one sorted vector, so that a look at the network costs three
/// allocations and not three per resource.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Occupied {
    stretches: Vec<Stretch>,
    /// Sorted by reason.
    ranges: Vec<(Reason, Range<usize>)>,
}

impl Occupied {
    /// In any order; the spans of one reason may overlap.
    #[must_use]
    pub fn from_unsorted(mut spans: Vec<(Reason, Span)>) -> Self {
        spans.sort_unstable();
        let mut stretches = Vec::with_capacity(spans.len());
        let mut ranges = Vec::new();
        for of_one_reason in spans.chunk_by(|(left, _), (right, _)| left == right) {
            let first = stretches.len();
            append_merged(&mut stretches, of_one_reason.iter().map(|(_, span)| *span));
            ranges.push((of_one_reason[0].0, first..stretches.len()));
        }
        Self { stretches, ranges }
    }

    /// What no claim of the offer may overlap: the claims of its counsellor and its room, but for
    /// whom the session has claimed itself: nobody else has.
    pub(super) fn claims(&self, offer: &Offer<'_>) -> [&[Stretch]; 2] {
        let counsellor = Some(offer.counsellor_id).filter(|it| !offer.has_claimed(*it));
        let room = offer.room_id.filter(|it| !offer.has_claimed(*it));
        [
            counsellor.map_or(&[], |it| self.by(Reason::Claim(it.into()))),
            room.map_or(&[], |it| self.by(Reason::Claim(it.into()))),
        ]
    }

    /// What no slot of the offer may overlap: absence, closures and closed days.
    pub(super) fn unavailability<'a>(&'a self, offer: &Offer<'a>) -> [&'a [Stretch]; 5] {
        [
            self.by(Reason::Absence(offer.counsellor_id)),
            self.by_room(offer, Reason::RoomClosure),
            self.by(Reason::SiteClosure(offer.site_id)),
            self.by(Reason::OrganisationClosure(offer.organisation_id)),
            offer
                .closed_on
                .map_or(&[], |closed_days| closed_days.stretches()),
        ]
    }

    fn by_room(&self, offer: &Offer<'_>, reason: impl Fn(RoomId) -> Reason) -> &[Stretch] {
        offer
            .room_id
            .map_or(&[], |room_id| self.by(reason(room_id)))
    }

    fn by(&self, reason: Reason) -> &[Stretch] {
        match self
            .ranges
            .binary_search_by_key(&reason, |(reason, _)| *reason)
        {
            Ok(place) => &self.stretches[self.ranges[place].1.clone()],
            Err(_) => &[],
        }
    }
}
