//! A Postgres of one's own, that can be killed in every way and comes back.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use tokio::process::{Child, Command};
use tokio_postgres::NoTls;

use super::{account, ports, processes, server_programs};

const PATIENCE: Duration = Duration::from_secs(60);

/// What every server of a run is started with. What is committed is on the disk, and statements
/// are written to no log.
const SETTINGS: [&str; 11] = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=on",
    "synchronous_commit=on",
    "shared_buffers=32MB",
    "max_connections=80",
    "max_wal_size=64MB",
    "min_wal_size=32MB",
    "wal_recycle=off",
    "log_min_error_statement=panic",
    "timezone=UTC",
];

/// The data of a server, whether it runs or not.
#[derive(Debug)]
pub struct Cluster {
    pub data: PathBuf,
    pub port: u16,
    pub(super) log: PathBuf,
    /// Loaded before the C library, with the variables that it reads.
    pub(super) preload: Vec<(&'static str, PathBuf)>,
}

impl Cluster {
    /// Makes a new one below the folder.
    pub async fn initialise(folder: &Path, name: &str) -> Self {
        let cluster = Self::at(folder, name);
        cluster.make_folder();
        let mut initdb = account::command(&server_programs::find("initdb"));
        initdb
            // What is not written out yet is lost with the machine alone, and that does not fail here.
            .args([
                "--no-sync",
                "-k",
                "--locale=C.UTF-8",
                "-E",
                "UTF8",
                "-A",
                "trust",
            ])
            .args(["-U", "sprechstunde", "-D"])
            .arg(&cluster.data);
        succeed(initdb).await;
        cluster
    }

    /// Makes a copy of one that was stopped.
    pub async fn copy_of(data: &Path, folder: &Path, name: &str) -> Self {
        let cluster = Self::at(folder, name);
        let mut copy = Command::new("cp");
        copy.arg("-a").arg(data).arg(&cluster.data);
        succeed(copy).await;
        cluster
    }

    /// Where one will be, and on which port.
    pub(crate) fn at(folder: &Path, name: &str) -> Self {
        Self {
            data: folder.join(name),
            port: ports::free_port(),
            log: folder.join(format!("{name}.log")),
            preload: Vec::new(),
        }
    }

    pub(super) fn make_folder(&self) {
        std::fs::create_dir_all(&self.data).expect("a folder for the data");
        account::give(&self.data);
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        std::fs::set_permissions(&self.data, private).expect("permissions");
    }

    /// How the superuser connects, in the words of `tokio-postgres`.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        url(self.port, database)
    }

    /// Starts the server, and waits until it lets in whoever comes: after a crash it recovers first.
    pub async fn start(self) -> Postgres {
        let child = self.spawn();
        let mut postgres = Postgres {
            cluster: self,
            child,
        };
        postgres.wait_until_ready().await;
        postgres
    }

    fn spawn(&self) -> Child {
        let mut options = OpenOptions::new();
        let log = options.create(true).append(true).open(&self.log);
        let log = log.expect("a log");
        let mut command = account::command(&server_programs::find("postgres"));
        command.arg("-D").arg(&self.data);
        command.args(["-p", &self.port.to_string()]);
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        command.envs(self.preload.iter().map(|(name, path)| (name, path)));
        command.stdin(Stdio::null());
        command.stdout(log.try_clone().expect("a log")).stderr(log);
        command.spawn().expect("a server")
    }
}

/// A server that runs, or was killed and can start again.
#[derive(Debug)]
pub struct Postgres {
    pub cluster: Cluster,
    child: Child,
}

impl Postgres {
    /// Kills the postmaster and every process of the server, as a power cut would.
    pub async fn kill(&mut self) {
        let Some(postmaster) = self.child.id() else {
            return;
        };
        // Held still meanwhile, so that it starts no new ones.
        processes::signal(postmaster, Signal::SIGSTOP);
        let children = processes::children(postmaster);
        processes::signal(postmaster, Signal::SIGKILL);
        for child in children {
            processes::signal(child, Signal::SIGKILL);
        }
        self.child.wait().await.expect("its end");
    }

    /// An immediate shutdown: no checkpoint, and recovery at the next start.
    pub async fn stop_immediately(&mut self) {
        self.end(Signal::SIGQUIT).await;
    }

    /// A fast shutdown, as an operator restarts a server.
    pub async fn stop(&mut self) {
        self.end(Signal::SIGINT).await;
    }

    async fn end(&mut self, signal: Signal) {
        if let Some(postmaster) = self.child.id() {
            processes::signal(postmaster, signal);
            let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
            ended.expect("its end in time").expect("its end");
        }
    }

    /// Starts again on the same data and port.
    pub async fn start_again(&mut self) {
        self.child = self.cluster.spawn();
        self.wait_until_ready().await;
    }

    /// Waits until it lets people in; starts it again where it has ended by itself.
    pub async fn revive(&mut self) {
        self.wait_until_ready().await;
    }

    /// Holds every process of the server still: it neither answers nor hangs up.
    pub fn freeze(&self) {
        self.signal_all(Signal::SIGSTOP);
    }

    pub fn thaw(&self) {
        self.signal_all(Signal::SIGCONT);
    }

    fn signal_all(&self, signal: Signal) {
        let Some(postmaster) = self.child.id() else {
            return;
        };
        let children = processes::children(postmaster);
        processes::signal(postmaster, signal);
        for child in children {
            processes::signal(child, signal);
        }
    }

    async fn wait_until_ready(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        let url = self.cluster.url("postgres");
        while tokio_postgres::connect(&url, NoTls).await.is_err() {
            // One that has ended found a process of its predecessor still alive.
            if self.child.try_wait().expect("its state").is_some() {
                self.child = self.cluster.spawn();
            }
            assert!(
                Instant::now() < deadline,
                "Postgres does not start: see {}",
                self.cluster.log.display()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// A postmaster that is killed leaves children that end by themselves, but for those held still.
impl Drop for Postgres {
    fn drop(&mut self) {
        self.signal_all(Signal::SIGKILL);
    }
}

pub(super) fn url(port: u16, database: &str) -> String {
    format!("host=127.0.0.1 port={port} user=sprechstunde dbname={database}")
}

/// Runs a command to its end, which must be a good one; answers what it printed.
pub(super) async fn succeed(mut command: Command) -> String {
    let output = command
        .stdin(Stdio::null())
        .output()
        .await
        .expect("its end");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
