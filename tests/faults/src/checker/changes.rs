use uuid::Uuid;

use super::facts::Facts;
use super::stored::{Stored, Trace};
use crate::history::Operation;

/// What can be done to an appointment, in the word of the event, and who may have done it.
pub(crate) const CHANGES: [(&str, &[Operation]); 8] = [
    ("reschedule", &MOVES),
    ("cancel", &CANCELLATIONS),
    ("approve", &[Operation::Approve]),
    ("check-in", &[Operation::CheckIn]),
    ("call", &[Operation::Call]),
    ("start", &[Operation::Start]),
    ("complete", &[Operation::Complete]),
    ("no-show", &[Operation::NoShow]),
];

pub(crate) const MOVES: [Operation; 3] = [
    Operation::Move,
    Operation::MoveSeries,
    Operation::AcceptProposal,
];

pub(crate) const CANCELLATIONS: [Operation; 5] = [
    Operation::Cancel,
    Operation::CancelSeries,
    Operation::CancelDay,
    Operation::Decline,
    Operation::GiveUp,
];

/// How often that was done to the appointment while the clients played: at least and at most, by
/// audit and events.
pub(crate) fn happened(facts: &Facts, stored: &Stored, word: &str, id: Uuid) -> (usize, usize) {
    let before = facts.before(id).map_or(0, |before| before.version);
    let before = usize::try_from(before).unwrap_or(0);
    let count = |traces: &[Trace]| {
        let new = traces.iter().skip(before);
        new.filter(|trace| trace.word() == word).count()
    };
    let (audit, events) = (count(stored.audit_of(id)), count(stored.events_of(id)));
    (audit.min(events), audit.max(events))
}
