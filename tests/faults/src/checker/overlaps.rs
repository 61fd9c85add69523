use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::facts::Facts;
use super::report::{Law, Violation};
use super::stored::Stored;

type Stretch = (DateTime<Utc>, DateTime<Utc>, Uuid);

/// Sweeps over what is claimed, and over what the appointments take whether they claim it or not.
pub(crate) fn check(_: &Facts, stored: &Stored) -> Vec<Violation> {
    let mut claimed: BTreeMap<Uuid, Vec<Stretch>> = BTreeMap::new();
    for one in &stored.allocations {
        let stretch = (one.starts_at, one.ends_at, one.claim);
        claimed.entry(one.resource).or_default().push(stretch);
    }
    let mut taken: BTreeMap<Uuid, Vec<Stretch>> = BTreeMap::new();
    for one in stored
        .appointments
        .values()
        .filter(|one| one.status != "cancelled")
    {
        let service = stored.services.get(&one.service_id);
        if service.is_some_and(|service| service.for_many) {
            // The session has claimed counsellor and room, for all of them.
            continue;
        }
        let (before, after) = service.map_or((0, 0), |service| (service.before, service.after));
        let starts_at = one.starts_at - TimeDelta::minutes(before);
        let ends_at = one.ends_at + TimeDelta::minutes(after);
        let people = std::iter::once(one.counsellor_id)
            .chain(one.interpreter_id)
            .chain(one.second_counsellor_id);
        for resource in people.chain(one.room_id) {
            taken
                .entry(resource)
                .or_default()
                .push((starts_at, ends_at, one.id));
        }
    }
    let mut violations = Vec::new();
    for (resource, stretches) in claimed {
        sweep("allocations", resource, stretches, &mut violations);
    }
    for (resource, stretches) in taken {
        sweep("appointments", resource, stretches, &mut violations);
    }
    violations.extend(seats(stored));
    violations.extend(crowds(stored));
    violations
}

/// Places that are given twice, or that there are not.
fn seats(stored: &Stored) -> Vec<Violation> {
    let mut given: BTreeMap<(Uuid, i32), Uuid> = BTreeMap::new();
    let mut broken = Vec::new();
    for seat in &stored.places {
        let (session, number) = (seat.session_id, seat.number);
        let rows = |other: Uuid| [other, seat.claim].map(|one| format!("places of {one}"));
        if let Some(other) = given.insert((session, number), seat.claim) {
            let what = format!("place {number} of session {session} is given twice");
            broken.push(Violation::of_rows(Law::NoOverlap, what, rows(other)));
        }
        let capacity = stored.sessions.get(&session).and_then(|one| one.capacity);
        if capacity.is_none_or(|capacity| i64::from(number) > capacity) {
            let what = format!("session {session} has no place {number}");
            broken.push(Violation::of_rows(Law::NoOverlap, what, rows(session)));
        }
    }
    broken
}

/// Sessions with more who come than have room, whatever places they have.
fn crowds(stored: &Stored) -> Vec<Violation> {
    let mut coming: BTreeMap<Uuid, i64> = BTreeMap::new();
    for one in stored.appointments.values() {
        let service = stored.services.get(&one.service_id);
        if one.status != "cancelled" && service.is_some_and(|service| service.for_many) {
            *coming.entry(one.session_id).or_default() += 1;
        }
    }
    let crowded = coming.into_iter().filter_map(|(session, coming)| {
        let capacity = stored.sessions.get(&session)?.capacity?;
        (coming > capacity).then(|| {
            let what = format!("{coming} come to session {session}, which has room for {capacity}");
            Violation::of_rows(Law::NoOverlap, what, [format!("sessions {session}")])
        })
    });
    crowded.collect()
}

fn sweep(table: &str, resource: Uuid, mut stretches: Vec<Stretch>, broken: &mut Vec<Violation>) {
    stretches.sort();
    let mut longest: Option<Stretch> = None;
    for stretch in stretches {
        let (starts_at, ends_at, claim) = stretch;
        if let Some((_, busy_until, other)) = longest
            && starts_at < busy_until
        {
            let what = format!("resource {resource} is taken twice at {starts_at}");
            let rows = [other, claim].map(|one| format!("{table} {one}"));
            broken.push(Violation::of_rows(Law::NoOverlap, what, rows));
        }
        if longest.is_none_or(|(_, busy_until, _)| ends_at > busy_until) {
            longest = Some(stretch);
        }
    }
}
