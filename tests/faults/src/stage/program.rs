//! The program as its operator meets it.

use std::fs::OpenOptions;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use tokio::process::{Child, Command};

use super::{ports, processes};

const PATIENCE: Duration = Duration::from_secs(60);

/// The same for every program of a run, as if it came from the operator's safe.
pub const MASTER_KEY: &str = "dGhlIG1hc3RlciBrZXkgb2YgdGhlIHRlc3RzLCAzMmI=";

/// How a program is to be started.
#[derive(Debug, Clone)]
pub struct Settings {
    pub executable: PathBuf,
    pub database_url: String,
    /// Where its log goes.
    pub folder: PathBuf,
    pub name: String,
    pub connections: u8,
    /// More variables, as for a library that is loaded first.
    pub environment: Vec<(&'static str, PathBuf)>,
}

impl Settings {
    #[must_use]
    pub fn new(executable: &Path, database_url: &str, folder: &Path) -> Self {
        Self {
            executable: executable.to_owned(),
            database_url: database_url.to_owned(),
            folder: folder.to_owned(),
            name: "program".to_owned(),
            connections: 8,
            environment: Vec::new(),
        }
    }

    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    fn prepare(&self, program: &mut Command, port: u16) {
        let log = self.log();
        let mut options = OpenOptions::new();
        let log = options.create(true).append(true).open(log).expect("a log");
        program
            .current_dir(&self.folder)
            .env_clear()
            .env("DATABASE_URL", &self.database_url)
            .env("SPRECHSTUNDE_MASTER_KEY", MASTER_KEY)
            .env("SPRECHSTUNDE_LISTEN", format!("127.0.0.1:{port}"))
            .env("SPRECHSTUNDE_TRUSTED_PROXIES", "127.0.0.1")
            .env(
                "SPRECHSTUNDE_DATABASE_CONNECTIONS",
                self.connections.to_string(),
            )
            .env("RUST_BACKTRACE", "1")
            .envs(self.environment.iter().map(|(name, path)| (name, path)))
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            .kill_on_drop(true);
    }

    /// Brings the data base to this program's schema.
    pub async fn migrate(&self) {
        self.run(&["migrate"]).await;
    }

    /// Loads the demo network.
    pub async fn seed(&self) {
        self.run(&["seed", "--demo"]).await;
    }

    async fn run(&self, arguments: &[&str]) {
        let mut command = Command::new(&self.executable);
        self.prepare(&mut command, 1);
        let ended = command.args(arguments).status().await.expect("its end");
        assert!(
            ended.success(),
            "{arguments:?}: see {}",
            self.log().display()
        );
    }

    pub(super) fn log(&self) -> PathBuf {
        self.folder.join(format!("{}.log", self.name))
    }

    pub async fn start(self) -> Program {
        let port = ports::free_port();
        let mut program = Program {
            child: self.spawn(port),
            settings: self,
            port,
        };
        program.wait_until_ready().await;
        program
    }

    fn spawn(&self, port: u16) -> Child {
        let mut command = Command::new(&self.executable);
        self.prepare(&mut command, port);
        command.spawn().expect("the program")
    }

    /// Starts behind a socket that somebody else opened, as systemd hands them over: it lies on
    /// descriptor 3, and two variables say so.
    pub(super) fn spawn_behind(&self, listener: TcpListener, port: u16) -> Child {
        let hand_over = r#"exec 3<&0 0</dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec "$0""#;
        let mut command = Command::new("/bin/sh");
        self.prepare(&mut command, port);
        command.arg("-c").arg(hand_over).arg(&self.executable);
        command.stdin(Stdio::from(std::os::fd::OwnedFd::from(listener)));
        command.spawn().expect("the program")
    }
}

/// A program that serves, or was killed and can start again at the same address.
#[derive(Debug)]
pub struct Program {
    pub settings: Settings,
    pub port: u16,
    child: Child,
}

impl Program {
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// As the kernel does when memory is short.
    pub async fn kill(&mut self) {
        self.child.kill().await.expect("its end");
    }

    /// As an operator does. The program finishes what is under way.
    pub async fn terminate(&mut self) {
        terminate(&mut self.child).await;
    }

    pub async fn start_again(&mut self) {
        self.child = self.settings.spawn(self.port);
        self.wait_until_ready().await;
    }

    /// Whether it runs still: nothing that happens to Postgres may end it.
    pub fn runs(&mut self) -> bool {
        self.child.try_wait().expect("its state").is_none()
    }

    /// What it wrote of panics.
    #[must_use]
    pub fn panics(&self) -> Vec<String> {
        let log = std::fs::read(self.settings.log()).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines = log.lines().filter(|line| line.contains("panicked at"));
        lines.map(str::to_owned).collect()
    }

    async fn wait_until_ready(&mut self) {
        let client = reqwest::Client::new();
        let url = format!("{}/readyz", self.base_url());
        let deadline = Instant::now() + PATIENCE;
        loop {
            let answer = client.get(&url).timeout(Duration::from_secs(5)).send();
            if answer
                .await
                .is_ok_and(|answer| answer.status().is_success())
            {
                return;
            }
            let log = self.settings.log();
            assert!(self.runs(), "it ended: see {}", log.display());
            assert!(
                Instant::now() < deadline,
                "not ready: see {}",
                log.display()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

pub(super) async fn terminate(child: &mut Child) {
    if let Some(process) = child.id() {
        processes::signal(process, Signal::SIGTERM);
        let ended = tokio::time::timeout(PATIENCE, child.wait()).await;
        let status = ended.expect("its end in time").expect("its end");
        assert!(status.success(), "after SIGTERM: {status}");
    }
}
