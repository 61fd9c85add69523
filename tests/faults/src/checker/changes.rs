use uuid::Uuid;

use super::facts::Facts;
use super::stored::{Stored, Trace};
use crate::history::Operation;

/// What can be done to an appointment, with the word of the audit.
pub(crate) const CHANGES: [(Operation, &str); 5] = [
    (Operation::Move, "reschedule"),
    (Operation::Cancel, "cancel"),
    (Operation::CheckIn, "check-in"),
    (Operation::Complete, "complete"),
    (Operation::NoShow, "no-show"),
];

/// How often that was done to the appointment while the clients played: at least and at most, by
/// audit and events.
pub(crate) fn happened(facts: &Facts, stored: &Stored, action: &str, id: Uuid) -> (usize, usize) {
    let before = facts.before(id).map_or(0, |before| before.version);
    let before = usize::try_from(before).unwrap_or(0);
    let count = |traces: &[Trace]| {
        let new = traces.iter().skip(before);
        new.filter(|trace| trace.action == action).count()
    };
    let (audit, events) = (count(stored.audit_of(id)), count(stored.events_of(id)));
    (audit.min(events), audit.max(events))
}
