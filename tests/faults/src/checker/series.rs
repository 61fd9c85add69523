use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use chrono::TimeDelta;
use uuid::Uuid;

use super::discovered;
use super::facts::Facts;
use super::intent::{Intent, appointments, id};
use super::report::{Law, Violation};
use super::stored::Stored;
use crate::history::Operation;

/// A series has the appointments that were told, as many as its rule has dates where all were wanted,
/// and at least one.
pub(crate) fn check(facts: &Facts, stored: &Stored) -> Vec<Violation> {
    let mut members: BTreeMap<Uuid, BTreeSet<Uuid>> = BTreeMap::new();
    for one in stored.appointments.values() {
        if let Some(series) = one.series_id {
            members.entry(series).or_default().insert(one.id);
        }
    }
    let nobody = BTreeSet::new();
    let of = |series: Uuid| members.get(&series).unwrap_or(&nobody);
    let mut broken = Vec::new();
    for (series, intent) in facts.booked_series() {
        let told = intent.answer().into_iter().flat_map(appointments);
        let told: BTreeSet<Uuid> = told.filter_map(|view| id(&view["id"])).collect();
        if told != *of(series) || !stored.series.contains_key(&series) {
            let (told, there) = (told.len(), of(series).len());
            let what = format!("{told} appointments were told of, and others are there: {there}");
            broken.push(not_whole(what, series, Some(intent)));
        }
    }
    let discovered = discovered::series(facts, stored).by_intent;
    let told = facts.booked_series().into_iter();
    let wishes = facts.of(Operation::BookSeries);
    let wishes = wishes.chain(facts.of(Operation::BookCourse));
    let found = wishes.filter_map(|intent| {
        let series = discovered.get(&intent.first().intent)?;
        Some((*series, intent))
    });
    for (series, intent) in told.chain(found) {
        let there = of(series).len();
        if dates(stored, intent).is_some_and(|dates| !dates.contains(&there)) {
            let what = format!("all dates were wanted, and {there} are there");
            broken.push(not_whole(what, series, Some(intent)));
        }
    }
    for series in stored
        .series
        .keys()
        .filter(|series| of(**series).is_empty())
    {
        broken.push(not_whole("it has no appointment".to_owned(), *series, None));
    }
    broken
}

/// How many there have to be, where all or none were wanted.
pub(crate) fn dates(stored: &Stored, intent: &Intent) -> Option<RangeInclusive<usize>> {
    if let Some(course) = stored.course_of(intent) {
        // What is over, or will be until the program has looked, need not be there.
        let soon = intent.first().at.wall + TimeDelta::days(1);
        let sessions = course
            .sessions
            .iter()
            .filter_map(|id| stored.sessions.get(id));
        let ahead = sessions.filter(|session| session.starts_at > soon).count();
        return Some(ahead..=course.sessions.len());
    }
    let body = intent.first().body.as_ref()?;
    let all = body["mode"].is_null() || body["mode"] == "all_or_nothing";
    let rule = body["rule"].as_str().filter(|_| all)?;
    let mut parts = rule.split(';');
    let count = parts.find_map(|part| part.strip_prefix("COUNT=")?.parse().ok())?;
    Some(count..=count)
}

fn not_whole(what: String, series: Uuid, intent: Option<&Intent>) -> Violation {
    let calls = intent.map(Intent::names).unwrap_or_default();
    Violation::of_calls(Law::WholeSeries, what, calls).about("series", series)
}
