use std::collections::BTreeMap;

use uuid::Uuid;

use super::facts::Facts;
use super::intent::{Attempt, Intent, State};
use super::report::{Law, Violation};
use super::stored::Stored;
use crate::history::Operation;

/// What makes something with an id of its own.
const MAKING: [Operation; 7] = [
    Operation::Book,
    Operation::Hold,
    Operation::BookSeries,
    Operation::BookCourse,
    Operation::JoinWaitlist,
    Operation::AcceptOffer,
    Operation::DrawTicket,
];

pub(crate) fn check(facts: &Facts, _: &Stored) -> Vec<Violation> {
    let keyed = facts
        .intents
        .iter()
        .filter(|intent| intent.first().idempotency_key.is_some());
    let mut broken: Vec<_> = keyed.filter_map(two_answers).collect();
    for operation in MAKING {
        broken.extend(one_effect_of_two_keys(facts, operation));
    }
    broken.extend(ended_twice(facts));
    broken
}

fn two_answers(intent: &Intent) -> Option<Violation> {
    let first = intent.answer()?;
    let other = intent.answers().find(|answer| *answer != first)?;
    let what = if first["id"] == other["id"] {
        "one key was answered in two ways".to_owned()
    } else {
        format!(
            "one key had two effects: {} and {}",
            first["id"], other["id"]
        )
    };
    Some(Violation::of_calls(
        Law::OneEffectPerKey,
        what,
        intent.names(),
    ))
}

fn one_effect_of_two_keys(facts: &Facts, operation: Operation) -> Vec<Violation> {
    let mut made: BTreeMap<Uuid, &Intent> = BTreeMap::new();
    let mut broken = Vec::new();
    for intent in facts.of(operation) {
        let Some(id) = intent.answered_id() else {
            continue;
        };
        if let Some(other) = made.insert(id, intent) {
            let what = format!("two keys were answered with {id}");
            let calls = [other.names(), intent.names()].concat();
            broken.push(Violation::of_calls(Law::OneEffectPerKey, what, calls));
        }
    }
    broken
}

/// A hold is redeemed or given back once.
fn ended_twice(facts: &Facts) -> Vec<Violation> {
    let mut ends: BTreeMap<Uuid, Vec<String>> = BTreeMap::new();
    for intent in &facts.intents {
        let Some(hold) = intent
            .first()
            .hold_id
            .filter(|_| intent.state() == State::Done)
        else {
            continue;
        };
        let calls = ends.entry(hold).or_default();
        if intent.operation() == Operation::Release {
            // It has no key: each acknowledgement is an effect.
            let told = intent
                .attempts
                .iter()
                .filter(|attempt| attempt.answer_status().is_some());
            calls.extend(told.map(Attempt::name));
        } else {
            calls.push(intent.first_name());
        }
    }
    let twice = ends.into_iter().filter(|(_, calls)| calls.len() > 1);
    twice
        .map(|(hold, calls)| {
            let what = format!("hold {hold} was ended {} times", calls.len());
            Violation::of_calls(Law::OneEffectPerKey, what, calls)
        })
        .collect()
}
