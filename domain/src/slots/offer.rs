use super::busy::{BusySpans, Stretch};
use super::capped::Capped;
use super::pool::Pool;
use super::timing::Timing;
use super::week_cap::WeekCap;
use crate::ids::{CounsellorId, OrganisationId, ResourceId, RoomId, ServiceId, SessionId, SiteId};
use crate::minutes::{NotAWholeMinute, WholeMinute};
use crate::places::Places;
use crate::slot_id::SlotId;
use crate::span::Span;

/// When a session is open: from one whole minute to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Opening {
    from: WholeMinute,
    before: WholeMinute,
}

impl Opening {
    pub fn new(span: Span) -> Result<Self, NotAWholeMinute> {
        Ok(Self {
            from: WholeMinute::new(span.from())?,
            before: WholeMinute::new(span.before())?,
        })
    }

    #[must_use]
    pub const fn from(self) -> WholeMinute {
        self.from
    }

    #[must_use]
    pub const fn before(self) -> WholeMinute {
        self.before
    }
}

/// One service in one session.
#[derive(Debug, Clone, Copy)]
pub struct Offer<'a> {
    pub organisation_id: OrganisationId,
    pub session_id: SessionId,
    pub service_id: ServiceId,
    pub site_id: SiteId,
    pub counsellor_id: CounsellorId,
    /// None where no room is needed, as on the telephone.
    pub room_id: Option<RoomId>,
    pub opening: Opening,
    pub timing: Timing,
    /// Of a session that is one slot for many; none where each slot is for one.
    pub places: Option<&'a Places>,
    /// How many of them are kept for the desk, from the one who asks.
    pub at_desk: u32,
    /// Public holidays of the site, unless the session opens on them all the same.
    pub closed_on: Option<&'a BusySpans>,
    /// How much its counsellor gives at most, where there is a cap.
    pub capped: Option<&'a Capped>,
    /// How often its service is given in a week, where there is a cap.
    pub week: Option<&'a WeekCap>,
    /// What else it takes, of which any will do.
    pub pools: &'a [Pool],
}

impl Offer<'_> {
    pub(super) fn slot_id(&self, starts_at: WholeMinute) -> SlotId {
        SlotId {
            organisation_id: self.organisation_id,
            session_id: self.session_id,
            service_id: self.service_id,
            starts_at,
        }
    }

    /// Whether the caps let somebody have this start.
    pub(super) fn is_within_caps(&self, start: i64) -> bool {
        let claim = self.claim_of(start);
        let is_room_in_week = |week: &WeekCap| {
            let start = u32::try_from(start).map(WholeMinute::since_epoch);
            start.is_ok_and(|start| week.next_place(start).is_some())
        };
        self.capped.is_none_or(|capped| capped.allows(claim))
            && self.week.is_none_or(is_room_in_week)
    }

    /// What a start claims of its counsellor.
    pub(super) fn claim_of(&self, start: i64) -> Stretch {
        let reach = self.timing.claim_reach();
        Stretch {
            from: start - reach.before,
            before: start + reach.after,
        }
    }

    /// Whether the caps of those who would come along let somebody have this start.
    pub(super) fn has_companions(&self, start: i64) -> bool {
        let mut capped = self.pools.iter().filter(|pool| pool.is_capped());
        capped.all(|pool| pool.has_enough(start, self.timing))
    }

    pub(super) fn grid(&self) -> Grid {
        Grid {
            origin: i64::from(self.opening.from.epoch_minutes()),
            every: i64::from(self.timing.rules().start_every.count()),
        }
    }

    /// How many can book one slot while its time is free.
    pub(crate) fn places_left(&self) -> u32 {
        let left = self.places.map(Places::left);
        left.map_or(1, |left| left.saturating_sub(self.at_desk))
    }

    /// Whether the session itself has claimed it.
    pub(super) fn has_claimed(&self, resource: impl Into<ResourceId>) -> bool {
        self.places
            .is_some_and(|places| places.claimed.contains(&resource.into()))
    }

    /// The first minute at which a slot starts too late to end within the session.
    pub(super) fn starts_before(&self) -> i64 {
        let length = i64::from(self.timing.rules().length.count());
        i64::from(self.opening.before.epoch_minutes()) - length + 1
    }
}

/// The starts of a session: its own start, and then one every few minutes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grid {
    origin: i64,
    every: i64,
}

impl Grid {
    pub(super) fn has(self, minute: i64) -> bool {
        (minute - self.origin) % self.every == 0
    }

    /// The first start that is not before the minute.
    pub(super) fn at_or_after(self, minute: i64) -> i64 {
        let elapsed = (minute - self.origin).max(0);
        self.origin + (elapsed + self.every - 1) / self.every * self.every
    }

    pub(super) fn after(self, start: i64) -> i64 {
        start + self.every
    }
}
