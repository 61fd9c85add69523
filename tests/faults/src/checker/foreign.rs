use std::collections::BTreeSet;

use serde_json::Value;
use uuid::Uuid;

use super::facts::Facts;
use super::intent::{Attempt, id};
use super::observed::shown;
use super::report::{Law, Violation};
use super::stored::Stored;
use crate::history::{Operation, Role};

/// Staff are shown what belongs to their organisation, visitors what their secret opens.
pub(crate) fn check(facts: &Facts, _: &Stored) -> Vec<Violation> {
    let booked = facts.booked();
    let opens: BTreeSet<(&str, Uuid)> = booked
        .iter()
        .filter_map(|(id, (intent, _))| Some((intent.secret()?, *id)))
        .collect();
    let attempts = facts.intents.iter().flat_map(|intent| &intent.attempts);
    let mut broken = Vec::new();
    for (attempt, view) in attempts.flat_map(shown) {
        let appointment = id(&view["id"]);
        let theirs = match attempt.call.role {
            Role::Staff { organisation_id } => {
                id(&view["organisation_id"]) == Some(organisation_id)
            }
            Role::Visitor if is_booking(attempt.call.operation) => true,
            Role::Visitor => secret(attempt)
                .zip(appointment)
                .is_some_and(|opened| opens.contains(&opened)),
        };
        // What was asked for by its id is also what is answered.
        let asked = attempt.call.appointment_id;
        if !theirs || asked.is_some_and(|asked| Some(asked) != appointment) {
            broken.push(foreign(attempt, view));
        }
    }
    broken.extend(entries(facts));
    broken
}

fn foreign(attempt: &Attempt, view: &Value) -> Violation {
    let what = format!("{} was shown to somebody else", view["id"]);
    Violation::of_calls(Law::NoForeignRow, what, vec![attempt.name()])
}

/// Of waiting lists too each visitor is shown, and answers for, what their secret opens.
fn entries(facts: &Facts) -> Vec<Violation> {
    let joined = facts.acknowledged(Operation::JoinWaitlist);
    let attempts = facts.intents.iter().flat_map(|intent| &intent.attempts);
    let mut broken = Vec::new();
    for attempt in attempts {
        let (Some(entry), Some(view)) = (attempt.call.entry_id, attempt.answer()) else {
            continue;
        };
        let join = joined.get(&entry).copied();
        let opens = join.is_some_and(|join| join.secret() == secret(attempt));
        let is_asked_for =
            attempt.call.operation == Operation::AcceptOffer || id(&view["id"]) == Some(entry);
        if !opens || !is_asked_for {
            broken.push(foreign(attempt, view));
        }
    }
    broken
}

const fn is_booking(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::Book | Operation::BookSeries | Operation::BookCourse | Operation::AcceptOffer
    )
}

fn secret(attempt: &Attempt) -> Option<&str> {
    let in_body = attempt
        .call
        .body
        .as_ref()
        .and_then(|body| body["secret"].as_str());
    attempt.call.shown.as_deref().or(in_body)
}
