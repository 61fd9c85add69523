//! What was measured, as it is kept.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::recordings::Travel;

/// One measurement: one call, at so many connections, in one round.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Measured {
    pub call: String,
    pub connections: usize,
    pub round: usize,
    pub per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    /// Time on a processor for each call, of the program and of Postgres.
    pub program_us: f64,
    pub postgres_us: f64,
    pub failures: u64,
    pub first_failure: Option<String>,
    /// The same statements sent by pgbench, straight behind.
    pub pgbench_per_second: Option<f64>,
    pub pgbench_postgres_us: Option<f64>,
}

/// On what it was measured.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Machine {
    pub processor: String,
    pub cores: usize,
    pub memory_gib: u64,
    pub postgres: String,
    pub date: String,
}

/// One run at one scale.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Run {
    pub scale: u64,
    pub machine: Machine,
    pub rounds: usize,
    pub seconds: u64,
    pub measured: Vec<Measured>,
    pub travels: BTreeMap<String, Travel>,
    pub ready_ms: u64,
    pub memory_mib: f64,
    pub peak_memory_mib: f64,
}

/// The newest run of every scale.
pub type Results = BTreeMap<u64, Run>;

/// Medians over the rounds of one call at so many connections.
#[derive(Debug, Clone)]
pub struct Medians {
    pub call: String,
    pub connections: usize,
    pub per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub program_us: f64,
    pub postgres_us: f64,
    pub failures: u64,
    pub pgbench_per_second: Option<f64>,
    pub pgbench_postgres_us: Option<f64>,
    /// Of the program to pgbench, round by round.
    pub ratio: Option<f64>,
}

impl Run {
    /// In the order in which they were measured.
    #[must_use]
    pub fn medians(&self) -> Vec<Medians> {
        let mut kinds: Vec<(&str, usize)> = Vec::new();
        for measured in &self.measured {
            let kind = (measured.call.as_str(), measured.connections);
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        let order = |call: &str| kinds.iter().position(|(other, _)| *other == call);
        let mut sorted = kinds.clone();
        sorted.sort_by_key(|(call, connections)| (order(call), *connections));
        sorted
            .into_iter()
            .map(|(call, connections)| self.medians_of(call, connections))
            .collect()
    }

    fn medians_of(&self, call: &str, connections: usize) -> Medians {
        let rounds: Vec<&Measured> = self
            .measured
            .iter()
            .filter(|measured| measured.call == call && measured.connections == connections)
            .collect();
        let of = |value: fn(&Measured) -> Option<f64>| {
            median(rounds.iter().filter_map(|round| value(round)))
        };
        let always = |value: fn(&Measured) -> Option<f64>| of(value).unwrap_or_default();
        Medians {
            call: call.to_owned(),
            connections,
            per_second: always(|round| Some(round.per_second)),
            p50_ms: always(|round| Some(round.p50_ms)),
            p99_ms: always(|round| Some(round.p99_ms)),
            program_us: always(|round| Some(round.program_us)),
            postgres_us: always(|round| Some(round.postgres_us)),
            failures: rounds.iter().map(|round| round.failures).sum(),
            pgbench_per_second: of(|round| round.pgbench_per_second),
            pgbench_postgres_us: of(|round| round.pgbench_postgres_us),
            ratio: of(|round| {
                round
                    .pgbench_per_second
                    .map(|pgbench| round.per_second / pgbench)
            }),
        }
    }
}

fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
