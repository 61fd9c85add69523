//! From a wish to an appointment.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::actor::Actor;
use crate::any_counsellor::Wanted;
use crate::appointment::{Appointment, Place, Status};
use crate::approval::answer_by;
use crate::calendar::{Bid, Calendar, HomeError};
use crate::code::Code;
use crate::contact::{Contact, ContactError};
use crate::ids::{AppointmentId, CounsellorId, ResourceId, RoomId, SessionId};
use crate::minutes::Minutes;
use crate::modality::Modality;
use crate::places::Places;
use crate::slot_id::SlotId;
use crate::slots::{Chosen, Need, Unbookable};
use crate::span::Span;
use crate::texts::LanguageTag;

/// What somebody wants to book.
#[derive(Debug, Clone)]
pub struct Wish {
    pub slot: SlotId,
    pub modality: Option<Modality>,
    pub language: Option<LanguageTag>,
    pub interpreter_needed: bool,
    pub contact: Contact,
}

/// A booked appointment, and what it claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    pub appointment: Appointment,
    pub claim: Claimed,
    pub terms: Terms,
}

/// Everything that an appointment or a hold claims, for a span with its buffers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    pub span: Span,
    /// What nobody has claimed yet.
    pub resources: Vec<ResourceId>,
    /// The session of which it takes a place, where many attend it: the resources are the session's
    /// then, and stay so. Whoever is first claims them, as far as publishing it did not.
    pub place_in: Option<SessionId>,
    /// What is claimed for a span of its own: who comes along to a visit has another way.
    pub beside: Vec<(ResourceId, Span)>,
    /// A place in a week of the service, where it has a cap: the service, and the place's minute.
    pub place_in_week: Option<(ResourceId, Span)>,
}

impl Claimed {
    /// Each resource with the span that is claimed of it.
    pub fn parts(&self) -> impl Iterator<Item = (ResourceId, Span)> {
        self.held().chain(self.place_in_week)
    }

    /// As [`Claimed::parts`], without the place in a week.
    pub fn held(&self) -> impl Iterator<Item = (ResourceId, Span)> {
        let resources = self.resources.iter().map(|resource| (*resource, self.span));
        resources.chain(self.beside.iter().copied())
    }

    /// What is claimed for another span than the counsellor.
    pub fn apart(&self) -> impl Iterator<Item = (ResourceId, Span)> {
        self.beside.iter().copied().chain(self.place_in_week)
    }
}

