//! What a start has to keep to be bookable, rule by rule.

use chrono::{DateTime, Utc};

use super::busy::{Stretch, blocking};
use super::capped::Cap;
use super::decide::Unbookable;
use super::occupied::Occupied;
use super::offer::Offer;
use super::pool::Need;
use super::timing::{Reach, Timing};
use super::week_cap::WeekCap;
use crate::minutes::{WholeMinute, minute_at_or_after};
use crate::span::Span;

/// One rule of the slot search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Anybody can find the service.
    Published,
    /// The service is booked by slots.
    BySlots,
    /// Counsellor, site and room are there, and a session of many has places.
    InUse,
    /// The wished way is one of service and session.
    Modality,
    /// The wished language is one of service and counsellor.
    Language,
    /// Of a visit, it leads not too far away.
    Way,
    /// The slot lies within the session.
    Session,
    /// The start lies on the grid of the session.
    Grid,
    /// There is still time for the minimum notice.
    Notice,
    /// The service is booked so far ahead already.
    Horizon,
    CounsellorFree,
    RoomFree,
    /// A place is left, where many attend.
    Places,
    /// The counsellor is not away.
    CounsellorThere,
    RoomOpen,
    SiteOpen,
    OrganisationOpen,
    /// No public holiday, unless the session opens on them.
    NoHoliday,
    /// The counsellor gives so many talks that day.
    TalksOfDay,
    /// The counsellor has a pause after some talks.
    Pause,
    /// The service is given so often that week.
    TalksOfWeek,
    /// What else the talk takes is free.
    Need(Need),
}

/// What a broken rule met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// A start is possible from then on.
    From(DateTime<Utc>),
    /// A start is possible only before then.
    Before(DateTime<Utc>),
    /// The session, or what is in the way.
    Span(Span),
    /// Starts are so many minutes apart.
    Every(u32),
    /// No more than so many; of a need, as many as it wants.
    Most(u32),
    /// It is not offered at all.
    NotOffered,
}

/// A rule, and what it met where it is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    pub rule: Rule,
    pub broken: Option<Limit>,
}

/// One start of an offer, and what decides about it.
pub(super) struct Start<'a> {
    pub(super) offer: &'a Offer<'a>,
    pub(super) starts_at: WholeMinute,
    pub(super) occupied: &'a Occupied,
    pub(super) now: DateTime<Utc>,
}

impl Rule {
    /// Those of every start, in the order in which a booking is told of them. What is needed besides
    /// comes last.
    const OF_STARTS: [Self; 15] = [
        Self::Session,
        Self::Grid,
        Self::Notice,
        Self::Horizon,
        Self::CounsellorFree,
        Self::RoomFree,
        Self::Places,
        Self::CounsellorThere,
        Self::RoomOpen,
        Self::SiteOpen,
        Self::OrganisationOpen,
        Self::NoHoliday,
        Self::TalksOfDay,
        Self::Pause,
        Self::TalksOfWeek,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::BySlots => "by_slots",
            Self::InUse => "in_use",
            Self::Modality => "modality",
            Self::Language => "language",
            Self::Way => "way",
            Self::Session => "session",
            Self::Grid => "grid",
            Self::Notice => "notice",
            Self::Horizon => "horizon",
            Self::CounsellorFree => "counsellor_free",
            Self::RoomFree => "room_free",
            Self::Places => "places",
            Self::CounsellorThere => "counsellor_there",
            Self::RoomOpen => "room_open",
            Self::SiteOpen => "site_open",
            Self::OrganisationOpen => "organisation_open",
            Self::NoHoliday => "no_holiday",
            Self::TalksOfDay => "talks_of_day",
            Self::Pause => "pause",
            Self::TalksOfWeek => "talks_of_week",
            Self::Need(Need::Room) => "needs_room",
            Self::Need(Need::Interpreter) => "needs_interpreter",
            Self::Need(Need::Equipment) => "needs_equipment",
            Self::Need(Need::Companion) => "needs_companion",
        }
    }

    /// What a booking that breaks it is told.
    pub(super) const fn unbookable(self) -> Unbookable {
        match self {
            Self::Published
            | Self::BySlots
            | Self::InUse
            | Self::Modality
            | Self::Language
            | Self::Session => Unbookable::OutsideSession,
            Self::Way => Unbookable::TooFar,
            Self::Grid => Unbookable::OffGrid,
            Self::Notice => Unbookable::TooLate,
            Self::Horizon => Unbookable::TooEarly,
            Self::CounsellorFree | Self::RoomFree => Unbookable::Taken,
            Self::Places => Unbookable::Full,
            Self::CounsellorThere
            | Self::RoomOpen
            | Self::SiteOpen
            | Self::OrganisationOpen
            | Self::NoHoliday => Unbookable::Unavailable,
            Self::TalksOfDay | Self::Pause | Self::TalksOfWeek => Unbookable::CapReached,
            Self::Need(need) => Unbookable::Missing(need),
        }
    }
}

