//! What somebody wants to take: a slot, or a time that any counsellor may give.

use chrono::{DateTime, Utc};
use domain::any_counsellor::{Talks, Wanted};
use domain::calendar::Calendar;
use domain::gender::Gender;
use domain::ids::{HoldId, SessionId};
use domain::slot_id::SlotId;
use domain::texts::LanguageTag;
use persistence::Transaction;
use persistence::appointments::{AnyBooking, Booking, Opened, open_any, open_booking};
use persistence::idempotency::Attempt;
use uuid::Uuid;

use crate::problems::Problem;
use crate::slots::WantedSlot;

#[derive(Debug)]
pub(crate) struct Target {
    /// Its slot is named by nobody, where any counsellor will do, until [`Target::settle`].
    pub(crate) booking: Booking,
    any: Option<AnyBooking>,
    talks: Talks,
}

impl Target {
    pub(crate) fn new(
        slot: WantedSlot,
        hold: Option<(HoldId, [u8; 32])>,
        interpreted: Option<LanguageTag>,
        counsellor_gender: Option<Gender>,
    ) -> Result<Self, Problem> {
        let any = match slot {
            WantedSlot::Any(slot) => Some(AnyBooking {
                slot,
                interpreted: interpreted.clone(),
                counsellor_gender,
                contact_hashes: Vec::new(),
            }),
            WantedSlot::One(_) if counsellor_gender.is_some() => {
                let detail = "goes with a slot of any counsellor";
                return Err(Problem::rule("/counsellor_gender", detail));
            }
            WantedSlot::One(_) => None,
        };
        let slot = match slot {
            WantedSlot::One(slot) => slot,
            WantedSlot::Any(any) => any.in_session(SessionId::new(Uuid::nil())),
        };
        let booking = Booking {
            hold,
            interpreted,
            ..Booking::of(slot)
        };
        Ok(Self {
            booking,
            any,
            talks: Talks::new(),
        })
    }

    /// Tells by what the visitor is known, if by anything.
    pub(crate) fn known_by(&mut self, hashes: Vec<[u8; 32]>) {
        if let Some(any) = &mut self.any {
            any.contact_hashes.clone_from(&hashes);
        }
        self.booking.contact_hashes = hashes;
    }

    /// Locks whatever could be taken, and reads what the decision needs. One round trip.
    pub(crate) async fn open(
        &mut self,
        transaction: &mut Transaction,
        attempt: Option<&Attempt>,
        now: DateTime<Utc>,
    ) -> Result<Opened, Problem> {
        let Some(any) = &self.any else {
            return Ok(open_booking(transaction, &self.booking, attempt, now).await?);
        };
        let mut opened = open_any(transaction, any, attempt, now).await?;
        if let Some(doorstep) = self.booking.doorstep {
            opened.calendar.lead_to(doorstep);
        }
        self.talks = opened.talks;
        Ok(Opened {
            known: opened.known,
            calendar: opened.calendar,
            hold_expires_at: None,
            missed: opened.missed,
        })
    }

    /// The slot that is taken. All who could give it are locked: nobody is lost who is chosen.
    pub(crate) fn settle(
        &mut self,
        calendar: &Calendar,
        wanted: Wanted<'_>,
        now: DateTime<Utc>,
    ) -> Result<SlotId, Problem> {
        if let Some(any) = &self.any {
            calendar.asks_for(any.slot.service_id, self.booking.doorstep)?;
            self.booking.slot = calendar.choose(&any.slot, wanted, &self.talks, now)?;
        }
        Ok(self.booking.slot)
    }
}
