//! `make load`: fills, starts, measures, reports.

use std::path::PathBuf;
use std::process::ExitCode;

use api::clock::Clock;
use clap::{Args, Parser, Subcommand};
use load::calls::Call;
use load::fill::filled;
use load::measure::{Plan, measure};
use load::{Failure, ceiling, report};

/// Measures the program against a data base of a million appointments and more.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measures, and writes the results.
    Measure(Measure),
    /// Fills a data base, and serves it until Ctrl-C when asked to stay.
    Fill {
        #[command(flatten)]
        place: Place,
        /// Keeps the server running.
        #[arg(long)]
        stay: bool,
    },
    /// Writes the report again from the results.
    Report,
    /// Serves a bare route; started by `measure`.
    #[command(hide = true)]
    Ceiling,
}

#[derive(Debug, Args)]
struct Place {
    /// How many times a million appointments.
    #[arg(long, default_value_t = 1)]
    scale: u64,
    /// Where the private Postgres lies; `target/load/<scale>` unless given.
    #[arg(long)]
    folder: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct Measure {
    #[command(flatten)]
    place: Place,
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// How long each measurement takes.
    #[arg(long, default_value_t = 4)]
    seconds: u64,
    #[arg(long, value_delimiter = ',', default_values_t = [1, 16, 64])]
    connections: Vec<usize>,
    /// Measures only these, by their names in the report; writes nothing into the project.
    #[arg(long = "call", value_parser = Call::named)]
    calls: Vec<Call>,
    /// Measures this program instead of compiling the one of this project.
    #[arg(long)]
    program: Option<PathBuf>,
    /// One short round at 16 connections, to see that it works; writes nothing into the project.
    #[arg(long)]
    quick: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("info")).init();
    match run(Arguments::parse().command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            log::error!("{failure}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Measure(wanted) => {
            let quick = wanted.quick || !wanted.calls.is_empty();
            let run = measure(wanted.plan()).await?;
            if quick {
                report::write_quick(run)
            } else {
                report::keep(run)
            }
        }
        Command::Fill { place, stay } => {
            let now = Clock::default().now();
            let (cluster, network) = filled(&place.folder(), place.scale, now).await?;
            log::info!("{network:?} at {:?}", cluster.url);
            if stay {
                tokio::signal::ctrl_c().await?;
            }
            cluster.stop();
            Ok(())
        }
        Command::Report => report::again(),
        Command::Ceiling => ceiling::serve().await,
    }
}

impl Place {
    fn folder(&self) -> PathBuf {
        let target = load::program::workspace().join("target/load");
        let scale = self.scale.to_string();
        self.folder.clone().unwrap_or_else(|| target.join(scale))
    }
}

impl Measure {
    fn plan(self) -> Plan {
        let (rounds, seconds) = if self.quick {
            (1, 2)
        } else {
            (self.rounds, self.seconds)
        };
        let calls = if self.calls.is_empty() {
            Call::ALL.to_vec()
        } else {
            self.calls
        };
        Plan {
            scale: self.place.scale,
            folder: self.place.folder(),
            program: self.program,
            rounds,
            seconds,
            connections: if self.quick {
                vec![16]
            } else {
                self.connections
            },
            calls,
        }
    }
}
