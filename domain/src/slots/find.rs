use chrono::{DateTime, Utc};

use super::free_starts::FreeStarts;
use super::occupied::Occupied;
use super::offer::Offer;
use crate::ids::{CounsellorId, RoomId, ServiceId, SiteId};
use crate::minutes::WholeMinute;
use crate::slot_id::SlotId;
use crate::span::Span;

/// One free appointment. Organisation, session and service are in its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    pub id: SlotId,
    /// As the visitor sees it, without buffers.
    pub span: Span,
    /// What a booking claims of the counsellor and the room.
    pub claim: Span,
    pub site_id: SiteId,
    pub counsellor_id: CounsellorId,
    pub room_id: Option<RoomId>,
    /// How many can still book it.
    pub places_left: u32,
}

/// All free slots that start in the window, sorted by start, session and service.
///
/// Where sessions of one counsellor at one site overlap, the same start for the same service is
/// given once: of the session that opens first, then of the one with the lowest id.
pub fn free_slots<'a>(
    offers: &'a [Offer<'a>],
    occupied: &Occupied,
    window: Span,
    now: DateTime<Utc>,
) -> impl Iterator<Item = Slot> + use<'a> {
    let mut offers: Vec<_> = offers.iter().collect();
    offers.sort_unstable_by_key(|offer| (alike(offer), offer.opening.from(), offer.session_id));

    let mut found: Vec<_> = offers
        .into_iter()
        .filter_map(|offer| Some((offer, FreeStarts::new(offer, occupied, window, now)?)))
        .flat_map(|(offer, starts)| starts.map(move |starts_at| Found { starts_at, offer }))
        .collect();

    // The stable sort leaves alike offers of one start together, the preferred one in front.
    found.sort_by_key(|found| found.starts_at);
    found.dedup_by(|later, first| {
        later.starts_at == first.starts_at && alike(later.offer) == alike(first.offer)
    });
    for of_one_start in found.chunk_by_mut(|left, right| left.starts_at == right.starts_at) {
        of_one_start.sort_unstable_by_key(|found| (found.offer.session_id, found.offer.service_id));
    }
    found.into_iter().map(Found::slot)
}

/// What makes two slots of one start the same to a visitor.
fn alike(offer: &Offer<'_>) -> (ServiceId, CounsellorId, SiteId) {
    (offer.service_id, offer.counsellor_id, offer.site_id)
}

struct Found<'a> {
    starts_at: WholeMinute,
    offer: &'a Offer<'a>,
}

impl Found<'_> {
    fn slot(self) -> Slot {
        let Self { starts_at, offer } = self;
        let span = offer.timing.slot(starts_at);
        Slot {
            id: offer.slot_id(starts_at),
            span,
            claim: offer.timing.claim(span),
            site_id: offer.site_id,
            counsellor_id: offer.counsellor_id,
            room_id: offer.room_id,
            places_left: offer.places_left(),
        }
    }
}
