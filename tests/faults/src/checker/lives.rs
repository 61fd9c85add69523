use std::collections::BTreeSet;

use uuid::Uuid;

use super::facts::Facts;
use super::intent::version;
use super::observed::{Seen, observed};
use super::report::{Law, Violation};
use super::stored::{Appointment, Stored, Trace};

type Lead = (&'static str, Option<&'static str>, &'static str);

/// Where each action leads from each status; `None` is before the booking. The same as the drawing
/// in `domain::appointment`.
const LEADS: [Lead; 17] = [
    ("book", None, "booked"),
    ("book", None, "requested"),
    ("reschedule", Some("booked"), "booked"),
    ("reschedule", Some("requested"), "requested"),
    ("accept-proposal", Some("booked"), "booked"),
    ("accept-proposal", Some("requested"), "requested"),
    ("cancel", Some("booked"), "cancelled"),
    ("cancel", Some("requested"), "cancelled"),
    ("check-in", Some("booked"), "checked_in"),
    ("check-in", Some("no_show"), "checked_in"),
    ("call", Some("checked_in"), "checked_in"),
    ("start", Some("checked_in"), "checked_in"),
    ("complete", Some("checked_in"), "completed"),
    ("no-show", Some("booked"), "no_show"),
    ("approve", Some("requested"), "booked"),
    ("decline", Some("requested"), "cancelled"),
    ("expire", Some("requested"), "cancelled"),
];

/// The same for who waits, as in `domain::waitlist`.
const LEADS_OF_ENTRIES: [Lead; 9] = [
    ("join", None, "waiting"),
    ("offer", Some("waiting"), "offered"),
    ("accept-offer", Some("offered"), "booked"),
    ("decline-offer", Some("offered"), "waiting"),
    ("leave", Some("waiting"), "left"),
    ("leave", Some("offered"), "left"),
    ("expire", Some("offered"), "waiting"),
    ("expire", Some("offered"), "expired"),
    ("expire", Some("waiting"), "expired"),
];

/// And for numbers of open hours, as in `domain::open_hours`.
const LEADS_OF_TICKETS: [Lead; 8] = [
    ("draw", None, "waiting"),
    ("call", Some("waiting"), "called"),
    ("start", Some("called"), "in_talk"),
    ("finish", Some("in_talk"), "done"),
    ("not-there", Some("called"), "waiting"),
    ("not-there", Some("called"), "not_there"),
    ("leave", Some("waiting"), "left"),
    ("leave", Some("called"), "left"),
];

pub(crate) fn check(facts: &Facts, stored: &Stored) -> Vec<Violation> {
    let seen = observed(facts);
    let mut broken = Vec::new();
    for appointment in stored.appointments.values() {
        let Some(traces) = traces(stored, appointment) else {
            // That a trace lacks is the matter of another law.
            continue;
        };
        let seen = seen.get(&appointment.id).map_or(&[][..], Vec::as_slice);
        let lives = lives(&LEADS, traces, &appointment.status);
        let otherwise = lives
            .iter()
            .map(|life| seen_otherwise(seen, appointment.id, life));
        // Where the traces allow several, whoever saw it tells which one it was.
        match otherwise.min_by_key(Vec::len) {
            Some(otherwise) => broken.extend(otherwise),
            None => {
                let violation = unlawful(traces, &appointment.status);
                broken.push(violation.about("appointments", appointment.id));
            }
        }
    }
    broken.extend(entries(stored));
    broken.extend(tickets(stored));
    broken
}

fn tickets(stored: &Stored) -> Vec<Violation> {
    let mut broken = Vec::new();
    for ticket in stored.tickets.all.values() {
        let (audit, events) = (
            stored.tickets.audit_of(ticket.id),
            stored.tickets.events_of(ticket.id),
        );
        // That a trace lacks is the matter of another law.
        if audit.len() == events.len() && lives(&LEADS_OF_TICKETS, audit, &ticket.status).is_empty()
        {
            let violation = unlawful(audit, &ticket.status);
            broken.push(violation.about("tickets", ticket.id));
        }
    }
    broken
}

fn entries(stored: &Stored) -> Vec<Violation> {
    let mut broken = Vec::new();
    let lacking = stored.counts.iter().filter(|one| one.audit != one.events);
    let lacking: BTreeSet<Uuid> = lacking.map(|one| one.id).collect();
    for (id, traces) in &stored.entry_audit {
        let entry = stored.entries.get(id);
        // That a trace lacks is the matter of another law.
        let Some(entry) = entry.filter(|_| !lacking.contains(id)) else {
            continue;
        };
        if lives(&LEADS_OF_ENTRIES, traces, &entry.status).is_empty() {
            let violation = unlawful(traces, &entry.status);
            broken.push(violation.about("waitlist_entries", entry.id));
        }
    }
    broken
}

fn unlawful(traces: &[Trace], status: &str) -> Violation {
    let actions: Vec<_> = traces.iter().map(|trace| trace.action.as_str()).collect();
    let path = actions.join(", ");
    let what = format!("`{path}` does not lead to `{status}`");
    Violation::of_rows(Law::LawfulLives, what, [])
}

fn traces<'s>(stored: &'s Stored, appointment: &Appointment) -> Option<&'s [Trace]> {
    let whole = |traces: &&[Trace]| i64::try_from(traces.len()) == Ok(appointment.version);
    let audit = Some(stored.audit_of(appointment.id)).filter(whole);
    audit.or_else(|| Some(stored.events_of(appointment.id)).filter(whole))
}

