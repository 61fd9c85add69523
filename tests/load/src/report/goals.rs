//! What was promised, against what was measured.

use crate::calls::Call;
use crate::results::{Medians, Results, Run};

/// One goal, and whether it was met.
#[derive(Debug)]
pub struct Goal {
    pub what: String,
    pub wanted: String,
    pub measured: String,
    pub met: bool,
}

/// The nearest scheduler in Rust, measured on a machine of this size at 16 connections: bookable
/// slots of one user in four weeks, and bookings.
pub const PEER_WEEKS: f64 = 390.0;
pub const PEER_BOOKINGS: f64 = 204.0;

/// The smallest scale and another one ten times as large.
pub fn two_scales(results: &Results) -> Option<(&Run, &Run)> {
    let (scale, small) = results.first_key_value()?;
    results.get(&(scale * 10)).map(|large| (small, large))
}

pub fn at_16(run: &Run, call: Call) -> Option<Medians> {
    let medians = run.medians().into_iter();
    medians
        .into_iter()
        .find(|it| it.call == call.name() && it.connections == 16)
}

#[must_use]
pub fn goals(results: &Results) -> Vec<Goal> {
    let Some(run) = results.values().next() else {
        return Vec::new();
    };
    let mut goals = Vec::new();
    for (call, least) in [(Call::Read, 0.45), (Call::Week, 0.60), (Call::Book, 0.70)] {
        if let Some(ratio) = at_16(run, call).and_then(|medians| medians.ratio) {
            goals.push(at_least(
                format!("{}, of pgbench with the same statements", call.name()),
                least,
                ratio,
            ));
        }
    }
    for (call, most) in [(Call::Week, 10.0), (Call::Region, 15.0), (Call::Book, 15.0)] {
        if let Some(medians) = at_16(run, call) {
            goals.push(at_most(
                format!("{}, p99", call.name()),
                "ms",
                most,
                medians.p99_ms,
            ));
        }
    }
    for (call, peer, least) in [
        (Call::Week, PEER_WEEKS, 15.0),
        (Call::Book, PEER_BOOKINGS, 10.0),
    ] {
        if let Some(medians) = at_16(run, call) {
            let what = format!("{}, times the peer's {peer:.0}/s", call.name());
            goals.push(at_least(what, least, medians.per_second / peer));
        }
    }
    for call in [Call::Week, Call::Region, Call::Directory] {
        if let Some(travel) = run.travels.get(call.name()) {
            let what = format!("{}, statements", call.name());
            goals.push(at_most(what, "", 1.0, count(travel.statements)));
        }
    }
    if let Some(travel) = run.travels.get(Call::Book.name()) {
        goals.push(at_most(
            "book, round trips".to_owned(),
            "",
            2.0,
            count(travel.trips),
        ));
    }
    if let Some((small, large)) = two_scales(results) {
        goals.extend(growth(small, large));
    }
    let peak = results
        .values()
        .map(|run| run.peak_memory_mib)
        .fold(0.0, f64::max);
    goals.push(at_most("memory at its peak".to_owned(), "MiB", 60.0, peak));
    let ready: Vec<u64> = results.values().map(|run| run.ready_ms).collect();
    let ready = ready.into_iter().max().unwrap_or_default();
    goals.push(at_most(
        "ready to serve".to_owned(),
        "ms",
        1000.0,
        count(usize::try_from(ready).unwrap_or(usize::MAX)),
    ));
    goals
}

/// Ten times the data may cost 1.3 times as much, or what it costs Postgres alone if that is more.
fn growth(small: &Run, large: &Run) -> Vec<Goal> {
    let mut goals = Vec::new();
    for call in Call::ALL.into_iter().filter(|call| *call != Call::Ceiling) {
        let (Some(before), Some(behind)) = (at_16(small, call), at_16(large, call)) else {
            continue;
        };
        let grown = before.per_second / behind.per_second;
        let of_postgres = before.pgbench_per_second.zip(behind.pgbench_per_second);
        let of_postgres = of_postgres.map_or(1.0, |(before, behind)| before / behind);
        let what = format!("{}, cost with ten times the data", call.name());
        goals.push(at_most(what, "times", of_postgres.max(1.3), grown));
    }
    goals
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
const fn count(number: usize) -> f64 {
    number as f64
}

fn at_least(what: String, least: f64, measured: f64) -> Goal {
    Goal {
        what,
        wanted: format!("≥ {least}"),
        measured: format!("{measured:.2}"),
        met: measured >= least,
    }
}

fn at_most(what: String, unit: &str, most: f64, measured: f64) -> Goal {
    let digits = if measured.fract() == 0.0 { 0 } else { 2 };
    let wanted = (most * 100.0).round() / 100.0;
    Goal {
        what,
        wanted: format!("≤ {wanted} {unit}").trim_end().to_owned(),
        measured: format!("{measured:.digits$} {unit}").trim_end().to_owned(),
        met: measured <= most,
    }
}
