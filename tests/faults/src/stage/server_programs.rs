//! Where this machine has the server programs of Postgres.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The path of `initdb`, `postgres`, `pg_ctl`, `pg_dump` and their like.
pub(super) fn find(name: &str) -> PathBuf {
    let folder = candidates()
        .into_iter()
        .find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file());
    folder
        .expect("the server programs of Postgres: set PG_BIN_DIR")
        .join(name)
}

fn candidates() -> Vec<PathBuf> {
    let given = std::env::var_os("PG_BIN_DIR").map(PathBuf::from);
    let named = Command::new("pg_config").arg("--bindir").output().ok();
    let named = named.and_then(|output| String::from_utf8(output.stdout).ok());
    let mut folders: Vec<PathBuf> = given
        .into_iter()
        .chain(named.map(|text| PathBuf::from(text.trim())))
        .collect();
    folders.extend(versions(Path::new("/usr/lib/postgresql")));
    if let Some(path) = std::env::var_os("PATH") {
        folders.extend(std::env::split_paths(&path));
    }
    // Of a link only the place that it leads to has all the programs.
    folders.iter_mut().for_each(|folder| {
        if let Ok(real) = folder.join("postgres").canonicalize()
            && let Some(parent) = real.parent()
        {
            *folder = parent.to_owned();
        }
    });
    folders
}

fn versions(parent: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path().join("bin")).collect();
    found.sort();
    found.reverse();
    found
}
