use std::collections::BTreeSet;

use uuid::Uuid;

use super::facts::{Attempt, Facts, id};
use super::observed::shown;
use super::report::{Law, Violation};
use super::stored::Stored;
use crate::history::{Operation, Role};

/// Staff are shown what belongs to their organisation, visitors what their secret opens.
pub(crate) fn check(facts: &Facts, _: &Stored) -> Vec<Violation> {
    let booked = facts.booked();
    let opens: BTreeSet<(&str, Uuid)> = booked
        .iter()
        .filter_map(|(id, (intent, _))| Some((intent.answer()?["secret"].as_str()?, *id)))
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
            let what = format!("{} was shown to somebody else", view["id"]);
            let calls = vec![attempt.name()];
            broken.push(Violation::of_calls(Law::NoForeignRow, what, calls));
        }
    }
    broken
}

const fn is_booking(operation: Operation) -> bool {
    matches!(operation, Operation::Book | Operation::BookSeries)
}

fn secret(attempt: &Attempt) -> Option<&str> {
    let in_body = attempt
        .call
        .body
        .as_ref()
        .and_then(|body| body["secret"].as_str());
    attempt.call.shown.as_deref().or(in_body)
}
