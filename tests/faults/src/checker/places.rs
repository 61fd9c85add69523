use chrono::{DateTime, TimeDelta, Utc};
use domain::slot_id::SlotId;
use serde_json::Value;
use uuid::Uuid;

use super::intent::{Intent, id};
use super::stored::{Course, Offer, Proposal, Service, Session, Stored};

/// Nobody who plays lives so far away that the way to them takes longer.
const LONGEST_WAY: TimeDelta = TimeDelta::hours(2);

/// What a slot id means in the data base.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    pub(crate) session_id: Uuid,
    pub(crate) service_id: Uuid,
    pub(crate) starts_at: DateTime<Utc>,
    pub(crate) ends_at: DateTime<Utc>,
    pub(crate) session: &'a Session,
    pub(crate) service: &'a Service,
    pub(crate) claim: Claim,
}

/// Resources for a span, buffers included.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    pub(crate) resources: Vec<Uuid>,
    pub(crate) starts_at: DateTime<Utc>,
    pub(crate) ends_at: DateTime<Utc>,
}

impl Claim {
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        self.starts_at < other.ends_at && other.starts_at < self.ends_at
    }

    pub(crate) fn contends_with(&self, other: &Self) -> bool {
        let shared = |one: &Uuid| other.resources.contains(one);
        self.overlaps(other) && self.resources.iter().any(shared)
    }
}

impl Place<'_> {
    /// The session, of those that many attend.
    pub(crate) fn group(&self) -> Option<Uuid> {
        self.service.for_many.then_some(self.session_id)
    }
}

impl Stored {
    pub(crate) fn place(&self, slot: Option<&str>) -> Option<Place<'_>> {
        let slot: SlotId = slot?.parse().ok()?;
        let (session, service) = (slot.session_id.uuid(), slot.service_id.uuid());
        self.place_at(session, service, slot.starts_at.instant())
    }

    /// Where an appointment was shown to be.
    pub(crate) fn shown_at(&self, view: &Value) -> Option<Place<'_>> {
        let starts_at = view["starts_at"].as_str()?.parse().ok()?;
        self.place_at(
            id(&view["session_id"])?,
            id(&view["service_id"])?,
            starts_at,
        )
    }

    /// What is booked as one, where that is wanted.
    pub(crate) fn course_of(&self, intent: &Intent) -> Option<&Course> {
        self.courses.get(&intent.first().course_id?)
    }

    /// The places of all dates of a course.
    pub(crate) fn dates_of(&self, course: &Course) -> Vec<Place<'_>> {
        let starts_at = |session: &Uuid| Some(self.sessions.get(session)?.starts_at);
        let dates = course.sessions.iter();
        dates
            .filter_map(|session| self.place_at(*session, course.service_id, starts_at(session)?))
            .collect()
    }

    pub(crate) fn proposed(&self, proposal: &Proposal) -> Option<Place<'_>> {
        let (session, service) = (proposal.session_id, proposal.service_id);
        let mut place = self.place_at(session, service, proposal.starts_at)?;
        let people = std::iter::once(proposal.counsellor_id).chain(proposal.room_id);
        place.claim.resources = people.collect();
        Some(place)
    }

    pub(crate) fn offered(&self, offer: &Offer) -> Option<Place<'_>> {
        self.place_at(offer.session_id, offer.service_id, offer.starts_at)
    }

    /// The same talk with the same counsellor at another time, in each session that there is then.
    pub(crate) fn places_then(
        &self,
        place: &Place<'_>,
        starts_at: DateTime<Utc>,
    ) -> Vec<Place<'_>> {
        let of_counsellor = |session: &Session| {
            session.counsellor_id == place.session.counsellor_id
                && session.services.contains(&place.service_id)
                && session.starts_at <= starts_at
                && starts_at < session.ends_at
        };
        self.sessions
            .iter()
            .filter(|(_, session)| of_counsellor(session))
            .filter_map(|(id, _)| self.place_at(*id, place.service_id, starts_at))
            .collect()
    }

    fn place_at(
        &self,
        session_id: Uuid,
        service_id: Uuid,
        starts_at: DateTime<Utc>,
    ) -> Option<Place<'_>> {
        let session = self.sessions.get(&session_id)?;
        let service = self.services.get(&service_id)?;
        // Who comes to a group comes for all of it.
        let ends_at = if service.for_many {
            session.ends_at
        } else {
            starts_at + TimeDelta::minutes(service.length)
        };
        let resources = std::iter::once(session.counsellor_id).chain(session.room_id);
        let way = if service.visits {
            LONGEST_WAY
        } else {
            TimeDelta::zero()
        };
        Some(Place {
            session_id,
            service_id,
            starts_at,
            ends_at,
            session,
            service,
            claim: Claim {
                resources: resources.collect(),
                starts_at: starts_at - TimeDelta::minutes(service.before) - way,
                ends_at: ends_at + TimeDelta::minutes(service.after) + way,
            },
        })
    }

    /// Who could interpret at the place: for that language, or for any.
    pub(crate) fn interpreters(&self, place: &Place<'_>, language: Option<&str>) -> Vec<Uuid> {
        let speaks = |languages: &[String]| {
            language.is_none_or(|language| languages.iter().any(|one| one == language))
        };
        let of_organisation = self.interpreters.iter().filter(|one| {
            place.service.books_interpreters
                && one.organisation_id == place.session.organisation_id
                && one.counsellor_id != place.session.counsellor_id
                && speaks(&one.languages)
        });
        of_organisation.map(|one| one.counsellor_id).collect()
    }

    /// All that talks with a counsellor may take: themselves, and each room in which they are.
    pub(crate) fn wherever(&self, counsellor: Uuid) -> Vec<Uuid> {
        let sessions = self.sessions.values();
        let theirs = sessions.filter(|session| session.counsellor_id == counsellor);
        let mut resources: Vec<Uuid> = theirs.filter_map(|session| session.room_id).collect();
        resources.push(counsellor);
        resources
    }
}
