//! Checks the histories of a workload against a data base: exit code 1 where a law is broken.
#![expect(clippy::print_stdout, reason = "a report is for the one who asked")]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use faults::checker::check;
use faults::history::HistoryFolder;

#[derive(Debug, Parser)]
#[command(name = "faults-check")]
struct Arguments {
    /// The folder with the histories.
    folder: PathBuf,
    /// The data base, with the owner's rights.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: String,
    /// Prints the report as JSON.
    #[arg(long)]
    json: bool,
}

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    let report = check(&HistoryFolder(arguments.folder), &arguments.database_url).await?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{report}");
    }
    Ok(if report.holds() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}
