//! Who may have claimed what, and from when to when, by what is known.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::changes::{CANCELLATIONS, happened};
use super::discovered;
use super::facts::Facts;
use super::intent::{FOR_EVER, Intent, State, appointments, id};
use super::places::{Claim, Place};
use super::stored::Stored;
use crate::history::Operation;

/// How long a hold lasts, with a second for clocks.
const HOLD_LASTS: u64 = 601_000_000;
/// No series is longer.
const LONGEST_SERIES: TimeDelta = TimeDelta::days(731);

#[derive(Debug)]
pub(crate) struct Possible {
    pub(crate) claim: Claim,
    /// A place in this session, and not the time of anybody.
    pub(crate) place_in: Option<Uuid>,
    /// How many pieces of which equipment.
    pub(crate) pieces: Vec<(Uuid, i64)>,
    /// The appointment, hold, proposal or offer, where it is known.
    pub(crate) holder: Option<Uuid>,
    /// The intent; what was there before has none.
    pub(crate) intent: Option<Uuid>,
    /// It cannot have begun before, and was over for sure afterwards.
    pub(crate) from: u64,
    pub(crate) until: u64,
}

pub(crate) fn possible(facts: &Facts, stored: &Stored) -> Vec<Possible> {
    let known = Known::new(facts, stored);
    let mut claims = before(facts, stored);
    for intent in facts.intents.iter().filter(|one| one.may_have_happened()) {
        match (intent.operation(), intent.answer()) {
            (Operation::Hold | Operation::Book | Operation::Move, _) => {
                claims.extend(known.single(intent));
            }
            (
                Operation::BookSeries | Operation::BookCourse | Operation::MoveSeries,
                Some(series),
            ) => {
                let views = appointments(series).into_iter();
                claims.extend(views.flat_map(|view| known.shown(intent, view)));
            }
            (Operation::BookSeries | Operation::MoveSeries, None) => {
                claims.extend(known.somewhere(intent));
            }
            (Operation::BookCourse, None) => {
                let course = stored.course_of(intent);
                let dates = course.map(|course| stored.dates_of(course));
                let dates = dates.into_iter().flatten();
                claims.extend(dates.flat_map(|place| of_place(intent, place, None, FOR_EVER)));
            }
            (Operation::AcceptProposal, _) => claims.extend(known.accepted(intent)),
            (Operation::AcceptOffer, _) => claims.extend(known.accepted_offer(intent)),
            _ => {}
        }
    }
    claims.extend(known.proposals());
    claims.extend(known.offers());
    claims
}

struct Known<'a> {
    facts: &'a Facts,
    stored: &'a Stored,
    /// Service and moment of the bookings of which nobody was told.
    rows: BTreeSet<(Uuid, DateTime<Utc>)>,
    series: BTreeSet<Uuid>,
}

impl<'a> Known<'a> {
    fn new(facts: &'a Facts, stored: &'a Stored) -> Self {
        let discovered = discovered::appointments(facts, stored);
        let rows = discovered
            .all()
            .filter_map(|id| stored.appointments.get(id))
            .map(|row| (row.service_id, row.booked_at));
        let series = discovered::series(facts, stored);
        let series = series.all().filter_map(|id| stored.series.get(id));
        Self {
            facts,
            stored,
            rows: rows.collect(),
            series: series.map(|row| row.service_id).collect(),
        }
    }

    /// Of a hold, a booking or a move.
    fn single(&self, intent: &Intent) -> Vec<Possible> {
        let call = intent.first();
        let holder = match intent.operation() {
            Operation::Move => call.appointment_id,
            _ => intent.answered_id(),
        };
        let Some(mut place) = self.stored.place(call.slot_id.as_deref()) else {
            return Vec::new();
        };
        let made_nothing = intent.state() == State::Open
            && match intent.operation() {
                // Every appointment stays: where no row is left over, no open booking of the
                // service has happened.
                Operation::Book => !self.rows.iter().any(|(id, _)| *id == place.service_id),
                Operation::Move => holder.is_some_and(|id| self.all_moves_are_known(id)),
                _ => false,
            };
        if made_nothing {
            return Vec::new();
        }
        let interpreters = match intent.answer() {
            Some(answer) => ["interpreter_id", "second_counsellor_id"]
                .iter()
                .filter_map(|name| id(&answer[name]))
                .collect(),
            None => self.stored.interpreters(&place, None),
        };
        place.claim.resources.extend(interpreters);
        of_place(intent, place, holder, until(self.facts, intent, holder))
    }

