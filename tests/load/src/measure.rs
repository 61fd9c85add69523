//! Round by round: the program, and straight behind it pgbench with the same statements.

mod side_by_side;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use api::clock::Clock;

use crate::Failure;
use crate::asking::{Asking, Tokens};
use crate::calls::Call;
use crate::cluster::{Cluster, connect};
use crate::fill::{filled, forget_unreadable, forget_waiting, restore};
use crate::http::drive;
use crate::network::Network;
use crate::processes;
use crate::program::{self, Program, Signer};
use crate::recordings::{Recordings, record};
use crate::results::{Machine, Measured, Run};
use crate::subjects::{Stock, World};
use side_by_side::micros;

/// What is measured, and for how long.
#[derive(Debug, Clone)]
pub struct Plan {
    pub scale: u64,
    pub folder: PathBuf,
    /// A program that is compiled already.
    pub program: Option<PathBuf>,
    pub rounds: usize,
    /// Of each measurement.
    pub seconds: u64,
    pub connections: Vec<usize>,
    pub calls: Vec<Call>,
}

/// A call that takes so long would keep pgbench busy long after its time.
const TOO_SLOW_MS: f64 = 1000.0;

/// Everything that runs while it is measured.
struct Bench {
    plan: Plan,
    clock: Clock,
    cluster: Cluster,
    network: Network,
    world: Arc<World>,
    signer: Signer,
    recordings: Recordings,
    program: Program,
    ceiling: Program,
    measured: Vec<Measured>,
}

/// Does all of it, and answers what came out.
pub async fn measure(plan: Plan) -> Result<Run, Failure> {
    let clock = Clock::default();
    let today = clock.now().date_naive();
    let released = match &plan.program {
        Some(program) => program.clone(),
        None => program::build()?,
    };
    let (cluster, network) = filled(&plan.folder, plan.scale, clock.now()).await?;
    restore(&cluster.url).await?;
    let world = Arc::new(World::new(network, today));
    let signer = Signer::prepare(&cluster.url, clock.now()).await?;
    let recordings = record(&released, &cluster, &world, &signer, &clock).await?;
    let program = Program::start(&released, &cluster.url).await?;
    let ceiling = Program::start_ceiling().await?;
    let mut bench = Bench {
        plan,
        clock,
        cluster,
        network,
        world,
        signer,
        recordings,
        program,
        ceiling,
        measured: Vec::new(),
    };
    bench.warm_up()?;
    for round in 0..bench.plan.rounds {
        bench.round(round).await?;
    }
    bench.run().await
}

impl Bench {
    fn tokens(&self) -> Result<Tokens, Failure> {
        Ok(Arc::new(
            self.signer.coordinators(&self.network, self.clock.now())?,
        ))
    }

    fn answering(&self, call: Call) -> &Program {
        if call == Call::Ceiling {
            &self.ceiling
        } else {
            &self.program
        }
    }

    fn drive(
        &self,
        call: Call,
        connections: usize,
        seed: u64,
        lasting: Duration,
    ) -> Result<crate::http::Outcome, Failure> {
        let program = self.answering(call);
        let (world, tokens) = (Arc::clone(&self.world), self.tokens()?);
        let scripts = move || {
            (0..connections as u64)
                .map(|number| {
                    Asking::new(
                        call,
                        Arc::clone(&world),
                        Arc::clone(&tokens),
                        seed * 1000 + number,
                    )
                })
                .collect()
        };
        tokio::task::block_in_place(|| drive(program.address, scripts, lasting))
    }

    /// Opens the program's connections, and lets Postgres read what it will need.
    fn warm_up(&self) -> Result<(), Failure> {
        for call in self.plan.calls.iter().filter(|call| **call != Call::Cancel) {
            self.drive(*call, 16, 999, Duration::from_secs(1))?;
        }
        Ok(())
    }

    async fn round(&mut self, round: usize) -> Result<(), Failure> {
        for connections in self.plan.connections.clone() {
            if self.world.runs_out() {
                restore(&self.cluster.url).await?;
                for stock in Stock::ALL {
                    self.world.give_back(stock, 0);
                }
            }
            if let Ok(mut booked) = self.world.booked.lock() {
                booked.clear();
            }
            let mut booked_by_pgbench = None;
            for call in self.plan.calls.clone() {
                let mut measured = self.program(call, connections, round)?;
                if measured.p50_ms > TOO_SLOW_MS {
                    log::warn!("{} is too slow for a comparison", measured.call);
                } else if let Some(told) =
                    self.pgbench(call, connections, &mut booked_by_pgbench)?
                {
                    measured.pgbench_per_second = Some(told.per_second);
                    measured.pgbench_postgres_us = told.cpu.map(micros);
                    if call.takes().is_some() {
                        forget_unreadable(&self.cluster.url).await?;
                    }
                }
                if call == Call::Join {
                    forget_waiting(&self.cluster.url).await?;
                }
                log::info!(
                    "round {}, {connections} connections, {}: {:.0}/s, p99 {:.1} ms{}",
                    round + 1,
                    measured.call,
                    measured.per_second,
                    measured.p99_ms,
                    measured
                        .pgbench_per_second
                        .map_or(String::new(), |told| format!("; pgbench {told:.0}/s")),
                );
                self.measured.push(measured);
            }
        }
        Ok(())
    }

    async fn run(self) -> Result<Run, Failure> {
        let (memory, peak) = processes::memory_kib(self.program.process())?;
        let version: String = connect(&self.cluster.url)
            .await?
            .query_one("SELECT current_setting('server_version')", &[])
            .await?
            .get(0);
        let travels = self.recordings.travels.iter();
        Ok(Run {
            scale: self.plan.scale,
            machine: Machine::this(version, self.clock.now().format("%Y-%m-%d").to_string())?,
            rounds: self.plan.rounds,
            seconds: self.plan.seconds,
            measured: self.measured,
            travels: travels
                .map(|(call, travel)| (call.name().to_owned(), *travel))
                .collect(),
            ready_ms: u64::try_from(self.program.ready_in.as_millis())?,
            memory_mib: mebibytes(memory),
            peak_memory_mib: mebibytes(peak),
        })
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a memory of that size is not measured here"
)]
fn mebibytes(kib: u64) -> f64 {
    kib as f64 / 1024.0
}
