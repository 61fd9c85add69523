//! Tables and pictures for people, numbers for programs.

mod goals;
mod picture;
mod table;

use std::fs;
use std::path::{Path, PathBuf};

use crate::Failure;
use crate::program::workspace;
use crate::results::{Results, Run};

fn folder() -> PathBuf {
    workspace().join("tests/load/results")
}

/// Keeps a run beside the newest of other scales, and writes everything that shows them.
pub fn keep(run: Run) -> Result<(), Failure> {
    let mut results = kept()?;
    results.insert(run.scale, run);
    write(&results, &folder())?;
    show_in_readme(&results)
}

/// Writes a run where it does not get into the project.
pub fn write_quick(run: Run) -> Result<(), Failure> {
    let folder = workspace().join("target/load/quick");
    write(&Results::from([(run.scale, run)]), &folder)?;
    log::info!("see {}", folder.join("latest.md").display());
    Ok(())
}

/// Writes everything again from what is kept.
pub fn again() -> Result<(), Failure> {
    let results = kept()?;
    write(&results, &folder())?;
    show_in_readme(&results)
}

fn kept() -> Result<Results, Failure> {
    match fs::read(folder().join("latest.json")) {
        Ok(text) => Ok(serde_json::from_slice(&text)?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Results::new()),
        Err(error) => Err(error.into()),
    }
}

fn write(results: &Results, folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder)?;
    fs::write(
        folder.join("latest.json"),
        serde_json::to_string_pretty(results)? + "\n",
    )?;
    fs::write(folder.join("latest.md"), table::page(results))?;
    let Some(run) = results.values().next() else {
        return Ok(());
    };
    fs::write(folder.join("throughput.svg"), picture::throughput(run))?;
    fs::write(folder.join("latency.svg"), picture::latency(run))?;
    if let Some((small, large)) = goals::two_scales(results) {
        fs::write(folder.join("growth.svg"), picture::growth(small, large))?;
    }
    Ok(())
}

const BEGIN: &str = "<!-- load:begin -->";
const END: &str = "<!-- load:end -->";

/// Replaces what stands between the marks.
fn show_in_readme(results: &Results) -> Result<(), Failure> {
    let path = workspace().join("README.md");
    let text = fs::read_to_string(&path)?;
    let marks = text.split_once(BEGIN).and_then(|(before, rest)| {
        let (_, behind) = rest.split_once(END)?;
        Some((before, behind))
    });
    let (before, behind) = marks.ok_or("README.md has lost the marks of this section")?;
    let section = table::section(results);
    fs::write(&path, format!("{before}{BEGIN}\n{section}{END}{behind}"))?;
    Ok(())
}
