use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::changes::happened;
use super::facts::Facts;
use super::intent::{Intent, State, id, items};
use super::report::{Law, Violation};
use super::stored::{Proposal, Stored};
use crate::history::Operation;

/// What is proposed is held until it is answered or its appointment is moved or over; it is answered
/// once, as somebody answered it; and one set of proposals is open for an appointment at a time.
pub(crate) fn check(facts: &Facts, stored: &Stored) -> Vec<Violation> {
    let now = stored.fit.at.wall + facts.leaps.furthest(0, u64::MAX);
    let mut broken = Vec::new();
    let mut open: BTreeMap<Uuid, BTreeSet<DateTime<Utc>>> = BTreeMap::new();
    for one in stored.proposals.values() {
        broken.extend(held(stored, one, now));
        if facts.baseline.proposals.contains(&one.id) {
            continue;
        }
        broken.extend(answered(facts, one));
        if one.state == "open" {
            let sets = open.entry(one.appointment_id).or_default();
            sets.insert(one.proposed_at);
        }
    }
    let twice = open.into_iter().filter(|(_, sets)| sets.len() > 1);
    broken.extend(twice.map(|(appointment, sets)| {
        let what = format!("{} sets of proposals are open", sets.len());
        wrong(what, &[]).about("appointments", appointment)
    }));
    broken.extend(moved(facts, stored));
    broken.extend(lost(facts, stored));
    broken
}

fn wrong(what: String, intents: &[&Intent]) -> Violation {
    let calls = intents.iter().flat_map(|intent| intent.names());
    Violation::of_calls(Law::AnsweredOnce, what, calls.collect())
}

fn held(stored: &Stored, one: &Proposal, now: DateTime<Utc>) -> Option<Violation> {
    let what = if one.state != "open" {
        (one.claims > 0).then(|| format!("it is {} and still held", one.state))
    } else if one.expires_at > now && one.claims == 0 {
        Some("it is open and not held".to_owned())
    } else {
        let row = stored.appointments.get(&one.appointment_id);
        let status = row.map_or("not there", |row| row.status.as_str());
        (!matches!(status, "booked" | "requested"))
            .then(|| format!("it is open, and its appointment is {status}"))
    };
    what.map(|what| wrong(what, &[]).about("proposals", one.id))
}

/// The answer that is stored is one that was given, and the one that was acknowledged.
fn answered(facts: &Facts, one: &Proposal) -> Vec<Violation> {
    let answers: Vec<&Intent> = facts.answers(one.id).collect();
    let done: Vec<&Intent> = answers
        .iter()
        .filter(|intent| intent.state() == State::Done)
        .copied()
        .collect();
    let fits = |intent: &&Intent| match intent.operation() {
        Operation::AcceptProposal => one.state == "accepted",
        _ => one.state == "declined",
    };
    let mut broken = Vec::new();
    if done.len() > 1 {
        broken.push(format!("{} answers to it were acknowledged", done.len()));
    }
    if !done.iter().all(fits) {
        broken.push(format!(
            "another answer was acknowledged, and it is {}",
            one.state
        ));
    }
    let is_answered = matches!(one.state.as_str(), "accepted" | "declined");
    if is_answered && !answers.iter().any(fits) {
        broken.push(format!("it is {}, and nobody answered so", one.state));
    }
    broken
        .into_iter()
        .map(|what| wrong(what, &done).about("proposals", one.id))
        .collect()
}

/// Whoever accepts is moved, and nobody else is.
fn moved(facts: &Facts, stored: &Stored) -> Vec<Violation> {
    let mut accepted: BTreeMap<Uuid, usize> = BTreeMap::new();
    let new = stored.proposals.values();
    for one in new.filter(|one| one.state == "accepted") {
        *accepted.entry(one.appointment_id).or_default() += 1;
    }
    let fewer = accepted.into_iter().filter(|(appointment, accepted)| {
        let (_, moved) = happened(facts, stored, "reschedule", *appointment);
        moved < *accepted && facts.before(*appointment).is_none()
    });
    fewer
        .map(|(appointment, accepted)| {
            let what = format!("{accepted} proposals are accepted, and it was moved less often");
            wrong(what, &[]).about("appointments", appointment)
        })
        .collect()
}

/// What a coordinator was told to have proposed is there.
fn lost(facts: &Facts, stored: &Stored) -> Vec<Violation> {
    let mut broken = Vec::new();
    for day in facts.of(Operation::SickDay) {
        let told = day
            .answer()
            .into_iter()
            .flat_map(|day| items(&day["items"]));
        let told = told.flat_map(|item| items(&item["proposals"]));
        for proposal in told.filter_map(|one| id(&one["id"])) {
            if !stored.proposals.contains_key(&proposal) {
                let what = "what was proposed is gone".to_owned();
                broken.push(wrong(what, &[day]).about("proposals", proposal));
            }
        }
    }
    broken
}
