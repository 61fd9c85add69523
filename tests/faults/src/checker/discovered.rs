//! Bookings and holds that nobody was told of, found in the data base.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::facts::Facts;
use super::intent::{Intent, State};
use super::series;
use super::stored::Stored;
use crate::history::Operation;

/// Each row belongs to one open intent, and no intent to two rows.
#[derive(Debug, Default)]
pub(crate) struct Discovered {
    /// The rows by the intents that may have made them.
    pub(crate) by_intent: BTreeMap<Uuid, Uuid>,
    pub(crate) unexplained: Vec<Uuid>,
}

impl Discovered {
    pub(crate) fn all(&self) -> impl Iterator<Item = &Uuid> {
        self.by_intent.values().chain(&self.unexplained)
    }
}

/// The clocks of client and program are read at different moments of one machine.
const SLACK: TimeDelta = TimeDelta::seconds(2);

/// A row, and what is still known of the wish that made it.
struct Orphan {
    id: Uuid,
    service_id: Uuid,
    /// Not known any more where the appointment was moved.
    place: Option<(Uuid, DateTime<Utc>)>,
    made_at: Option<DateTime<Utc>>,
    /// On how many dates it is, of a series.
    dates: Option<usize>,
}

pub(crate) fn appointments(facts: &Facts, stored: &Stored) -> Discovered {
    let told = facts.booked();
    let orphans = stored
        .appointments
        .values()
        .filter(|one| !told.contains_key(&one.id) && facts.before(one.id).is_none())
        // Those belong to their series, or to who waited.
        .filter(|one| one.series_id.is_none() && stored.entry_of(one.id).is_none())
        .map(|one| {
            let moved = stored
                .audit_of(one.id)
                .iter()
                .chain(stored.events_of(one.id));
            let moved = moved.into_iter().any(|trace| trace.word() == "reschedule");
            Orphan {
                id: one.id,
                service_id: one.service_id,
                place: (!moved).then_some((one.session_id, one.starts_at)),
                made_at: Some(one.booked_at),
                dates: None,
            }
        });
    matched(facts, stored, Operation::Book, orphans.collect())
}

pub(crate) fn series(facts: &Facts, stored: &Stored) -> Discovered {
    let told = facts.booked_series();
    let mut members: BTreeMap<Uuid, usize> = BTreeMap::new();
    let series_of = stored.appointments.values().filter_map(|one| one.series_id);
    for series in series_of {
        *members.entry(series).or_default() += 1;
    }
    let orphans = |is_course: bool| {
        let untold = stored
            .series
            .values()
            .filter(|one| !told.contains_key(&one.id) && !facts.baseline.series.contains(&one.id));
        let wanted = untold.filter(|one| one.is_course == is_course);
        let orphans = wanted.map(|one| Orphan {
            id: one.id,
            service_id: one.service_id,
            place: None,
            made_at: Some(one.booked_at),
            dates: Some(members.get(&one.id).copied().unwrap_or(0)),
        });
        orphans.collect()
    };
    let mut series = matched(facts, stored, Operation::BookSeries, orphans(false));
    let courses = matched(facts, stored, Operation::BookCourse, orphans(true));
    series.by_intent.extend(courses.by_intent);
    series.unexplained.extend(courses.unexplained);
    series
}

pub(crate) fn entries(facts: &Facts, stored: &Stored) -> Discovered {
    let told = facts.acknowledged(Operation::JoinWaitlist);
    let orphans = stored
        .entries
        .values()
        .filter(|one| !told.contains_key(&one.id) && !facts.baseline.entries.contains(&one.id))
        .map(|one| Orphan {
            id: one.id,
            service_id: one.service_id,
            place: None,
            made_at: Some(one.joined_at),
            dates: None,
        });
    matched(facts, stored, Operation::JoinWaitlist, orphans.collect())
}

pub(crate) fn holds(facts: &Facts, stored: &Stored) -> Discovered {
    let told = facts.acknowledged(Operation::Hold);
    let orphans = stored
        .holds
        .iter()
        .filter(|(id, _)| !told.contains_key(id) && !facts.baseline.holds.contains(id))
        .map(|(id, hold)| Orphan {
            id: *id,
            service_id: hold.service_id,
            place: Some((hold.session_id, hold.starts_at)),
            made_at: None,
            dates: None,
        });
    matched(facts, stored, Operation::Hold, orphans.collect())
}

fn matched(
    facts: &Facts,
    stored: &Stored,
    operation: Operation,
    orphans: Vec<Orphan>,
) -> Discovered {
    let open: Vec<&Intent> = facts
        .of(operation)
        .filter(|intent| intent.state() == State::Open)
        .collect();
    let may_have_made = |orphan: &Orphan, intent: &Intent| {
        let place = stored.place(intent.first().slot_id.as_deref());
        let there = place.as_ref().map(|it| (it.session_id, it.starts_at));
        let course = || stored.course_of(intent).map(|course| course.service_id);
        let service = place.map(|place| place.service_id);
        let service = service.or_else(|| intent.waits_for()).or_else(course);
        service == Some(orphan.service_id)
            && orphan.place.is_none_or(|known| there == Some(known))
            && orphan
                .made_at
                .is_none_or(|at| at >= intent.first().at.wall - SLACK)
    };
    let fits = |orphan: &Orphan, intent: &Intent| {
        let fit = |there| series::dates(stored, intent).is_none_or(|due| due.contains(&there));
        may_have_made(orphan, intent) && orphan.dates.is_none_or(fit)
    };
    let candidates = |may: &dyn Fn(&Orphan, &Intent) -> bool| -> Vec<Vec<usize>> {
        let of_orphan = |orphan| {
            (0..open.len())
                .filter(|one| may(orphan, open[*one]))
                .collect()
        };
        orphans.iter().map(of_orphan).collect()
    };
    let (fitting, possible) = (candidates(&fits), candidates(&may_have_made));
    let mut taken = BTreeMap::new();
    let mut discovered = Discovered::default();
    let left: Vec<usize> = (0..orphans.len())
        .filter(|number| !augment(*number, &fitting, &mut taken, &mut BTreeSet::new()))
        .collect();
    // Whatever is left is not as it was wanted, but perhaps made by somebody.
    for number in left {
        if !augment(number, &possible, &mut taken, &mut BTreeSet::new()) {
            discovered.unexplained.push(orphans[number].id);
        }
    }
    for (intent, orphan) in taken {
        discovered
            .by_intent
            .insert(open[intent].first().intent, orphans[orphan].id);
    }
    discovered
}

/// A largest matching, by augmenting paths (Kuhn 1955).
fn augment(
    orphan: usize,
    candidates: &[Vec<usize>],
    taken: &mut BTreeMap<usize, usize>,
    tried: &mut BTreeSet<usize>,
) -> bool {
    for intent in &candidates[orphan] {
        if !tried.insert(*intent) {
            continue;
        }
        let holder = taken.get(intent).copied();
        if holder.is_none_or(|holder| augment(holder, candidates, taken, tried)) {
            taken.insert(*intent, orphan);
            return true;
        }
    }
    false
}
