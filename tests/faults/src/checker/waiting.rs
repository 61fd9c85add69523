use std::collections::BTreeMap;

use uuid::Uuid;

use super::facts::Facts;
use super::intent::{Intent, State};
use super::report::{Law, Violation};
use super::stored::{Entry, Offer, Stored};
use crate::history::Operation;

/// Who joined a waiting list and what they answered is there as it was acknowledged; and nothing was
/// answered or given for them that they did not.
pub(crate) fn check(facts: &Facts, stored: &Stored) -> Vec<Violation> {
    let joined = facts.acknowledged(Operation::JoinWaitlist);
    let mut broken = Vec::new();
    for (id, join) in &joined {
        match stored.entries.get(id) {
            Some(entry) => broken.extend(kept(stored, entry, join)),
            None => broken.push(lost(format!("the entry {id} is gone"), join)),
        }
    }
    for entry in stored.entries.values() {
        broken.extend(ended(facts, entry));
        broken.extend(contact(entry, &joined));
    }
    for offer in stored.offers.values() {
        broken.extend(answered(facts, offer));
        if !stored.entries.contains_key(&offer.entry_id) {
            let what = "it is offered to nobody".to_owned();
            broken.push(unasked(what, "waitlist_offers", offer.id));
        }
    }
    broken
}

fn lost(what: String, intent: &Intent) -> Violation {
    Violation::of_calls(Law::NothingLost, what, intent.names())
}

fn unasked(what: String, table: &str, id: Uuid) -> Violation {
    Violation::of_rows(Law::NothingUnasked, what, []).about(table, id)
}

/// What was told on joining, and what was given.
fn kept(stored: &Stored, entry: &Entry, join: &Intent) -> Option<Violation> {
    let told = join.answer()?;
    let code = told["code"].as_str().unwrap_or_default().replace('-', "");
    let lacks_contact = join.gives_contact()
        && match entry.appointment_id {
            Some(appointment) => !stored.contacts.contains(&appointment),
            None => !entry.has_ended() && !entry.has_contact,
        };
    let what = if code != entry.code {
        "has another code than was told"
    } else if told["organisation_id"] != entry.organisation_id.to_string() {
        "belongs to another organisation than was told"
    } else if lacks_contact {
        "lacks the contact that was given"
    } else {
        return None;
    };
    Some(lost(format!("the entry {} {what}", entry.id), join))
}

/// It has ended as was acknowledged, and as somebody wanted.
fn ended(facts: &Facts, entry: &Entry) -> Vec<Violation> {
    let ends: Vec<&Intent> = facts.ends_of_entry(entry.id).collect();
    let status = entry.status.as_str();
    let fits = |intent: &Intent| match intent.operation() {
        Operation::LeaveWaitlist => status == "left",
        _ => {
            status == "booked"
                && intent
                    .answered_id()
                    .is_none_or(|id| entry.appointment_id == Some(id))
        }
    };
    let done = ends.iter().filter(|intent| intent.state() == State::Done);
    let otherwise = done.filter(|intent| !fits(intent));
    let mut broken: Vec<_> = otherwise
        .map(|intent| {
            let what = format!("the entry {} is {status}", entry.id);
            lost(what, intent)
        })
        .collect();
    let by_somebody = matches!(status, "left" | "booked");
    if by_somebody && !ends.iter().any(|intent| fits(intent)) {
        let what = format!("it is {status}, and nobody wanted that");
        broken.push(unasked(what, "waitlist_entries", entry.id));
    }
    broken
}

/// What a visitor gave goes with the end of the entry.
fn contact(entry: &Entry, joined: &BTreeMap<Uuid, &Intent>) -> Option<Violation> {
    let given = joined
        .get(&entry.id)
        .is_none_or(|join| join.gives_contact());
    let what = if entry.has_contact && entry.has_ended() {
        format!("it is {}, and its contact is there", entry.status)
    } else if entry.has_contact && !given {
        "a contact that nobody gave".to_owned()
    } else {
        return None;
    };
    Some(unasked(what, "waitlist_contacts", entry.id))
}

fn answered(facts: &Facts, offer: &Offer) -> Vec<Violation> {
    let answers: Vec<&Intent> = facts.answers_to_offer(offer).collect();
    let state = offer.state.as_str();
    let fits = |intent: &Intent| match intent.operation() {
        Operation::AcceptOffer => state == "accepted",
        _ => state == "declined",
    };
    let mut broken = Vec::new();
    // Whoever leaves need not have been offered it.
    let named = answers
        .iter()
        .filter(|intent| intent.first().offer_id == Some(offer.id));
    for intent in named.filter(|intent| intent.state() == State::Done && !fits(intent)) {
        broken.push(lost(format!("the offer {} is {state}", offer.id), intent));
    }
    let by_somebody = matches!(state, "accepted" | "declined");
    if by_somebody && !answers.iter().any(|intent| fits(intent)) {
        let what = format!("it is {state}, and nobody answered so");
        broken.push(unasked(what, "waitlist_offers", offer.id));
    }
    broken
}
