//! The waiting list: wishes that get the next slot that fits offered, one at a time.

mod assign;

use chrono::{DateTime, TimeDelta, Utc};

use crate::calendar::OfferedSlot;
use crate::code::Code;
use crate::ids::{
    AppointmentId, CounsellorId, OrganisationId, ServiceId, SessionId, SiteId, WaitlistEntryId,
    WaitlistOfferId,
};
use crate::minutes::{Minutes, NotAWholeMinute, WholeMinute};
use crate::modality::Modality;
use crate::slot_id::SlotId;
use crate::span::Span;
use crate::texts::LanguageTag;

pub use assign::{Assigned, Waiting, assign};

/// How long a slot is held for an answer: from ten minutes to a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct OfferLasts(Minutes);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an offer lasts 10 to 10,080 minutes")]
pub struct UnusualOffer;

impl OfferLasts {
    pub fn new(minutes: i64) -> Result<Self, UnusualOffer> {
        let count = u32::try_from(minutes).map_err(|_| UnusualOffer)?;
        let minutes = Minutes::new(count).map_err(|_| UnusualOffer)?;
        if (10..=7 * 24 * 60).contains(&count) {
            Ok(Self(minutes))
        } else {
            Err(UnusualOffer)
        }
    }

    #[must_use]
    pub const fn minutes(self) -> Minutes {
        self.0
    }
}

/// How many spans a wish has at most.
pub const MOST_SPANS: usize = 20;

/// For how long somebody waits when they say nothing, and at most.
pub const WAITS: TimeDelta = TimeDelta::days(90);
pub const WAITS_AT_MOST: TimeDelta = TimeDelta::days(366);

/// Who leaves so many offers in a row unanswered does not wait any more.
pub const MOST_UNANSWERED: u32 = 3;

/// Who is offered a slot has at least so long to answer; otherwise it is left to everybody.
const LEAST_TO_ANSWER: TimeDelta = TimeDelta::minutes(10);

/// What somebody waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitlistWish {
    pub service_id: ServiceId,
    pub counsellor_id: Option<CounsellorId>,
    pub site_id: Option<SiteId>,
    pub language: Option<LanguageTag>,
    pub modality: Option<Modality>,
    /// When the slot has to start; at any time where there are none.
    pub spans: Vec<Span>,
}

/// A wish that gets the next fitting slot offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitlistEntry {
    pub id: WaitlistEntryId,
    pub organisation_id: OrganisationId,
    pub code: Code,
    pub wish: WaitlistWish,
    pub joined_at: DateTime<Utc>,
    /// Who was here first is offered first. Moves only when an offer was left unanswered.
    pub queued_at: DateTime<Utc>,
    pub valid_until: DateTime<Utc>,
    /// How many of the last offers in a row were left unanswered.
    pub unanswered: u32,
    pub status: EntryStatus,
}

/// Where an entry is in its life, with what is true there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryStatus {
    Waiting,
    Offered(SlotOffer),
    Booked {
        appointment_id: AppointmentId,
        at: DateTime<Utc>,
    },
    Left {
        at: DateTime<Utc>,
    },
    /// Waited long enough, or did not answer.
    Expired {
        at: DateTime<Utc>,
    },
}

/// A slot that nobody else gets until the answer is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotOffer {
    pub id: WaitlistOfferId,
    pub session_id: SessionId,
    pub site_id: SiteId,
    pub counsellor_id: CounsellorId,
    pub span: Span,
    pub modality: Modality,
    pub offered_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WaitlistError {
    #[error("the entry is {0}, and nobody waits by it any more")]
    Ended(&'static str),
    #[error("no such slot is offered to this entry at the moment")]
    NotOffered,
    #[error("the answer was due at {0}, and the slot is not held any more")]
    Expired(DateTime<Utc>),
}

/// When the answer to an offer is due: so long before the start that others can still book it then.
/// `None` where it begins too soon to be offered.
#[must_use]
pub fn offer_due(
    starts_at: DateTime<Utc>,
    lasts: OfferLasts,
    notice: Minutes,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let due = (now + lasts.0.time_delta()).min(starts_at - notice.time_delta());
    (due >= now + LEAST_TO_ANSWER).then_some(due)
}

impl WaitlistWish {
    #[must_use]
    pub fn fits(&self, offered: &OfferedSlot) -> bool {
        let slot = &offered.slot;
        let starts_at = slot.span.from();
        slot.id.service_id == self.service_id
            && self.counsellor_id.is_none_or(|it| it == slot.counsellor_id)
            && self.site_id.is_none_or(|it| it == slot.site_id)
            && (self.language.as_ref()).is_none_or(|tag| offered.languages.contains(tag))
            && (self.modality.as_ref()).is_none_or(|way| offered.modalities.contains(way))
            && (self.spans.is_empty() || self.spans.iter().any(|span| span.contains(starts_at)))
    }

    /// When nothing that fits can start any more, if ever.
    #[must_use]
    pub fn ends(&self) -> Option<DateTime<Utc>> {
        self.spans.iter().map(|span| span.before()).max()
    }
}

impl SlotOffer {
    /// The slot that is held, of that entry's service.
    pub fn slot(&self, entry: &WaitlistEntry) -> Result<SlotId, NotAWholeMinute> {
        Ok(SlotId {
            organisation_id: entry.organisation_id,
            session_id: self.session_id,
            service_id: entry.wish.service_id,
            starts_at: WholeMinute::new(self.span.from())?,
        })
    }
}

impl EntryStatus {
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Offered(_) => "offered",
            Self::Booked { .. } => "booked",
            Self::Left { .. } => "left",
            Self::Expired { .. } => "expired",
        }
    }

    /// When it ended, if it has.
    #[must_use]
    pub const fn ended_at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Waiting | Self::Offered(_) => None,
            Self::Booked { at, .. } | Self::Left { at } | Self::Expired { at } => Some(*at),
        }
    }
}