    /// Of a series, where it was told to be.
    fn shown(&self, intent: &Intent, view: &Value) -> Vec<Possible> {
        let place = self.stored.shown_at(view);
        let (Some(mut place), Some(holder)) = (place, id(&view["id"])) else {
            return Vec::new();
        };
        place.claim.resources.extend(id(&view["interpreter_id"]));
        let until = freed(self.facts, holder, intent.done_by());
        of_place(intent, place, Some(holder), until)
    }

    /// Of a series of which nobody knows on which of its dates it is: on all that follow.
    fn somewhere(&self, intent: &Intent) -> Vec<Possible> {
        let call = intent.first();
        let Some(mut place) = self.stored.place(call.slot_id.as_deref()) else {
            return Vec::new();
        };
        let books = intent.operation() == Operation::BookSeries;
        if books && !self.series.contains(&place.service_id) {
            return Vec::new();
        }
        let counsellor = place.session.counsellor_id;
        place.claim.resources = self.stored.wherever(counsellor);
        let interpreters = self.stored.interpreters(&place, None);
        place.claim.resources.extend(interpreters);
        place.claim.ends_at += LONGEST_SERIES;
        of_place(intent, place, None, FOR_EVER)
    }

    fn accepted(&self, intent: &Intent) -> Vec<Possible> {
        let proposal = intent.first().proposal_id;
        let proposal = proposal.and_then(|id| self.stored.proposals.get(&id));
        let (Some(proposal), Some(holder)) = (proposal, intent.first().appointment_id) else {
            return Vec::new();
        };
        if proposal.state != "accepted" {
            return Vec::new();
        }
        let until = freed(self.facts, holder, intent.done_by());
        let place = self.stored.proposed(proposal);
        place.map_or_else(Vec::new, |place| {
            of_place(intent, place, Some(holder), until)
        })
    }

    fn accepted_offer(&self, intent: &Intent) -> Vec<Possible> {
        let offer = intent.first().offer_id;
        let offer = offer.and_then(|id| self.stored.offers.get(&id));
        let Some(offer) = offer.filter(|offer| offer.state == "accepted") else {
            return Vec::new();
        };
        let entry = self.stored.entries.get(&offer.entry_id);
        let holder = entry.and_then(|entry| entry.appointment_id);
        let until = until(self.facts, intent, holder);
        let place = self.stored.offered(offer);
        place.map_or_else(Vec::new, |place| of_place(intent, place, holder, until))
    }

    /// Whatever was offered to who waits, at some time since they joined. Rows of offers stay.
    fn offers(&self) -> Vec<Possible> {
        let joined = self.facts.acknowledged(Operation::JoinWaitlist);
        let mut claims = Vec::new();
        for offer in self.stored.offers.values() {
            let Some(place) = self.stored.offered(offer) else {
                continue;
            };
            let join = joined.get(&offer.entry_id).copied();
            let answers = self.facts.answers_to_offer(offer);
            let answered = answers.map(Intent::done_by).min().unwrap_or(FOR_EVER);
            let until = match offer.state.as_str() {
                "accepted" | "declined" => answered,
                // Nobody knows when the program looked.
                _ => FOR_EVER,
            };
            claims.extend(held(join, place, Some(offer.id), until));
        }
        claims
    }

