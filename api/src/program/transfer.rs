//! Organisations taken from one data base to another, by way of a file.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use persistence::transfer::{self, Transferred};
use tokio::runtime::Runtime;

use super::ProgramError;
use super::home::{Home, Stay};
use super::progress::Progress;
use super::start::assemble;
use crate::config::Config;

pub(super) fn export(
    config: &Config,
    runtime: &Runtime,
    organisations: &[String],
    path: &Path,
) -> Result<(), ProgramError> {
    let home = Home::open(config, runtime, Stay::Visiting)?;
    runtime.block_on(async {
        assemble(config, &home).await?;
        let failed = |error| ProgramError::File(path.display().to_string(), error);
        // As private as a backup, and never in the place of another one.
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .map_err(failed)?;
        let mut out = BufWriter::new(&file);
        let mut progress = Progress::new("rows written");
        let mut told = |done, all| progress.tell(done, all);
        let written =
            transfer::export(&home.url, &home.vault, organisations, &mut out, &mut told).await;
        let written = match written {
            Ok(written) => written,
            Err(error) => {
                // What is cut off helps nobody.
                std::fs::remove_file(path).map_err(failed)?;
                return Err(error.into());
            }
        };
        out.flush().map_err(failed)?;
        file.sync_all().map_err(failed)?;
        report("written", &written);
        Ok(())
    })
}

pub(super) fn import(config: &Config, runtime: &Runtime, path: &Path) -> Result<(), ProgramError> {
    let failed = |error| ProgramError::File(path.display().to_string(), error);
    let mut file = BufReader::new(File::open(path).map_err(failed)?);
    let home = Home::open(config, runtime, Stay::Visiting)?;
    runtime.block_on(async {
        assemble(config, &home).await?;
        let mut progress = Progress::new("rows taken in");
        let mut told = |done, all| progress.tell(done, all);
        let taken_in = transfer::import(&home.url, &home.vault, &mut file, &mut told).await?;
        report("taken in", &taken_in);
        Ok(())
    })
}

#[expect(clippy::print_stdout, reason = "the operator reads it")]
fn report(what: &str, transferred: &Transferred) {
    let Transferred {
        organisations,
        rows,
    } = transferred;
    println!("{rows} rows {what}, of {}", organisations.join(", "));
}
