use super::facts::Facts;
use super::report::{Law, Violation};
use super::stored::{Stored, Trace};

/// One audit entry and one event for each version of an appointment, and none without one; and as
/// many as there are of series, proposals and waiting lists.
pub(crate) fn check(_: &Facts, stored: &Stored) -> Vec<Violation> {
    let mut broken = Vec::new();
    let rows = |what: String| Violation::of_rows(Law::OneTraceEach, what, []);
    for row in stored.appointments.values() {
        let (audit, events) = (stored.audit_of(row.id), stored.events_of(row.id));
        let counts = [audit.len(), events.len()].map(i64::try_from);
        if counts != [Ok(row.version); 2] {
            let (version, audit, events) = (row.version, audit.len(), events.len());
            let what = format!("version {version} has {audit} audit entries and {events} events");
            broken.push(rows(what).about("appointments", row.id));
        } else if actions(audit) != actions(events) {
            let what = "audit and events tell of different changes".to_owned();
            broken.push(rows(what).about("appointments", row.id));
        }
    }
    for one in stored.counts.iter().filter(|one| !one.is_right()) {
        let (action, audit, events) = (&one.action, one.audit, one.events);
        let what = format!("`{action}` has {audit} audit entries and {events} events");
        broken.push(rows(what).about(&one.table, one.id));
    }
    for (table, traces) in [
        ("audit_entries", &stored.audit),
        ("outbox_events", &stored.events),
    ] {
        let orphans = traces
            .iter()
            .filter(|(id, _)| !stored.appointments.contains_key(id));
        for trace in orphans.flat_map(|(_, traces)| traces) {
            let what = format!("`{}` of an appointment that is not there", trace.action);
            broken.push(rows(what).about(table, trace.id));
        }
    }
    broken
}

fn actions(traces: &[Trace]) -> Vec<&str> {
    let mut actions: Vec<_> = traces.iter().map(Trace::word).collect();
    actions.sort_unstable();
    actions
}
