//! Lets things go wrong and says how the program took it: exit code 1 where it broke its word.
#![expect(clippy::print_stdout, reason = "a report is for the one who asked")]

use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use faults::runs::{Order, Run, write_results};

#[derive(Debug, Parser)]
#[command(name = "faults")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Names every run.
    List,
    /// Plays one run, or all of them one after the other.
    Run {
        /// A name from the list, or `all`.
        name: String,
        /// The dice; drawn when they are not given.
        #[arg(long)]
        seed: Option<u64>,
        /// How often it goes wrong.
        #[arg(long)]
        rounds: Option<u32>,
        /// As few rounds as the tests play.
        #[arg(long)]
        short: bool,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::List => {
            for run in Run::ALL {
                println!("{:<22}{:>4} × {}", run.name(), run.rounds(), run.says());
            }
            ExitCode::SUCCESS
        }
        Command::Run {
            name,
            seed,
            rounds,
            short,
        } => {
            let Some(runs) = named(&name) else {
                println!("there is no run {name}: `faults list` names them");
                return ExitCode::FAILURE;
            };
            let mut well = true;
            for run in runs {
                let usual = if short {
                    run.short_rounds()
                } else {
                    run.rounds()
                };
                let order = Order {
                    run,
                    seed: seed.unwrap_or_else(|| fastrand::u64(..1_000_000)),
                    rounds: rounds.unwrap_or(usual),
                    tell: |line| println!("{line}"),
                };
                well &= play(order, !short && rounds.is_none()).await;
            }
            if well {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

fn named(name: &str) -> Option<Vec<Run>> {
    if name == "all" {
        return Some(Run::ALL.to_vec());
    }
    Run::named(name).map(|run| vec![run])
}

async fn play(order: Order, is_long: bool) -> bool {
    println!("{}: {}", order.replay(), order.run.says());
    let ordered = order.clone();
    let row = match tokio::spawn(async move { ordered.play().await }).await {
        Ok(row) => row,
        Err(broken) => {
            println!("the stage broke: {broken}");
            failed(&order, Path::new(&order.name()));
            return false;
        }
    };
    println!("{row}");
    if is_long {
        let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("results/latest.md");
        if let Err(error) = write_results(&table, &row) {
            println!("{}: {error}", table.display());
        }
    }
    for complaint in &row.complaints {
        println!("  {complaint}");
    }
    if row.violations() > 0 {
        failed(&order, &row.folder);
    }
    row.violations() == 0
}

fn failed(order: &Order, folder: &Path) {
    println!("what is left of it: {}", folder.display());
    println!("to replay it: {}", order.replay());
}
