//! `make load`: fills, starts, measures, reports.

use std::path::PathBuf;
use std::process::ExitCode;

use api::clock::Clock;
use clap::{Parser, Subcommand};
use load::Failure;
use load::fill::filled;

#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Fills a data base, and serves it until Ctrl-C when asked to stay.
    Fill {
        /// How many times a million appointments.
        #[arg(long, default_value_t = 1)]
        scale: u64,
        /// Where the private Postgres lies; `target/load/<scale>` unless given.
        #[arg(long)]
        folder: Option<PathBuf>,
        /// Keeps the server running.
        #[arg(long)]
        stay: bool,
    },
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
        Command::Fill {
            scale,
            folder,
            stay,
        } => {
            let folder = folder.unwrap_or_else(|| folder_of(scale));
            let (cluster, network) = filled(&folder, scale, Clock::default().now()).await?;
            log::info!("{network:?} at {:?}", cluster.url);
            if stay {
                tokio::signal::ctrl_c().await?;
            }
            cluster.stop();
            Ok(())
        }
    }
}

fn folder_of(scale: u64) -> PathBuf {
    let target = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/load");
    PathBuf::from(target).join(scale.to_string())
}
