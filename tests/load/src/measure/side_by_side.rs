//! One measurement: of the program, and of pgbench beside it.

use std::time::Duration;

use super::Bench;
use crate::Failure;
use crate::calls::Call;
use crate::pgbench::{self, Told, Until};
use crate::processes;
use crate::results::Measured;

impl Bench {
    pub(super) fn program(
        &self,
        call: Call,
        connections: usize,
        round: usize,
    ) -> Result<Measured, Failure> {
        let program = self.answering(call);
        let postgres = self.cluster.process()?;
        let before = (
            processes::of_process(program.process())?,
            processes::of_family(postgres)?,
        );
        let lasting = Duration::from_secs(self.plan.seconds);
        let mut outcome = self.drive(call, connections, round as u64 + 1, lasting)?;
        let behind = (
            processes::of_process(program.process())?,
            processes::of_family(postgres)?,
        );
        if let Some(failure) = &outcome.first_failure {
            log::warn!(
                "{}: {} failures, the first one: {failure}",
                call.name(),
                outcome.failures
            );
        }
        let calls = u32::try_from(outcome.latencies.len().max(1))?;
        Ok(Measured {
            call: call.name().to_owned(),
            connections,
            round,
            per_second: outcome.per_second(),
            p50_ms: outcome.percentile_ms(50),
            p99_ms: outcome.percentile_ms(99),
            program_us: micros((behind.0 - before.0) / calls),
            postgres_us: micros(behind.1.saturating_sub(before.1) / calls),
            failures: outcome.failures,
            first_failure: outcome.first_failure,
            pgbench_per_second: None,
            pgbench_postgres_us: None,
        })
    }

    /// The same statements without the program. Cancels what it has booked itself just before.
    pub(super) fn pgbench(
        &self,
        call: Call,
        clients: usize,
        booked: &mut Option<(u64, u64)>,
    ) -> Result<Option<Told>, Failure> {
        let Some(scripts) = self.recordings.scripts.get(&call) else {
            return Ok(None);
        };
        let seconds = self.plan.seconds;
        let (base, until) = match (call, *booked) {
            (Call::Cancel, None) => return Ok(None),
            (Call::Cancel, Some((base, count))) => {
                (base, Until::Done(count / clients as u64 * 4 / 5))
            }
            (call, _) if let Some(stock) = call.takes() => {
                let wanted = (seconds + 3) * stock.most_per_second();
                let base = self
                    .world
                    .reserve(stock, wanted)
                    .ok_or("too little is free: measure for a shorter time")?;
                (base, Until::Over(Duration::from_secs(seconds)))
            }
            _ => (0, Until::Over(Duration::from_secs(seconds))),
        };
        let monday = self.network.monday.to_string();
        let folder = &self.plan.folder;
        let run = || {
            pgbench::run(
                &self.cluster,
                folder,
                scripts,
                &monday,
                clients,
                base,
                until,
            )
        };
        let told = tokio::task::block_in_place(run)
            .map_err(|error| format!("{}: {error}", call.name()))?;
        if let Some(stock) = call.takes() {
            // Some clients are ahead of others.
            self.world
                .give_back(stock, base + told.transactions * 3 / 2 + 1000);
        }
        if call == Call::Book {
            *booked = Some((base, told.transactions));
        }
        Ok(Some(told))
    }
}

pub(super) fn micros(span: Duration) -> f64 {
    span.as_secs_f64() * 1e6
}
