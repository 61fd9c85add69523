//! Results, and the table of them.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::findings::Findings;
use super::{Order, Run};
use crate::history::Stopwatch;

/// What came of a run.
#[derive(Debug)]
pub struct Row {
    pub order: Order,
    pub folder: PathBuf,
    pub calls: usize,
    pub complaints: Vec<String>,
    unknown: usize,
    settled: usize,
    withheld: usize,
    worst_answer: Duration,
    livez: (Duration, Duration),
    worst_recovery: Duration,
}

impl Row {
    pub(super) fn of(order: &Order, mut findings: Findings, calls: usize, folder: PathBuf) -> Self {
        let livez = findings.judge_livez();
        Self {
            order: order.clone(),
            folder,
            calls,
            complaints: findings.complaints,
            unknown: findings.unknown,
            settled: findings.settled,
            withheld: findings.withheld,
            worst_answer: findings.worst_answer,
            livez,
            worst_recovery: findings.worst_recovery,
        }
    }

    /// How many things were not as they must be.
    #[must_use]
    pub fn violations(&self) -> usize {
        self.complaints.len() + self.withheld
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "| {} | {} | {} | {} ({} settled) | {} ms | {} / {} ms | {} | {} | {} |",
            self.order.run.name(),
            self.order.rounds,
            self.calls,
            self.unknown,
            self.settled,
            self.worst_answer.as_millis(),
            self.livez.1.as_millis(),
            self.livez.0.as_millis(),
            recovery(self.worst_recovery),
            self.violations(),
            self.order.seed,
        )
    }
}

fn recovery(worst: Duration) -> String {
    match worst {
        Duration::ZERO => "–".to_owned(),
        Duration::MAX => "never".to_owned(),
        worst => format!("{} ms", worst.as_millis()),
    }
}

const HEAD: &str = "\
# Results of the long runs

The worst of each; of `/livez` the worst but for the slowest twentieth, and the worst. Written by `make faults`; `README.md` says what the runs do and what is promised.

| run | rounds | calls | unknown outcomes | worst answer | livez | recovery | violations | seed |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
";

/// Puts a result into the table, in the place of the run's former one.
pub fn write_results(path: &Path, row: &Row) -> std::io::Result<()> {
    let former = std::fs::read_to_string(path).unwrap_or_default();
    let date = Stopwatch::start().now().wall.date_naive();
    let lines = Run::ALL.into_iter().filter_map(|run| {
        if run == row.order.run {
            return Some(row.to_string());
        }
        let begins = format!("| {} |", run.name());
        let line = former.lines().find(|line| line.starts_with(&begins));
        line.map(str::to_owned)
    });
    let lines: Vec<String> = lines.collect();
    let table = lines.join("\n");
    std::fs::write(path, format!("{HEAD}{table}\n\nLast changed on {date}.\n"))
}