/// What was agreed with the booking, whatever becomes of the site and the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    pub time_zone: Tz,
    /// How long before the start a visitor may still cancel.
    pub cancellation_deadline: Minutes,
    /// How long before the start a visitor may still move.
    pub reschedule_deadline: Minutes,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BookError {
    #[error(transparent)]
    Unbookable(#[from] Unbookable),
    #[error(transparent)]
    Contact(#[from] ContactError),
    #[error("this slot is not offered as {0}")]
    ModalityNotOffered(Modality),
    #[error(transparent)]
    Home(#[from] HomeError),
}

impl Wish {
    /// The language for which an interpreter is to be booked, where the service books any.
    #[must_use]
    pub fn interpreted(&self) -> Option<&LanguageTag> {
        self.language.as_ref().filter(|_| self.interpreter_needed)
    }

    /// What of it decides about the counsellor, where any will do.
    #[must_use]
    pub fn of_counsellor(&self) -> Wanted<'_> {
        Wanted {
            modality: self.modality,
            // Whoever brings an interpreter needs nobody else who speaks it.
            language: self.language.as_ref().filter(|_| !self.interpreter_needed),
        }
    }

    /// Decides by the calendar. `as_of` is the time by whose rules the slot must be free: the
    /// moment of the hold where one is redeemed, else `now`.
    pub fn book(
        &self,
        calendar: &Calendar,
        id: AppointmentId,
        code: Code,
        actor: &Actor,
        as_of: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Booked, BookError> {
        calendar.asks_for(
            self.slot.service_id,
            self.contact.home.as_ref().map(|it| it.doorstep),
        )?;
        let bid = calendar.bid(&self.slot, as_of)?;
        self.contact.satisfies(bid.service.contact_rule)?;
        let place = bid.place(self.modality)?;
        let appointment = Appointment {
            id,
            organisation_id: self.slot.organisation_id,
            code,
            place,
            language: self.language.clone(),
            interpreter_needed: self.interpreter_needed,
            booked_at: now,
            series_id: None,
            status: bid.status(actor, now),
        };
        Ok(Booked {
            appointment,
            claim: bid.claimed(),
            terms: bid.terms(),
        })
    }
}

impl Bid<'_> {
    /// The places of the session, where many attend it.
    pub(crate) fn places(&self) -> Option<&Places> {
        let has_places = self.service.format.has_places();
        self.opening.places.as_ref().filter(|_| has_places)
    }

    /// Whether it takes of what is rationed: whoever takes several at once has to look at each again.
    #[must_use]
    pub fn is_rationed(&self) -> bool {
        let members = self.opening.pools.iter().flat_map(|pool| &pool.members);
        let mut rationed = members.filter(|member| member.ration.is_some());
        rationed.any(|member| {
            let mut chosen = self.claim.chosen.iter();
            chosen.any(|it| it.resource_id == member.resource_id)
        })
    }

    #[must_use]
    pub const fn terms(&self) -> Terms {
        Terms {
            time_zone: self.time_zone,
            cancellation_deadline: self.service.cancellation_deadline,
            reschedule_deadline: self.service.reschedule_deadline,
        }
    }

    /// The counsellor, the room, and what was chosen besides.
    #[must_use]
    pub fn claimed(&self) -> Claimed {
        let own_room = self.opening.room_id.map(ResourceId::from);
        let (chosen, beside): (Vec<&Chosen>, Vec<_>) =
            (self.claim.chosen.iter()).partition(|chosen| chosen.span == self.claim.span);
        let chosen = chosen.into_iter().map(|chosen| chosen.resource_id);
        // The own room is among them where it is on loan.
        let chosen = chosen.filter(|resource| Some(*resource) != own_room);
        let resources = std::iter::once(self.opening.counsellor_id.into())
            .chain(own_room)
            .chain(chosen);
        let places = self.places();
        let is_unclaimed =
            |it: &ResourceId| places.is_none_or(|places| !places.claimed.contains(it));
        Claimed {
            span: self.claim.span,
            resources: resources.filter(is_unclaimed).collect(),
            beside: beside.iter().map(|it| (it.resource_id, it.span)).collect(),
            place_in: places.map(|_| self.opening.session_id),
            place_in_week: self
                .place_in_week
                .map(|place| (self.opening.service_id.into(), place)),
        }
    }

    fn chosen(&self, need: Need) -> Option<ResourceId> {
        let mut chosen = self.claim.chosen.iter();
        chosen
            .find(|chosen| chosen.need == need)
            .map(|chosen| chosen.resource_id)
    }

    /// Visitors request what the organisation wants to approve; everything else is booked at once.
    fn status(&self, actor: &Actor, now: DateTime<Utc>) -> Status {
        match (actor, self.service.approval_within) {
            (Actor::Visitor, Some(within)) => Status::Requested {
                answer_by: answer_by(within, now, self.claim.slot.from()),
            },
            _ => Status::Booked,
        }
    }

    /// The place for an appointment that has been: on its way, or else on the first that is offered.
    pub fn place_instead(&self, modality: Modality) -> Result<Place, BookError> {
        self.place(Some(modality)).or_else(|_| self.place(None))
    }

    /// Whether it can take place on that way, or on any.
    pub(crate) fn is_given_on(&self, wished: Option<Modality>) -> bool {
        self.place(wished).is_ok()
    }

    /// The place, on the wished way or else on the first that is offered.
    pub fn place(&self, wished: Option<Modality>) -> Result<Place, BookError> {
        let mut offered = self.opening.modalities.iter().copied();
        let modality = match wished {
            Some(wished) if offered.any(|offered| offered == wished) => wished,
            Some(wished) => return Err(BookError::ModalityNotOffered(wished)),
            None => offered.next().ok_or(Unbookable::OutsideSession)?,
        };
        Ok(Place {
            session_id: self.opening.session_id,
            service_id: self.opening.service_id,
            site_id: self.opening.site_id,
            counsellor_id: self.opening.counsellor_id,
            room_id: self
                .opening
                .room_id
                .or_else(|| self.chosen(Need::Room).map(RoomId::from)),
            interpreter_id: self.chosen(Need::Interpreter).map(CounsellorId::from),
            second_counsellor_id: self.chosen(Need::Companion).map(CounsellorId::from),
            span: self.claim.slot,
            modality,
        })
    }
}
