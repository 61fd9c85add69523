use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::facts::Facts;
use super::intent::{Attempt, Intent, State, id};
use super::report::{Law, Violation};
use super::stored::{Stored, Ticket, Trace};
use crate::history::{Operation, Role};

/// What becomes of a number, as the audit says it, and who may have done it.
const STEPS: [(&str, Operation); 5] = [
    ("call", Operation::CallNext),
    ("start", Operation::StartTicket),
    ("finish", Operation::FinishTicket),
    ("leave", Operation::LeaveQueue),
    ("not-there", Operation::MissTicket),
];

/// Numbers of open hours: each that was told of is there and was drawn by somebody, they count without
/// gaps, and what becomes of each is what was asked for, once.
pub(crate) fn check(facts: &Facts, stored: &Stored) -> Vec<Violation> {
    let drawn = facts.acknowledged(Operation::DrawTicket);
    let new: Vec<&Ticket> = stored
        .tickets
        .all
        .values()
        .filter(|ticket| !facts.baseline.tickets.contains(&ticket.id))
        .collect();
    let mut broken: Vec<_> = drawn
        .iter()
        .filter_map(|(id, draw)| kept(stored, *id, draw))
        .collect();
    broken.extend(undrawn(facts, &drawn, &new));
    broken.extend(gaps(&new));
    for ticket in &new {
        broken.extend(traces(stored, ticket));
        broken.extend(steps(facts, stored, ticket));
    }
    broken.extend(foreign(facts, stored, &drawn));
    broken
}

fn about(law: Law, what: String, ticket: Uuid) -> Violation {
    Violation::of_rows(law, what, []).about("tickets", ticket)
}

fn kept(stored: &Stored, id: Uuid, draw: &Intent) -> Option<Violation> {
    let told = &draw.answer()?["ticket"]["number"];
    let ticket = stored.tickets.all.get(&id);
    let what = match ticket {
        Some(ticket) if *told == ticket.number => return None,
        Some(ticket) => format!(
            "the ticket {id} has number {}, and {told} was told",
            ticket.number
        ),
        None => format!("the ticket {id} with number {told} is gone"),
    };
    Some(Violation::of_calls(Law::NothingLost, what, draw.names()))
}

/// There are no more than were told of or may have been drawn.
fn undrawn(facts: &Facts, drawn: &BTreeMap<Uuid, &Intent>, new: &[&Ticket]) -> Vec<Violation> {
    let mut unknown: BTreeMap<Uuid, Vec<&Ticket>> = BTreeMap::new();
    for ticket in new.iter().filter(|ticket| !drawn.contains_key(&ticket.id)) {
        unknown.entry(ticket.session_id).or_default().push(ticket);
    }
    let mut broken = Vec::new();
    for (session, tickets) in unknown {
        let open = facts
            .of(Operation::DrawTicket)
            .filter(|draw| draw.first().queue_id == Some(session) && draw.state() == State::Open)
            .count();
        let surplus = tickets.iter().skip(open);
        broken.extend(surplus.map(|ticket| {
            let what = "nobody can have drawn it".to_owned();
            about(Law::NothingUnasked, what, ticket.id)
        }));
    }
    broken
}

fn gaps(new: &[&Ticket]) -> Vec<Violation> {
    let mut numbers: BTreeMap<Uuid, BTreeSet<i32>> = BTreeMap::new();
    for ticket in new {
        numbers
            .entry(ticket.session_id)
            .or_default()
            .insert(ticket.number);
    }
    let mut broken = Vec::new();
    for (session, numbers) in numbers {
        let first = numbers.first().copied().unwrap_or_default();
        let counted = numbers.iter().zip(first..);
        if let Some((_, lacking)) = counted.into_iter().find(|(number, due)| *number != due) {
            let what = format!("number {lacking} is not there");
            let violation = Violation::of_rows(Law::NothingLost, what, []);
            broken.push(violation.about("sessions", session));
        }
    }
    broken
}

fn traces(stored: &Stored, ticket: &Ticket) -> Option<Violation> {
    let words = |traces: &[Trace]| -> Vec<String> {
        let mut words: Vec<_> = traces.iter().map(|trace| trace.action.clone()).collect();
        words.sort_unstable();
        words
    };
    let audit = words(stored.tickets.audit_of(ticket.id));
    let events = words(stored.tickets.events_of(ticket.id));
    (audit != events).then(|| {
        let what = format!("the audit tells {audit:?}, and the events {events:?}");
        about(Law::OneTraceEach, what, ticket.id)
    })
}

/// Each step was taken as often as it was acknowledged, and no more often than it was wanted.
fn steps(facts: &Facts, stored: &Stored, ticket: &Ticket) -> Vec<Violation> {
    let mut broken = Vec::new();
    for (action, operation) in STEPS {
        let count = |traces: &[Trace]| traces.iter().filter(|one| one.action == action).count();
        let taken = [
            count(stored.tickets.audit_of(ticket.id)),
            count(stored.tickets.events_of(ticket.id)),
        ];
        let wanted = || facts.of(operation).filter(|one| is_about(one, ticket));
        let done: Vec<&Intent> = wanted().filter(|one| one.state() == State::Done).collect();
        let possible = wanted().filter(|one| one.may_have_happened()).count();
        if taken.into_iter().all(|taken| taken < done.len()) {
            let what = format!(
                "{action}: acknowledged {} times, taken {taken:?}",
                done.len()
            );
            let names = done.iter().flat_map(|one| one.names()).collect();
            let violation = Violation::of_calls(Law::NothingLost, what, names);
            broken.push(violation.about("tickets", ticket.id));
        }
        if taken.into_iter().all(|taken| taken > possible) {
            let what = format!("{action}: wanted {possible} times, taken {taken:?}");
            broken.push(about(Law::NothingUnasked, what, ticket.id));
        }
    }
    broken
}

/// Whoever calls the next learns only from the answer which one it is.
fn is_about(intent: &Intent, ticket: &Ticket) -> bool {
    let call = intent.first();
    if call.operation != Operation::CallNext {
        return call.ticket_id == Some(ticket.id);
    }
    match intent.answer() {
        Some(answer) => id(&answer["ticket"]["id"]) == Some(ticket.id),
        None => call.queue_id == Some(ticket.session_id),
    }
}

/// Visitors are shown what their secret opens, staff what is their organisation's.
fn foreign(facts: &Facts, stored: &Stored, drawn: &BTreeMap<Uuid, &Intent>) -> Vec<Violation> {
    let attempts = facts.intents.iter().flat_map(|intent| &intent.attempts);
    let theirs = |attempt: &Attempt, ticket: Uuid| match attempt.call.role {
        Role::Staff { organisation_id } => {
            let row = stored.tickets.all.get(&ticket);
            row.is_none_or(|row| row.organisation_id == organisation_id)
        }
        Role::Visitor => {
            let draw = drawn.get(&ticket);
            draw.is_some_and(|draw| draw.secret() == attempt.call.shown.as_deref())
        }
    };
    let mut broken = Vec::new();
    for attempt in attempts {
        let (Some(asked), Some(view)) = (attempt.call.ticket_id, attempt.answer()) else {
            continue;
        };
        if id(&view["id"]) != Some(asked) || !theirs(attempt, asked) {
            let what = format!("ticket {} was shown to somebody else", view["id"]);
            broken.push(Violation::of_calls(
                Law::NoForeignRow,
                what,
                vec![attempt.name()],
            ));
        }
    }
    broken
}
