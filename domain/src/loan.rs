//! Rooms lent: in which hours, and for how much of a week or month, a body may use a room of another.

mod hours;
mod quota;

use chrono::{DateTime, Days, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::ids::{LoanId, OrganisationId, ResourceId, RoomId};
use crate::schedule::Validity;
use crate::slots::{BusySpans, Member, Need, Pool};
use crate::span::Span;
pub use hours::{HoursError, LentHours, MalformedLentHours, MalformedWeekday, WeeklyHours};
pub use quota::{Period, Quota, QuotaError, Unit, UnknownPeriod, UnknownUnit};

/// What an owner has agreed with a borrower about one of its rooms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loan {
    pub id: LoanId,
    /// The owner.
    pub organisation_id: OrganisationId,
    pub room_id: RoomId,
    pub borrower_id: OrganisationId,
    pub terms: Terms,
}

/// When the room may be used, and how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// That of the room's site when it was lent.
    pub time_zone: Tz,
    /// Local dates.
    pub validity: Validity,
    pub hours: WeeklyHours,
    pub quota: Option<Quota>,
}

/// Why a room on loan cannot be used at a time: the first reason, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotLent {
    #[error("the loan of the room has ended")]
    Ended,
    #[error("the room is not lent for the whole of this time")]
    Hours,
    #[error("the loan's quota does not suffice for this time")]
    Quota,
}

impl Terms {
    /// Decides about one use, buffers included, beside what is used already.
    pub fn allow(&self, claim: Span, used: &[Span]) -> Result<(), NotLent> {
        if !self.covers(claim) {
            return Err(NotLent::Hours);
        }
        let zone = self.time_zone;
        match self.quota {
            Some(quota) if !quota.suffices(claim.from(), claim.length(), used, zone) => {
                Err(NotLent::Quota)
            }
            _ => Ok(()),
        }
    }

    /// Whether the hours let it be, whatever is used besides.
    #[must_use]
    pub fn covers(&self, claim: Span) -> bool {
        self.not_open(claim).is_empty()
    }

    /// When the room cannot be used in the window for so long: what no such use may overlap.
    #[must_use]
    pub fn withheld(&self, window: Span, length: TimeDelta, used: &[Span]) -> Vec<Span> {
        let mut withheld = self.not_open(window);
        if let Some(quota) = self.quota {
            withheld.extend(quota.exhausted(window, length, used, self.time_zone));
        }
        withheld
    }

    /// What lies between the hours, of a span. Hours end before midnight and do not touch, so that
    /// no use of several days or hours fits in.
    fn not_open(&self, span: Span) -> Vec<Span> {
        let mut between = Vec::new();
        let mut from = span.from();
        for open in self.open_around(span) {
            between.extend(Span::new(from, open.from().min(span.before())).ok());
            from = from.max(open.before());
        }
        between.extend(Span::new(from, span.before()).ok());
        between
    }

    /// The stretches in which the room is lent on the days that a span touches, in order.
    fn open_around(&self, span: Span) -> Vec<Span> {
        let day = |instant: DateTime<Utc>| instant.with_timezone(&self.time_zone).date_naive();
        // A day more on both sides: where the clocks change, hours can slip to another one.
        let first = day(span.from()).checked_sub_days(Days::new(1));
        let last = day(span.before()).checked_add_days(Days::new(1));
        let days = first.into_iter().flat_map(|first| first.iter_days());
        let mut open: Vec<Span> = days
            .take_while(|day| last.is_some_and(|last| *day <= last))
            .filter(|day| self.validity.has(*day))
            .flat_map(|day| self.hours.on(day, self.time_zone))
            .collect();
        open.sort_unstable();
        open
    }
}

/// What a quota leaves, while several uses are decided one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ration {
    quota: Quota,
    time_zone: Tz,
    used: Vec<Span>,
}

impl Ration {
    pub(crate) fn allows(&self, claim: Span) -> bool {
        let (from, length) = (claim.from(), claim.length());
        self.quota
            .suffices(from, length, &self.used, self.time_zone)
    }

    pub(crate) fn count(&mut self, claim: Span) {
        self.used.push(claim);
    }
}

/// What is known of a room on loan around some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lent {
    /// None when the loan has ended, or the room is not there any more.
    pub terms: Option<Terms>,
    /// The time about which something is known.
    pub window: Span,
    /// What the borrower uses of it, also days before and after: all that counts for a quota.
    pub used: Vec<Span>,
    /// When the owner's room is claimed, by whomever.
    pub claims: Vec<Span>,
    /// When the owner's room, site or organisation is closed.
    pub closed: Vec<Span>,
}

impl Lent {
    /// When it is busy for a use of that length, as whatever is one of several.
    #[must_use]
    pub fn member(&self, room: ResourceId, length: TimeDelta) -> Member {
        let mut claims = self.claims.clone();
        match &self.terms {
            None => claims.push(self.window),
            Some(terms) => claims.extend(terms.withheld(self.window, length, &self.used)),
        }
        Member {
            resource_id: room,
            claims: BusySpans::from_unsorted(claims),
            unavailable: BusySpans::from_unsorted(self.closed.clone()),
            ration: self.ration(),
            timing: None,
            capped: None,
        }
    }

    fn ration(&self) -> Option<Ration> {
        let terms = self.terms.as_ref()?;
        Some(Ration {
            quota: terms.quota?,
            time_zone: terms.time_zone,
            used: self.used.clone(),
        })
    }

    /// The room of a session, which has to be free as well.
    #[must_use]
    pub fn pool(&self, room: RoomId, length: TimeDelta) -> Pool {
        Pool {
            need: Need::Room,
            wanted: 1,
            members: vec![self.member(room.into(), length)],
        }
    }
}

#[cfg(test)]
mod tests;
