//! What an earlier run left behind, when it was killed: a server that still shuts down, its orphaned
//! children, a `postmaster.pid` whose number now belongs to somebody else.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::folders::Folders;
use super::{EmbeddedError, PAUSE};

const PATIENCE: Duration = Duration::from_secs(30);

/// Sees to it that no process uses the data. To be called by the holder of the owner's lock, which
/// is why every server found here has lost its program.
pub(super) fn settle(folders: &Folders) -> Result<(), EmbeddedError> {
    let deadline = Instant::now() + PATIENCE;
    let mut interrupted = false;
    loop {
        let left_over = processes_of(folders);
        if left_over.is_empty() {
            break;
        }
        if Instant::now() > deadline {
            let (path, seconds) = (folders.cluster(), PATIENCE.as_secs());
            return Err(EmbeddedError::Busy { path, seconds });
        }
        // A second interrupt would change nothing; the children end by themselves.
        if !interrupted {
            for process in left_over.iter().filter(|process| !process.is_child()) {
                log::info!(
                    "stopping Postgres (process {}), left over by a run",
                    process.id
                );
                let _ = kill(Pid::from_raw(process.id), Signal::SIGINT);
            }
            interrupted = true;
        }
        thread::sleep(PAUSE);
    }
    remove_stale_pid_file(folders)
}

/// Postgres refuses to start while the number in `postmaster.pid` is alive, even as a zombie or,
/// after a restart of the machine, as another program. Of a number that is dead it knows best
/// itself whether anything still uses the data.
fn remove_stale_pid_file(folders: &Folders) -> Result<(), EmbeddedError> {
    let cluster = folders.cluster();
    let pid_file = cluster.join("postmaster.pid");
    let Ok(text) = fs::read_to_string(&pid_file) else {
        return Ok(());
    };
    let number = text
        .lines()
        .next()
        .and_then(|line| line.trim().parse().ok());
    let Some(alive) = processes()
        .into_iter()
        .find(|process| Some(process.id) == number)
    else {
        return Ok(());
    };
    if alive.may_serve(&cluster.to_string_lossy()) {
        return Err(EmbeddedError::InForeignUse {
            process: alive.id,
            cluster,
        });
    }
    log::info!(
        "removing {}, whose process is another one by now",
        pid_file.display()
    );
    fs::remove_file(&pid_file).map_err(EmbeddedError::unwritable(&pid_file))
}

struct Process {
    id: i32,
    /// The words of its command line, or the title that it gave itself.
    command: String,
}

impl Process {
    fn is_child(&self) -> bool {
        self.command.starts_with("postgres: ")
    }

    /// Whether it may be a server over this folder that somebody started by hand.
    fn may_serve(&self, cluster: &str) -> bool {
        let program = self.command.split(' ').next().unwrap_or_default();
        let program = program.rsplit('/').next().unwrap_or_default();
        let is_server = matches!(program, "postgres" | "postmaster");
        is_server && (self.command.contains(cluster) || !self.command.contains(" -D"))
    }
}

/// Servers carry the name of the cluster in their command line, their children in their title.
fn processes_of(folders: &Folders) -> Vec<Process> {
    let (argument, title) = (
        format!("cluster_name={}", folders.name),
        format!("postgres: {}", folders.name),
    );
    let mut all = processes();
    all.retain(|process| {
        process.command.contains(&argument) || process.command.starts_with(&title)
    });
    all
}

#[cfg(target_os = "linux")]
fn processes() -> Vec<Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let id = entry.file_name().to_str()?.parse().ok()?;
            let command = fs::read(entry.path().join("cmdline")).ok()?;
            let command = String::from_utf8_lossy(&command).replace('\0', " ");
            Some(Process { id, command })
        })
        .collect()
}

#[cfg(not(target_os = "linux"))]
fn processes() -> Vec<Process> {
    let output = std::process::Command::new("ps")
        .args(["-axo", "pid=,command="])
        .output();
    let text = output.map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&text)
        .lines()
        .filter_map(|line| {
            let (id, command) = line.trim().split_once(' ')?;
            Some(Process {
                id: id.parse().ok()?,
                command: command.trim().to_owned(),
            })
        })
        .collect()
}
