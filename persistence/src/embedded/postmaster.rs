use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::account::Account;
use super::child;
use super::folders::Folders;
use super::programs::Programs;
use super::{EmbeddedError, PAUSE, SUPERUSER};

/// Recovery after a crash has to finish before Postgres lets anybody in.
const PATIENCE_WITH_START: Duration = Duration::from_secs(120);
const PATIENCE_WITH_SHUTDOWN: Duration = Duration::from_secs(15);
const LARGEST_LOG: u64 = 8 * 1024 * 1024;

/// Settings that keep to this machine; memory and the rest are those of `postgresql.conf`. Errors are logged without the
/// statement and without details, because both can hold what people wrote.
const SETTINGS: [&str; 12] = [
    "listen_addresses=",
    "port=5432",
    "unix_socket_permissions=0700",
    "jit=off",
    "timezone=UTC",
    "log_timezone=UTC",
    "log_checkpoints=off",
    "log_error_verbosity=terse",
    "log_min_error_statement=panic",
    "log_destination=stderr",
    "logging_collector=off",
    "ssl=off",
];
const SETTINGS_WITHOUT_DURABILITY: [&str; 3] = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
];

/// The server process that this process started.
#[derive(Debug)]
pub(super) struct Postmaster {
    process: Pid,
    keeper: JoinHandle<()>,
}

impl Postmaster {
    /// Starts the server and waits until it lets us in.
    pub(super) fn start(
        folders: &Folders,
        account: &Account,
        programs: &Programs,
        durable: bool,
    ) -> Result<Self, EmbeddedError> {
        let log = folders.log();
        let command = command(folders, account, programs, durable)
            .map_err(EmbeddedError::unwritable(&log))?;
        let not_started = |tail| EmbeddedError::NotStarted {
            log: log.clone(),
            tail,
        };
        let postmaster = Self::spawn(command).map_err(|error| not_started(error.to_string()))?;
        let deadline = Instant::now() + PATIENCE_WITH_START;
        while !accepts_connections(&folders.socket()) {
            if postmaster.keeper.is_finished() || Instant::now() > deadline {
                postmaster.stop();
                return Err(not_started(tail_of(&log)));
            }
            thread::sleep(PAUSE);
        }
        Ok(postmaster)
    }

    /// The parent-death signal hangs on the thread that spawns, so one thread does nothing but
    /// spawn and wait: then it does not matter which thread asked.
    fn spawn(mut command: Command) -> io::Result<Self> {
        let (tell, told) = mpsc::channel();
        let keeper =
            thread::Builder::new()
                .name("postgres".to_owned())
                .spawn(move || match command.spawn() {
                    Ok(mut child) => {
                        let _ = tell.send(Ok(child.id()));
                        let _ = child.wait();
                    }
                    Err(error) => {
                        let _ = tell.send(Err(error));
                    }
                })?;
        let process = told.recv().map_err(io::Error::other)??;
        let process = Pid::from_raw(i32::try_from(process).map_err(io::Error::other)?);
        Ok(Self { process, keeper })
    }

    /// A fast shutdown: rolls back what runs, writes everything down and ends. When that takes
    /// too long, an immediate one, from which the next start recovers.
    pub(super) fn stop(self) {
        for signal in [Signal::SIGINT, Signal::SIGQUIT] {
            if !self.keeper.is_finished() {
                let _ = kill(self.process, signal);
            }
            let deadline = Instant::now() + PATIENCE_WITH_SHUTDOWN;
            while Instant::now() < deadline {
                if self.keeper.is_finished() {
                    return;
                }
                thread::sleep(Duration::from_millis(2));
            }
            log::warn!(
                "Postgres (process {}) did not end on {signal}",
                self.process
            );
        }
    }
}

fn command(
    folders: &Folders,
    account: &Account,
    programs: &Programs,
    durable: bool,
) -> io::Result<Command> {
    let log = open_log(&folders.log())?;
    let mut command = child::command(&programs.postgres(), account);
    command
        .arg("-D")
        .arg(folders.cluster())
        .stdout(log.try_clone()?)
        .stderr(log);
    let name = format!("cluster_name={}", folders.name);
    let socket = format!("unix_socket_directories={}", folders.socket().display());
    let durability = if durable {
        &[]
    } else {
        SETTINGS_WITHOUT_DURABILITY.as_slice()
    };
    let fixed = SETTINGS.iter().chain(durability).copied();
    for setting in fixed.chain([name.as_str(), socket.as_str()]) {
        command.args(["-c", setting]);
    }
    child::interrupt_with_parent(&mut command);
    Ok(command)
}

fn open_log(log: &Path) -> io::Result<File> {
    if log
        .metadata()
        .is_ok_and(|metadata| metadata.len() > LARGEST_LOG)
    {
        fs::rename(log, log.with_extension("log.old"))?;
    }
    OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(log)
}

fn tail_of(log: &Path) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(5)..].join(" | ")
}

/// Whether a server behind the socket lets us in. It answers the startup message with `R` only
/// once it is ready; while it starts, recovers or shuts down it answers with an error.
/// (PostgreSQL, "Message Formats": StartupMessage, Authentication, Terminate.)
pub(super) fn accepts_connections(socket: &Path) -> bool {
    let try_it = || -> io::Result<bool> {
        let mut stream = UnixStream::connect(socket.join(".s.PGSQL.5432"))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        let parameters = format!("user\0{SUPERUSER}\0database\0postgres\0\0");
        let length = u32::try_from(parameters.len() + 8).map_err(io::Error::other)?;
        let protocol: u32 = 3 << 16;
        let startup = [
            &length.to_be_bytes(),
            &protocol.to_be_bytes(),
            parameters.as_bytes(),
        ];
        stream.write_all(&startup.concat())?;
        let mut answer = [0];
        stream.read_exact(&mut answer)?;
        stream.write_all(b"X\0\0\0\x04")?;
        Ok(answer == *b"R")
    };
    try_it().unwrap_or(false)
}
