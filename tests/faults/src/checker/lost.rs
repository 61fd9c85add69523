use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::changes::{CHANGES, MOVES, happened};
use super::facts::Facts;
use super::intent::{self, Attempt, FOR_EVER, Intent, State, appointments, version};
use super::observed::observed;
use super::report::{Law, Violation};
use super::stored::{Appointment, Stored};
use crate::history::{Operation, Result as Told, Role};

pub(crate) fn check(facts: &Facts, stored: &Stored) -> Vec<Violation> {
    let booked = facts.booked();
    let mut broken = Vec::new();
    for (id, (intent, view)) in &booked {
        broken.extend(booking(stored, *id, intent, view));
    }
    for appointment in stored.appointments.values() {
        broken.extend(changes(facts, stored, appointment.id));
        broken.extend(place(
            facts,
            stored,
            appointment,
            booked.get(&appointment.id).map(|(intent, _)| *intent),
        ));
    }
    broken.extend(holds(facts, stored));
    broken.extend(went_back(facts, stored));
    let booked = booked.into_iter().map(|(id, (intent, _))| (id, intent));
    let joined = facts.acknowledged(Operation::JoinWaitlist);
    let drawn = facts.acknowledged(Operation::DrawTicket);
    let known = booked
        .chain(facts.booked_series())
        .chain(joined)
        .chain(drawn);
    broken.extend(not_found(facts, &known.collect()));
    broken
}

fn lost(what: String, intent: &Intent) -> Violation {
    Violation::of_calls(Law::NothingLost, what, intent.names())
}

fn booking(stored: &Stored, id: Uuid, intent: &Intent, answer: &Value) -> Option<Violation> {
    let Some(row) = stored.appointments.get(&id) else {
        return Some(lost(format!("the booked appointment {id} is gone"), intent));
    };
    let code = answer["code"].as_str().unwrap_or_default().replace('-', "");
    let what = if code != row.code {
        "has another code than was told"
    } else if answer["organisation_id"] != row.organisation_id.to_string() {
        "belongs to another organisation than was told"
    } else if intent.gives_contact() && !stored.contacts.contains(&id) {
        "lacks the contact that was given"
    } else {
        return None;
    };
    Some(lost(format!("the booked appointment {id} {what}"), intent))
}

/// Every acknowledged change left its traces. Where audit and events differ, that is another law's.
fn changes(facts: &Facts, stored: &Stored, id: Uuid) -> Vec<Violation> {
    let mut broken = Vec::new();
    for (action, operations) in CHANGES {
        let done: Vec<_> = facts
            .changes(operations, id)
            .filter(|intent| intent.state() == State::Done && intent.changes_each())
            .collect();
        let (_, at_most) = happened(facts, stored, action, id);
        if done.len() > at_most {
            let what = format!(
                "{} times acknowledged and {at_most} times done: {action}",
                done.len()
            );
            let names = done.iter().flat_map(|intent| intent.names()).collect();
            let violation = Violation::of_calls(Law::NothingLost, what, names);
            broken.push(violation.about("appointments", id));
        }
    }
    broken
}

/// The appointment stands where the booking or a move put it that no later move has undone.
fn place(
    facts: &Facts,
    stored: &Stored,
    row: &Appointment,
    booking: Option<&Intent>,
) -> Option<Violation> {
    let booking = booking?;
    let moves = || {
        facts
            .changes(&MOVES, row.id)
            .filter(|one| one.may_have_happened())
    };
    let placed: Vec<&Intent> = moves().chain([booking]).collect();
    let stands = placed.iter().any(|one| {
        let undone =
            moves().any(|later| later.state() == State::Done && later.sent() >= one.done_by());
        !undone
            && put(stored, one, row.id).is_none_or(|there| there == (row.session_id, row.starts_at))
    });
    if stands {
        return None;
    }
    let what = format!(
        "the appointment stands at {}, where nobody put it last",
        row.starts_at
    );
    let names = placed.iter().flat_map(|intent| intent.names()).collect();
    let violation = Violation::of_calls(Law::NothingLost, what, names);
    Some(violation.about("appointments", row.id))
}

/// Where the booking or the move put the appointment; nobody knows of a series without an answer.
fn put(stored: &Stored, intent: &Intent, id: Uuid) -> Option<(Uuid, DateTime<Utc>)> {
    let call = intent.first();
    let nowhere = (Uuid::nil(), DateTime::UNIX_EPOCH);
    let place = match intent.operation() {
        Operation::BookSeries | Operation::BookCourse | Operation::MoveSeries => {
            let mut views = appointments(intent.answer()?).into_iter();
            let view = views.find(|view| intent::id(&view["id"]) == Some(id));
            view.and_then(|view| stored.shown_at(view))
        }
        Operation::AcceptOffer => {
            let offer = call.offer_id.and_then(|id| stored.offers.get(&id));
            offer.and_then(|offer| stored.offered(offer))
        }
        Operation::AcceptProposal => {
            let proposal = call.proposal_id.and_then(|id| stored.proposals.get(&id));
            proposal.and_then(|proposal| stored.proposed(proposal))
        }
        _ => stored.place(call.slot_id.as_deref()),
    };
    Some(place.map_or(nowhere, |place| (place.session_id, place.starts_at)))
}

