//! Checks the histories of a workload against a data base.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a report is for the one who asked"
)]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use faults::checker::{CheckError, Report, check};
use faults::history::HistoryFolder;

/// Exit code 0: every law holds. 1: one is broken. 2: nothing could be checked.
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
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let folder = HistoryFolder(arguments.folder);
    let report = check(&folder, &arguments.database_url).await;
    match report.and_then(|report| shown(&report, arguments.json).map(|text| (report, text))) {
        Ok((report, text)) => {
            println!("{text}");
            ExitCode::from(u8::from(!report.holds()))
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn shown(report: &Report, json: bool) -> Result<String, CheckError> {
    Ok(if json {
        serde_json::to_string_pretty(report)?
    } else {
        report.to_string()
    })
}