type Life = Vec<&'static str>;

/// The status of every version, for each lawful order of the traces that ends so. Ids are made under
/// the locks, so they are in order; but those of different programs in one millisecond need not be.
fn lives(table: &'static [Lead], traces: &[Trace], last: &str) -> Vec<Life> {
    let mut rest: Vec<&Trace> = traces.iter().collect();
    let mut found = Vec::new();
    live(table, &mut rest, &mut Vec::new(), last, &mut found);
    found
}

/// More than these need not be told apart.
const MOST_LIVES: usize = 16;

fn live(
    table: &'static [Lead],
    rest: &mut Vec<&Trace>,
    life: &mut Life,
    last: &str,
    found: &mut Vec<Life>,
) {
    let status = life.last().copied();
    let Some(earliest) = rest.iter().map(|trace| millisecond(trace.id)).min() else {
        if status == Some(last) {
            found.push(life.clone());
        }
        return;
    };
    for place in 0..rest.len() {
        if millisecond(rest[place].id) != earliest {
            continue;
        }
        let trace = rest.remove(place);
        for next in leads(table, &trace.action, status) {
            if found.len() < MOST_LIVES {
                life.push(next);
                live(table, rest, life, last, found);
                life.pop();
            }
        }
        rest.insert(place, trace);
    }
}

/// The statuses to which the action may lead.
fn leads(
    table: &'static [Lead],
    action: &str,
    from: Option<&str>,
) -> impl Iterator<Item = &'static str> {
    let leading = table
        .iter()
        .filter(move |lead| (lead.0, lead.1) == (action, from));
    leading.map(|lead| lead.2)
}

/// Of a UUID of version 7.
fn millisecond(id: Uuid) -> u128 {
    id.as_u128() >> 80
}

/// Answers that showed a version in another status than it had.
fn seen_otherwise(seen: &[Seen<'_>], appointment: Uuid, life: &[&str]) -> Vec<Violation> {
    let wrong = seen.iter().filter_map(|(attempt, view)| {
        let version = version(view)?;
        let status = view["status"].as_str()?;
        let lived = usize::try_from(version - 1).ok();
        let lived = lived.and_then(|place| life.get(place).copied());
        if lived == Some(status) {
            return None;
        }
        let lived = lived.unwrap_or("never");
        let what = format!("version {version} was shown as `{status}` and was `{lived}`");
        let violation = Violation::of_calls(Law::LawfulLives, what, vec![attempt.name()]);
        Some(violation.about("appointments", appointment))
    });
    wrong.collect()
}