fn holds(facts: &Facts, stored: &Stored) -> Vec<Violation> {
    let mut ended: BTreeMap<Uuid, Vec<&Intent>> = BTreeMap::new();
    for intent in facts.intents.iter().filter(|one| one.may_have_happened()) {
        if let Some(hold) = intent.first().hold_id {
            ended.entry(hold).or_default().push(intent);
        }
    }
    let mut broken = Vec::new();
    for (id, intent) in facts.acknowledged(Operation::Hold) {
        let expires_at = intent
            .answer()
            .and_then(|answer| answer["expires_at"].as_str());
        let expires_at: Option<DateTime<Utc>> = expires_at.and_then(|text| text.parse().ok());
        let expired = expires_at.is_none_or(|at| at <= stored.fit.at.wall);
        let there = stored.holds.contains_key(&id);
        let ends = ended.get(&id).map_or(&[][..], Vec::as_slice);
        if !there && !expired && ends.is_empty() {
            broken.push(lost(format!("the hold {id} is gone"), intent));
        }
        if let Some(end) = ends.iter().find(|end| there && end.state() == State::Done) {
            broken.push(lost(format!("the hold {id} is there again"), end));
        }
    }
    broken
}

/// Nobody who asks later is shown an older version. Answers that may be a repetition do not count.
fn went_back(facts: &Facts, stored: &Stored) -> Vec<Violation> {
    let mut broken = Vec::new();
    for (id, seen) in observed(facts) {
        let fresh = |attempt: &Attempt| attempt.call.attempt == 1;
        let mut by_answer: Vec<_> = seen
            .iter()
            .filter_map(|(attempt, view)| Some((attempt.heard(), version(view)?, *attempt)))
            .collect();
        by_answer.sort_by_key(|(heard, ..)| *heard);
        let mut known = by_answer.into_iter().peekable();
        let mut newest: Option<(i64, &Attempt)> = None;
        let last = stored
            .appointments
            .get(&id)
            .map(|row| (FOR_EVER, row.version, None));
        let asked = seen
            .iter()
            .filter(|(attempt, _)| fresh(attempt))
            .filter_map(|(attempt, view)| {
                Some((attempt.call.at.micros, version(view)?, Some(*attempt)))
            });
        for (sent, version, later) in asked.chain(last) {
            while let Some((_, version, attempt)) = known.next_if(|(heard, ..)| *heard < sent) {
                if newest.is_none_or(|(newest, _)| version > newest) {
                    newest = Some((version, attempt));
                }
            }
            if let Some((newest, shown)) = newest
                && version < newest
            {
                let what = format!("version {newest} was shown, and version {version} later");
                let names = [Some(shown), later]
                    .into_iter()
                    .flatten()
                    .map(Attempt::name);
                let violation = Violation::of_calls(Law::NothingLost, what, names.collect());
                broken.push(violation.about("appointments", id));
            }
        }
    }
    broken
}

/// Whoever was told of an appointment, a series or an entry finds it, with its secret or as staff of its organisation.
fn not_found(facts: &Facts, booked: &BTreeMap<Uuid, &Intent>) -> Vec<Violation> {
    let attempts = facts.intents.iter().flat_map(|intent| &intent.attempts);
    let mut broken = Vec::new();
    for attempt in attempts.filter(|attempt| is_404(attempt)) {
        let call = &attempt.call;
        let asked = call.appointment_id.or(call.series_id).or(call.entry_id);
        let asked = asked.or(call.ticket_id);
        let asked = asked.and_then(|id| booked.get(&id));
        let Some(booking) = asked.filter(|booking| booking.done_by() <= call.at.micros) else {
            continue;
        };
        let Some(answer) = booking.answer() else {
            continue;
        };
        let own = match call.role {
            Role::Staff { organisation_id } => {
                answer["organisation_id"] == organisation_id.to_string()
            }
            Role::Visitor => {
                let in_body = call.body.as_ref().and_then(|body| body["secret"].as_str());
                let shown = call.shown.as_deref().or(in_body);
                shown.is_some() && shown == booking.secret()
            }
        };
        if own {
            let what = "what was acknowledged was not found".to_owned();
            let names = [booking.names(), vec![attempt.name()]].concat();
            broken.push(Violation::of_calls(Law::NothingLost, what, names));
        }
    }
    broken
}

fn is_404(attempt: &Attempt) -> bool {
    let result = attempt.outcome.as_ref().map(|outcome| &outcome.result);
    matches!(result, Some(Told::Answer { status: 404, .. }))
}
