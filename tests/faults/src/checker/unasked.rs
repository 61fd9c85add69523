use uuid::Uuid;

use super::changes::{CHANGES, happened};
use super::discovered::{self, Discovered};
use super::facts::Facts;
use super::report::{Law, Violation};
use super::stored::Stored;
use crate::history::Operation;

pub(crate) fn check(facts: &Facts, stored: &Stored) -> Vec<Violation> {
    let appointments = discovered::appointments(facts, stored);
    let holds = discovered::holds(facts, stored);
    let mut broken = unexplained("appointments", &appointments);
    broken.extend(unexplained("holds", &holds));
    for id in stored.appointments.keys() {
        broken.extend(changes(facts, stored, *id));
    }
    for one in &stored.allocations {
        let is_known = stored.appointments.contains_key(&one.claim)
            || stored.holds.contains_key(&one.claim)
            || stored.sessions.contains_key(&one.claim)
            || stored.meetings.contains(&one.claim);
        if !is_known {
            broken.push(unasked("a claim of nobody", "allocations", one.claim));
        }
    }
    broken.extend(contacts(facts, stored, &appointments));
    broken
}

fn unasked(what: &str, table: &str, id: Uuid) -> Violation {
    Violation::of_rows(Law::NothingUnasked, what.to_owned(), []).about(table, id)
}

fn unexplained(table: &str, discovered: &Discovered) -> Vec<Violation> {
    let rows = discovered.unexplained.iter();
    rows.map(|id| unasked("no call can have made it", table, *id))
        .collect()
}

/// Nothing was done to an appointment more often than somebody wanted it.
fn changes(facts: &Facts, stored: &Stored, id: Uuid) -> Vec<Violation> {
    let mut broken = Vec::new();
    for (operation, action) in CHANGES {
        let wanted = facts
            .changes(operation, id)
            .filter(|one| one.may_have_happened());
        let wanted = wanted.count();
        let (at_least, _) = happened(facts, stored, action, id);
        if at_least > wanted {
            let what = format!("{at_least} times done and {wanted} times wanted: {action}");
            broken.push(unasked(&what, "appointments", id));
        }
    }
    broken
}

/// Who gave nothing of themselves has nothing stored of them.
fn contacts(facts: &Facts, stored: &Stored, discovered: &Discovered) -> Vec<Violation> {
    let booked = facts.acknowledged(Operation::Book);
    let mut broken = Vec::new();
    for id in &stored.contacts {
        let booking = booked.get(id).map_or_else(
            // Of one that was discovered it is not known for sure whose wish it was.
            || discovered.by_intent.values().any(|one| one == id),
            |booking| booking.gives_contact(),
        );
        let reason = facts
            .changes(Operation::Cancel, *id)
            .any(super::facts::Intent::gives_reason);
        let before = facts.before(*id).is_some_and(|before| before.has_contact);
        if !booking && !reason && !before {
            broken.push(unasked("a contact that nobody gave", "contacts", *id));
        }
    }
    broken
}
