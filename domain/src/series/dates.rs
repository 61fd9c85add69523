//! Which of the dates of a series can be booked.

use std::str::FromStr;

use chrono::{DateTime, Utc};

use crate::actor::Actor;
use crate::booking::{BookError, Booked, Claimed, Wish};
use crate::calendar::Calendar;
use crate::code::Code;
use crate::contact::ContactError;
use crate::ids::{AppointmentId, CounsellorId, ServiceId};
use crate::minutes::WholeMinute;
use crate::slot_id::SlotId;
use crate::slots::Unbookable;

/// One date of a series: what would be booked then, or why nothing can be.
#[derive(Debug, Clone)]
pub struct Date {
    pub starts_at: WholeMinute,
    pub outcome: Result<Booked, BookError>,
}

impl Date {
    /// Decides about one slot, by a wish that is the same for all but for its slot. A contact that the
    /// service does not take is no matter of the date.
    pub(crate) fn book(
        wish: &Wish,
        slot: SlotId,
        new: &NewAppointment,
        calendar: &mut Calendar,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Self, ContactError> {
        let wish = Wish {
            slot,
            ..wish.clone()
        };
        let outcome = match wish.book(calendar, new.id, new.code.clone(), actor, now, now) {
            Err(BookError::Contact(error)) => return Err(error),
            outcome => outcome,
        };
        if let Ok(booked) = &outcome {
            calendar.take_place(slot.service_id, &booked.claim);
        }
        Ok(Self {
            starts_at: slot.starts_at,
            outcome,
        })
    }
}

/// What an appointment is to be called.
#[derive(Debug, Clone)]
pub struct NewAppointment {
    pub id: AppointmentId,
    pub code: Code,
}

/// What to do when some of the dates cannot be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Nothing is booked then.
    AllOrNothing,
    /// The others are booked.
    WhatFits,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a mode is one of all_or_nothing, what_fits")]
pub struct UnknownMode;

impl FromStr for Mode {
    type Err = UnknownMode;

    fn from_str(text: &str) -> Result<Self, UnknownMode> {
        match text {
            "all_or_nothing" => Ok(Self::AllOrNothing),
            "what_fits" => Ok(Self::WhatFits),
            _ => Err(UnknownMode),
        }
    }
}

/// What is booked, and what is left out with its reason.
#[derive(Debug, Clone)]
pub struct Choice {
    pub booked: Vec<Booked>,
    pub left_out: Vec<(WholeMinute, BookError)>,
}

/// Those that cannot be booked, for which nothing is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatesUnbookable(pub Vec<(WholeMinute, BookError)>);

impl Mode {
    pub fn choose(self, dates: Vec<Date>) -> Result<Choice, DatesUnbookable> {
        let mut choice = Choice {
            booked: Vec::new(),
            left_out: Vec::new(),
        };
        for date in dates {
            match date.outcome {
                Ok(booked) => choice.booked.push(booked),
                Err(error) => choice.left_out.push((date.starts_at, error)),
            }
        }
        let refused = match self {
            Self::AllOrNothing => !choice.left_out.is_empty(),
            Self::WhatFits => choice.booked.is_empty(),
        };
        if refused {
            return Err(DatesUnbookable(choice.left_out));
        }
        Ok(choice)
    }
}

/// Decides about each of the starts by the calendar, with the counsellor. A contact that the service
/// does not take spoils them all.
pub fn book_dates(
    wish: &Wish,
    counsellor: CounsellorId,
    starts: &[(WholeMinute, NewAppointment)],
    calendar: &Calendar,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Vec<Date>, ContactError> {
    let mut calendar = calendar.clone();
    let date = |(starts_at, new): &(WholeMinute, NewAppointment)| match calendar.slot_at(
        wish.slot.service_id,
        counsellor,
        *starts_at,
        now,
    ) {
        Ok(slot) => Date::book(wish, slot, new, &mut calendar, actor, now),
        Err(error) => Ok(Date {
            starts_at: *starts_at,
            outcome: Err(error.into()),
        }),
    };
    starts.iter().map(date).collect()
}

impl Calendar {
    /// As it is for the next date of a series: the place in the week is gone, and so is what a room
    /// on loan had left for it.
    pub(super) fn take_place(&mut self, service: ServiceId, claim: &Claimed) {
        self.count_chosen(claim);
        if let Some((_, place)) = claim.place_in_week {
            let taken = self.places_taken.entry(service).or_default();
            taken.push(place.from());
        }
    }

    /// The free slot of the service with the counsellor that starts then, whichever session it lies
    /// in; or why there is none.
    pub fn slot_at(
        &self,
        service: ServiceId,
        counsellor: CounsellorId,
        starts_at: WholeMinute,
        now: DateTime<Utc>,
    ) -> Result<SlotId, Unbookable> {
        let mut why_not = Unbookable::OutsideSession;
        for opening in &self.openings {
            let covers =
                opening.opening.from() <= starts_at && starts_at < opening.opening.before();
            if !covers || opening.service_id != service || opening.counsellor_id != counsellor {
                continue;
            }
            let slot = SlotId {
                organisation_id: opening.organisation_id,
                session_id: opening.session_id,
                service_id: service,
                starts_at,
            };
            match self.bid(&slot, now) {
                Ok(_) => return Ok(slot),
                // Where sessions overlap, it need not be in this one.
                Err(Unbookable::OutsideSession) => {}
                Err(Unbookable::OffGrid) if why_not != Unbookable::OutsideSession => {}
                Err(error) => why_not = error,
            }
        }
        Err(why_not)
    }
}