impl Start<'_> {
    /// The first rule that it breaks, of those of every start.
    pub(super) fn first_broken(&self) -> Option<Rule> {
        let is_broken = |rule: &Rule| self.broken(*rule).is_some();
        Rule::OF_STARTS.into_iter().find(is_broken)
    }

    /// All rules, what is needed included.
    pub(super) fn verdicts(&self) -> Vec<Verdict> {
        let of_start = Rule::OF_STARTS.into_iter().map(|rule| Verdict {
            rule,
            broken: self.broken(rule),
        });
        let needs = self.offer.pools.iter().map(|pool| Verdict {
            rule: Rule::Need(pool.need),
            broken: match pool.choose(self.starts_at, self.offer.timing) {
                Some(_) => None,
                None => Some(Limit::Most(u32::try_from(pool.wanted).unwrap_or(u32::MAX))),
            },
        });
        of_start.chain(needs).collect()
    }

    fn broken(&self, rule: Rule) -> Option<Limit> {
        let Self {
            offer, occupied, ..
        } = self;
        let [counsellor, room] = occupied.claims(offer);
        let [absence, of_room, of_site, of_organisation, closed_days] =
            occupied.unavailability(offer);
        let (claim, slot) = (offer.timing.claim_reach(), offer.timing.slot_reach());
        match rule {
            Rule::Session => self.outside_session(),
            Rule::Grid => self.off_grid(),
            Rule::Notice => offer.timing.too_late(self.minute(), self.now),
            Rule::Horizon => offer.timing.too_early(self.minute(), self.now),
            Rule::CounsellorFree => self.in_the_way(counsellor, claim),
            Rule::RoomFree => self.in_the_way(room, claim),
            Rule::Places => (offer.places_left() == 0).then(|| Limit::Most(self.capacity())),
            Rule::CounsellorThere => self.in_the_way(absence, slot),
            Rule::RoomOpen => self.in_the_way(of_room, slot),
            Rule::SiteOpen => self.in_the_way(of_site, slot),
            Rule::OrganisationOpen => self.in_the_way(of_organisation, slot),
            Rule::NoHoliday => self.in_the_way(closed_days, slot),
            Rule::TalksOfDay => self.over_cap(Cap::OfDay),
            Rule::Pause => self.over_cap(Cap::Pause),
            Rule::TalksOfWeek => {
                let full = |week: &&WeekCap| week.next_place(self.starts_at).is_none();
                let week = offer.week.filter(full)?;
                Some(Limit::Most(week.most().count()))
            }
            // Decided with the wishes, or with what is chosen.
            Rule::Published
            | Rule::BySlots
            | Rule::InUse
            | Rule::Modality
            | Rule::Language
            | Rule::Way
            | Rule::Need(_) => None,
        }
    }

    pub(super) fn minute(&self) -> i64 {
        i64::from(self.starts_at.epoch_minutes())
    }

    fn outside_session(&self) -> Option<Limit> {
        let Offer { opening, .. } = self.offer;
        let is_outside =
            self.starts_at < opening.from() || self.minute() >= self.offer.starts_before();
        let open = Span::new(opening.from().instant(), opening.before().instant());
        is_outside.then(|| open.map_or(Limit::NotOffered, Limit::Span))
    }

    fn off_grid(&self) -> Option<Limit> {
        let every = self.offer.timing.rules().start_every;
        (!self.offer.grid().has(self.minute())).then(|| Limit::Every(every.count()))
    }

    fn capacity(&self) -> u32 {
        let places = self.offer.places;
        places.map_or(1, |places| u32::from(places.capacity.count()))
    }

    fn over_cap(&self, cap: Cap) -> Option<Limit> {
        let claim = self.offer.claim_of(self.minute());
        let most = self.offer.capped?.exceeded(cap, claim)?;
        Some(Limit::Most(most.count()))
    }

    fn in_the_way(&self, stretches: &[Stretch], reach: Reach) -> Option<Limit> {
        let stretch = blocking(stretches, self.minute(), reach)?;
        Some(stretch.span().map_or(Limit::NotOffered, Limit::Span))
    }
}

impl Timing {
    pub(crate) fn too_late(self, minute: i64, now: DateTime<Utc>) -> Option<Limit> {
        let notice = self.rules().minimum_notice;
        let earliest = minute_at_or_after(now) + i64::from(notice.count());
        (minute < earliest).then(|| Limit::From(now + notice.time_delta()))
    }

    pub(crate) fn too_early(self, minute: i64, now: DateTime<Utc>) -> Option<Limit> {
        let horizon = self.rules().horizon;
        let latest = minute_at_or_after(now) + i64::from(horizon.count());
        (minute >= latest).then(|| Limit::Before(now + horizon.time_delta()))
    }
}
