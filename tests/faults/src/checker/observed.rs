use std::collections::BTreeMap;

use serde_json::Value;
use uuid::Uuid;

use super::facts::Facts;
use super::intent::{Attempt, id, items};
use crate::history::Operation;

/// An answer with an appointment in it.
pub(crate) type Seen<'a> = (&'a Attempt, &'a Value);

/// What was shown of each appointment, in the order in which the calls were sent.
pub(crate) fn observed(facts: &Facts) -> BTreeMap<Uuid, Vec<Seen<'_>>> {
    let mut observed: BTreeMap<Uuid, Vec<Seen<'_>>> = BTreeMap::new();
    let attempts = facts.intents.iter().flat_map(|intent| &intent.attempts);
    for seen @ (_, view) in attempts.flat_map(shown) {
        if let Some(appointment) = id(&view["id"]) {
            observed.entry(appointment).or_default().push(seen);
        }
    }
    for seen in observed.values_mut() {
        seen.sort_by_key(|(attempt, _)| attempt.call.at.micros);
    }
    observed
}

/// The appointments that an answer shows.
pub(crate) fn shown(attempt: &Attempt) -> Vec<Seen<'_>> {
    let Some(answer) = attempt.answer() else {
        return Vec::new();
    };
    let list = |list| items(list).map(|item| (attempt, item)).collect();
    match attempt.call.operation {
        Operation::FindSlots
        | Operation::SignIn
        | Operation::Hold
        | Operation::Release
        | Operation::Proposals
        | Operation::PreviewSeries
        | Operation::JoinWaitlist
        | Operation::ReadEntry
        | Operation::DeclineOffer
        | Operation::LeaveWaitlist
        | Operation::FindCourses
        | Operation::DrawTicket
        | Operation::ReadTicket
        | Operation::LeaveQueue
        | Operation::CallNext
        | Operation::StartTicket
        | Operation::FinishTicket
        | Operation::MissTicket
        // What is told of a day lacks the version.
        | Operation::SickDay
        | Operation::CancelDay => Vec::new(),
        Operation::Day => list(&answer["items"]),
        Operation::BookSeries
        | Operation::BookCourse
        | Operation::ReadSeries
        | Operation::MoveSeries
        | Operation::CancelSeries => list(&answer["appointments"]),
        _ => vec![(attempt, answer)],
    }
}
