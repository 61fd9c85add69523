//! The tables.

use std::fmt::Write as _;

use super::goals::{PEER_BOOKINGS, PEER_WEEKS, goals, two_scales};
use crate::results::{Medians, Results, Run};

/// The whole report.
#[must_use]
pub fn page(results: &Results) -> String {
    let mut page = "# Under load\n\nWhat the columns mean and how it is measured: [README.md](../README.md).\n".to_owned();
    page += "\n## Goals\n\n| What, at 16 connections | Goal | Measured | Met |\n| --- | --- | --- | --- |\n";
    for goal in goals(results) {
        let met = if goal.met { "yes" } else { "**no**" };
        line(&mut page, &[&goal.what, &goal.wanted, &goal.measured, met]);
    }
    page += &format!(
        "\nThe peer: the nearest scheduler in Rust, on a machine of this size: {PEER_WEEKS:.0}/s for the slots of one \
         user in four weeks, {PEER_BOOKINGS:.0}/s for bookings.\n"
    );
    page += "\n![Calls a second](throughput.svg)\n\n![Latency](latency.svg)\n";
    if two_scales(results).is_some() {
        page += "\n![Cost with ten times the data](growth.svg)\n";
    }
    for run in results.values() {
        page += &scale(run);
    }
    page
}

fn scale(run: &Run) -> String {
    let mut text = format!(
        "\n## {},000,000 appointments\n\n{} Medians of {} rounds of {} seconds each. Memory of the program: {:.0} MiB, \
         {:.0} MiB at its peak; ready to serve after {} ms.\n\n",
        run.scale,
        machine(run),
        run.rounds,
        run.seconds,
        run.memory_mib,
        run.peak_memory_mib,
        run.ready_ms
    );
    text += "| Call | Connections | Calls/s | p50 ms | p99 ms | Program µs | Postgres µs | pgbench/s | pgbench µs | Ratio | Failed |\n";
    text += "| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |\n";
    for medians in run.medians() {
        full_row(&mut text, &medians);
    }
    text += "\n| Call | Round trips | Statements |\n| --- | --: | --: |\n";
    for (call, travel) in &run.travels {
        line(
            &mut text,
            &[
                call,
                &travel.trips.to_string(),
                &travel.statements.to_string(),
            ],
        );
    }
    text
}

fn full_row(text: &mut String, medians: &Medians) {
    let optional = |value: Option<f64>, digits: usize| {
        value.map_or(String::new(), |value| format!("{value:.digits$}"))
    };
    line(
        text,
        &[
            &medians.call,
            &medians.connections.to_string(),
            &format!("{:.0}", medians.per_second),
            &format!("{:.2}", medians.p50_ms),
            &format!("{:.2}", medians.p99_ms),
            &format!("{:.0}", medians.program_us),
            &format!("{:.0}", medians.postgres_us),
            &optional(medians.pgbench_per_second, 0),
            &optional(medians.pgbench_postgres_us, 0),
            &optional(medians.ratio, 2),
            &medians.failures.to_string(),
        ],
    );
}

/// What README.md shows: one line for each call, at 16 connections.
#[must_use]
pub fn section(results: &Results) -> String {
    let Some(run) = results.values().next() else {
        return String::new();
    };
    let mut text = format!(
        "{} {},000,000 appointments, 16 connections:\n\n",
        machine(run),
        run.scale
    );
    text += "| Call | Calls/s | p50 ms | p99 ms | Of pgbench with the same statements |\n| --- | --: | --: | --: | --: |\n";
    for medians in run
        .medians()
        .into_iter()
        .filter(|medians| medians.connections == 16)
    {
        let ratio = medians
            .ratio
            .map_or("–".to_owned(), |ratio| format!("{ratio:.2}"));
        let figures = [medians.per_second, medians.p50_ms, medians.p99_ms];
        let [rate, p50, p99] = figures;
        line(
            &mut text,
            &[
                &medians.call,
                &format!("{rate:.0}"),
                &format!("{p50:.1}"),
                &format!("{p99:.1}"),
                &ratio,
            ],
        );
    }
    text += &format!(
        "\nMemory {:.0} MiB at its peak, ready after {} ms. All figures, and what was promised: \
         [latest.md](tests/load/results/latest.md).\n\n",
        run.peak_memory_mib, run.ready_ms
    );
    text += "![Calls a second](tests/load/results/throughput.svg)\n\n![Latency](tests/load/results/latency.svg)\n";
    if super::goals::two_scales(results).is_some() {
        text += "\n![Cost against the size of the data](tests/load/results/growth.svg)\n";
    }
    text
}

fn machine(run: &Run) -> String {
    let machine = &run.machine;
    format!(
        "{}: {}, {} cores, {} GiB, Postgres {}, all durability on; load generator, program and Postgres share the machine.",
        machine.date, machine.processor, machine.cores, machine.memory_gib, machine.postgres
    )
}

fn line(text: &mut String, cells: &[&str]) {
    writeln!(text, "| {} |", cells.join(" | ")).expect("writing into memory does not fail");
}
