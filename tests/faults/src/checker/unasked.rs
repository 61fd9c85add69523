use std::collections::BTreeSet;

use uuid::Uuid;

use super::changes::{CANCELLATIONS, CHANGES, happened};
use super::discovered::{self, Discovered};
use super::facts::Facts;
use super::report::{Law, Violation};
use super::stored::Stored;
use crate::history::Operation;

pub(crate) fn check(facts: &Facts, stored: &Stored) -> Vec<Violation> {
    let appointments = discovered::appointments(facts, stored);
    let holds = discovered::holds(facts, stored);
    let series = discovered::series(facts, stored);
    let entries = discovered::entries(facts, stored);
    let mut broken = unexplained("appointments", &appointments);
    broken.extend(unexplained("holds", &holds));
    broken.extend(unexplained("series", &series));
    broken.extend(unexplained("waitlist_entries", &entries));
    broken.extend(proposals(facts, stored));
    for id in stored.appointments.keys() {
        broken.extend(changes(facts, stored, *id));
    }
    for one in &stored.allocations {
        let is_known = stored.appointments.contains_key(&one.claim)
            || stored.holds.contains_key(&one.claim)
            || stored.sessions.contains_key(&one.claim)
            || stored.meetings.contains(&one.claim)
            || stored.offers.contains_key(&one.claim)
            || stored.proposals.contains_key(&one.claim);
        if !is_known {
            broken.push(unasked("a claim of nobody", "allocations", one.claim));
        }
    }
    let unsure = appointments.all().chain(series.all()).copied().collect();
    broken.extend(contacts(facts, stored, &unsure));
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
    for (action, operations) in CHANGES {
        let wanted = facts
            .changes(operations, id)
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

/// Something else is proposed on a sick day, and by nobody else.
fn proposals(facts: &Facts, stored: &Stored) -> Vec<Violation> {
    let new = stored.proposals.values();
    let new = new.filter(|one| !facts.baseline.proposals.contains(&one.id));
    let nobody = new.filter(|one| {
        let mut days = facts.of(Operation::SickDay);
        !days.any(|day| day.may_have_happened() && day.proposes(one))
    });
    nobody
        .map(|one| unasked("no sick day can have made it", "proposals", one.id))
        .collect()
}

/// Who gave nothing of themselves has nothing stored of them.
fn contacts(facts: &Facts, stored: &Stored, unsure: &BTreeSet<Uuid>) -> Vec<Violation> {
    let booked = facts.booked();
    let joined = facts.acknowledged(Operation::JoinWaitlist);
    let mut broken = Vec::new();
    for id in &stored.contacts {
        let join = stored.entry_of(*id).map(|entry| joined.get(&entry.id));
        let series = stored.appointments.get(id).and_then(|one| one.series_id);
        let booking = join.unwrap_or_else(|| booked.get(id).map(|(booking, _)| booking));
        let given = booking.map_or_else(
            // Of one that was discovered it is not known for sure whose wish it was.
            || unsure.contains(id) || series.is_some_and(|series| unsure.contains(&series)),
            |booking| booking.gives_contact(),
        );
        let reason = facts
            .changes(&CANCELLATIONS, *id)
            .any(super::intent::Intent::gives_reason);
        let before = facts.before(*id).is_some_and(|before| before.has_contact);
        if !given && !reason && !before {
            broken.push(unasked("a contact that nobody gave", "contacts", *id));
        }
    }
    broken
}