impl WaitlistEntry {
    /// What is offered and can still be answered.
    #[must_use]
    pub fn open_offer(&self, now: DateTime<Utc>) -> Option<&SlotOffer> {
        match &self.status {
            EntryStatus::Offered(offer) if now < offer.expires_at => Some(offer),
            _ => None,
        }
    }

    /// Offers it a slot. `None` when it does not wait, or waits no longer.
    #[must_use]
    pub fn offer(self, offer: SlotOffer) -> Option<Self> {
        let waits = self.status == EntryStatus::Waiting && offer.offered_at < self.valid_until;
        waits.then_some(Self {
            status: EntryStatus::Offered(offer),
            ..self
        })
    }

    /// The slot becomes an appointment.
    pub fn accept(
        self,
        offer: WaitlistOfferId,
        appointment_id: AppointmentId,
        now: DateTime<Utc>,
    ) -> Result<Self, WaitlistError> {
        let offer = self.offered(offer)?;
        if now >= offer.expires_at {
            return Err(WaitlistError::Expired(offer.expires_at));
        }
        Ok(Self {
            status: EntryStatus::Booked {
                appointment_id,
                at: now,
            },
            ..self
        })
    }

    /// Does not take the offered slot, and waits for another one. Keeps its turn: what did not suit
    /// was no fault.
    pub fn decline(
        self,
        offer: WaitlistOfferId,
        now: DateTime<Utc>,
    ) -> Result<Self, WaitlistError> {
        let offer = self.offered(offer)?;
        if now >= offer.expires_at {
            return Err(WaitlistError::Expired(offer.expires_at));
        }
        Ok(Self {
            status: EntryStatus::Waiting,
            unanswered: 0,
            ..self
        })
    }

    /// Waits no more, offered a slot or not.
    pub fn leave(self, now: DateTime<Utc>) -> Result<Self, WaitlistError> {
        self.is_open()?;
        Ok(Self {
            status: EntryStatus::Left { at: now },
            ..self
        })
    }

    /// What time alone does to it. `None` when that is nothing. Who did not answer in time goes
    /// behind all who wait, and after some times does not wait any more.
    #[must_use]
    pub fn pass_time(self, now: DateTime<Utc>) -> Option<Self> {
        let expired = EntryStatus::Expired { at: now };
        let is_over = now >= self.valid_until;
        match self.status {
            EntryStatus::Waiting if is_over => Some(Self {
                status: expired,
                ..self
            }),
            EntryStatus::Offered(offer) if now >= offer.expires_at => {
                let unanswered = self.unanswered.saturating_add(1);
                let gives_up = is_over || unanswered >= MOST_UNANSWERED;
                Some(Self {
                    status: if gives_up {
                        expired
                    } else {
                        EntryStatus::Waiting
                    },
                    unanswered,
                    queued_at: now,
                    ..self
                })
            }
            _ => None,
        }
    }

    fn is_open(&self) -> Result<(), WaitlistError> {
        match self.status.ended_at() {
            Some(_) => Err(WaitlistError::Ended(self.status.as_str())),
            None => Ok(()),
        }
    }

    fn offered(&self, id: WaitlistOfferId) -> Result<SlotOffer, WaitlistError> {
        self.is_open()?;
        match self.status {
            EntryStatus::Offered(offer) if offer.id == id => Ok(offer),
            _ => Err(WaitlistError::NotOffered),
        }
    }
}

#[cfg(test)]
mod tests;
