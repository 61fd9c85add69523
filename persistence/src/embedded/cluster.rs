use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, chown};
use std::path::Path;
use std::process;
use std::thread;
use std::time::{Duration, Instant};

use super::account::Account;
use super::child;
use super::folders::Folders;
use super::programs::{self, Programs};
use super::{EmbeddedError, PAUSE};

const UNFINISHED: &str = "postgres.unfinished-";
const PATIENCE_WITH_INITDB: Duration = Duration::from_secs(10);

/// The major version of the data, or nothing where there are none yet.
pub(super) fn version_of(cluster: &Path) -> Result<Option<u32>, EmbeddedError> {
    match fs::read_to_string(cluster.join("PG_VERSION")) {
        Ok(text) => {
            programs::leading_number(&text)
                .map(Some)
                .ok_or_else(|| EmbeddedError::NotACluster {
                    path: cluster.to_owned(),
                })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound && !cluster.exists() => Ok(None),
        Err(_) => Err(EmbeddedError::NotACluster {
            path: cluster.to_owned(),
        }),
    }
}

/// Makes the data in a sibling and renames it when it is whole, so that a run that is killed
/// halfway leaves nothing that the next one would take for data.
pub(super) fn initialise(
    folders: &Folders,
    account: &Account,
    programs: &Programs,
    durable: bool,
) -> Result<(), EmbeddedError> {
    let unfinished = folders.data.join(format!("{UNFINISHED}{}", process::id()));
    DirBuilder::new()
        .mode(0o700)
        .create(&unfinished)
        .and_then(|()| chown(&unfinished, Some(account.uid), Some(account.gid)))
        .map_err(EmbeddedError::unwritable(&unfinished))?;
    // macOS before 15 does not know C.UTF-8; plain C orders and compares the same way.
    let output = initdb(programs, account, &unfinished, "C.UTF-8", durable).or_else(|_| {
        clear(&unfinished)?;
        initdb(programs, account, &unfinished, "C", durable)
    });
    if let Err(error) = output {
        let output = error.to_string();
        return Err(EmbeddedError::NotInitialised {
            cluster: folders.cluster(),
            output,
        });
    }
    fs::rename(&unfinished, folders.cluster())
        .and_then(|()| File::open(&folders.data)?.sync_all())
        .map_err(EmbeddedError::unwritable(&folders.data))
}

fn initdb(
    programs: &Programs,
    account: &Account,
    into: &Path,
    locale: &str,
    durable: bool,
) -> io::Result<()> {
    let mut command = child::command(&programs.initdb(), account);
    command
        .args([
            "--data-checksums",
            "--encoding=UTF8",
            "--auth=trust",
            "--username=sprechstunde",
        ])
        .arg(format!("--locale={locale}"))
        .arg("--pgdata")
        .arg(into);
    if !durable {
        command.arg("--no-sync");
    }
    child::interrupt_with_parent(&mut command);
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(format!(
        "{}: {}",
        output.status,
        said.trim()
    )))
}

fn clear(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Removes what earlier runs that were killed halfway left behind.
pub(super) fn remove_unfinished(folders: &Folders) -> Result<(), EmbeddedError> {
    let unwritable = || EmbeddedError::unwritable(&folders.data);
    for entry in fs::read_dir(&folders.data).map_err(unwritable())? {
        let entry = entry.map_err(unwritable())?;
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            remove_patiently(&entry.path())?;
        }
    }
    Ok(())
}

/// The initdb of a run that was just killed may still write and remove in there until it notices.
fn remove_patiently(folder: &Path) -> Result<(), EmbeddedError> {
    let deadline = Instant::now() + PATIENCE_WITH_INITDB;
    loop {
        match fs::remove_dir_all(folder) {
            Ok(()) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(_) if Instant::now() < deadline => thread::sleep(PAUSE),
            Err(error) => return Err(EmbeddedError::unwritable(folder)(error)),
        }
    }
}
