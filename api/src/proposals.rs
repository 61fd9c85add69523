//! Proposals: other slots, held for somebody whose appointment cannot take place.

mod accept;
mod decline;
mod list;

use chrono::{DateTime, FixedOffset, Utc};
use domain::ids::RoomId;
use persistence::proposals::Found;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use accept::accept_proposal;
pub use decline::{DeclineProposalBody, decline_proposal};
pub use list::list_proposals;

use crate::views::local;

/// Another slot, proposed instead of the one that was booked.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProposalView {
    pub id: Uuid,
    /// 1 for the best of those that are open.
    #[schema(example = 1, minimum = 1, maximum = 3)]
    pub rank: u8,
    /// One of `open`, `accepted`, `declined`, `expired`, `withdrawn`.
    #[schema(example = "open")]
    pub state: String,
    pub service_id: Uuid,
    pub session_id: Uuid,
    pub counsellor_id: Uuid,
    pub site_id: Uuid,
    #[schema(required)]
    pub room_id: Option<Uuid>,
    /// With the offset of the site.
    pub starts_at: DateTime<FixedOffset>,
    pub ends_at: DateTime<FixedOffset>,
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
    /// One of `in_person`, `phone`, `video`, `at_home`.
    #[schema(example = "in_person")]
    pub modality: String,
    pub proposed_at: DateTime<FixedOffset>,
    /// When the answer is due; until then nobody else gets the slot.
    pub expires_at: DateTime<FixedOffset>,
}

/// What was proposed instead of one appointment, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProposalList {
    pub items: Vec<ProposalView>,
}

impl ProposalView {
    pub(crate) fn of(found: &Found, now: DateTime<Utc>) -> Self {
        let (proposal, zone) = (&found.proposal, found.time_zone);
        let place = proposal.place;
        Self {
            id: proposal.id.uuid(),
            rank: proposal.rank,
            state: proposal.state(now).to_owned(),
            service_id: place.service_id.uuid(),
            session_id: place.session_id.uuid(),
            counsellor_id: place.counsellor_id.uuid(),
            site_id: place.site_id.uuid(),
            room_id: place.room_id.map(RoomId::uuid),
            starts_at: local(place.span.from(), zone),
            ends_at: local(place.span.before(), zone),
            time_zone: zone.name().to_owned(),
            modality: place.modality.to_string(),
            proposed_at: local(proposal.proposed_at, zone),
            expires_at: local(proposal.expires_at, zone),
        }
    }
}