    /// Whatever was proposed while the clients played. Rows of proposals stay.
    fn proposals(&self) -> Vec<Possible> {
        let mut claims = Vec::new();
        for proposal in self.stored.proposals.values() {
            let days = self.facts.of(Operation::SickDay);
            let day = days
                .filter(|day| day.may_have_happened() && day.proposes(proposal))
                .min_by_key(|day| day.sent());
            if let (Some(day), Some(place)) = (day, self.stored.proposed(proposal)) {
                let answers = self.facts.answers(proposal.id);
                let answered = answers.map(Intent::done_by).min().unwrap_or(FOR_EVER);
                let freed = freed(self.facts, proposal.appointment_id, day.done_by());
                let until = if proposal.state == "open" {
                    FOR_EVER
                } else {
                    answered.min(freed)
                };
                claims.extend(of_place(day, place, Some(proposal.id), until));
            }
        }
        claims
    }

    fn all_moves_are_known(&self, appointment: Uuid) -> bool {
        let moves = self.facts.changes(&super::changes::MOVES, appointment);
        let done = moves.filter(|one| one.state() == State::Done).count();
        happened(self.facts, self.stored, "reschedule", appointment).1 <= done
    }
}

/// Of a group the place, and the time of the session, which stays claimed behind its first booking.
fn of_place(intent: &Intent, place: Place<'_>, holder: Option<Uuid>, until: u64) -> Vec<Possible> {
    held(Some(intent), place, holder, until)
}

/// As `of_place`, also of what nobody is known to have asked for.
fn held(
    intent: Option<&Intent>,
    place: Place<'_>,
    holder: Option<Uuid>,
    until: u64,
) -> Vec<Possible> {
    let (group, pieces) = (place.group(), place.service.pieces.clone());
    let possible = |place_in, holder, until| Possible {
        claim: place.claim.clone(),
        place_in,
        pieces: pieces.clone(),
        holder,
        intent: intent.map(|intent| intent.first().intent),
        from: intent.map_or(0, Intent::sent),
        until,
    };
    match group {
        None => vec![possible(None, holder, until)],
        Some(session) => vec![
            possible(Some(session), holder, until),
            possible(None, Some(session), FOR_EVER),
        ],
    }
}

fn before(facts: &Facts, stored: &Stored) -> Vec<Possible> {
    let claims = facts.baseline.claims.iter().map(|one| {
        let claim = Claim {
            resources: vec![one.resource],
            starts_at: one.starts_at,
            ends_at: one.ends_at,
        };
        let piece = stored.pieces.get(&one.resource);
        let pieces = piece.map(|equipment| (*equipment, 1)).into_iter();
        (one.claim, claim, None, pieces.collect())
    });
    let places = facts.baseline.places.iter().map(|(holder, session)| {
        let claim = Claim {
            resources: Vec::new(),
            starts_at: DateTime::UNIX_EPOCH,
            ends_at: DateTime::UNIX_EPOCH,
        };
        (*holder, claim, Some(*session), Vec::new())
    });
    claims
        .chain(places)
        .map(|(holder, claim, place_in, pieces)| Possible {
            claim,
            place_in,
            pieces,
            holder: Some(holder),
            intent: None,
            from: 0,
            until: freed(facts, holder, 0),
        })
        .collect()
}

fn until(facts: &Facts, intent: &Intent, holder: Option<Uuid>) -> u64 {
    let Some(holder) = holder else {
        // Nobody knows when it was made, nor who ended it.
        return FOR_EVER;
    };
    if intent.operation() == Operation::Hold {
        let ends = facts
            .intents
            .iter()
            .filter(|end| end.first().hold_id == Some(holder));
        let ended = ends.map(Intent::done_by).min().unwrap_or(FOR_EVER);
        ended.min(intent.heard().saturating_add(HOLD_LASTS))
    } else {
        freed(facts, holder, intent.done_by())
    }
}

/// When a place that was taken before `since` was left for sure: by a move or a cancellation that
/// began after that. Of a series that was moved it is not known which of its appointments were.
fn freed(facts: &Facts, appointment: Uuid, since: u64) -> u64 {
    let moves = facts.changes(&[Operation::Move, Operation::AcceptProposal], appointment);
    let ends = moves.chain(facts.changes(&CANCELLATIONS, appointment));
    let later = ends.filter(|end| end.sent() >= since && end.ended(appointment));
    later.map(Intent::done_by).min().unwrap_or(FOR_EVER)
}
