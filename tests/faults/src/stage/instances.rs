//! Two instances behind one socket, replaced one after the other.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use tokio::process::Child;

use super::ports;
use super::program::{Settings, terminate};

/// A socket that is never closed, and the programs that serve it.
#[derive(Debug)]
pub struct SharedListener {
    pub port: u16,
    listener: TcpListener,
    settings: Settings,
    running: Vec<Child>,
    started: u32,
}

impl SharedListener {
    pub async fn open(settings: Settings, instances: usize) -> Self {
        let port = ports::free_port();
        let listener = TcpListener::bind(("127.0.0.1", port)).expect("a port");
        let mut shared = Self {
            port,
            listener,
            settings,
            running: Vec::new(),
            started: 0,
        };
        for _ in 0..instances {
            shared.start_one().await;
        }
        shared
    }

    /// Starts a successor, and then ends the oldest instance.
    pub async fn replace_one(&mut self) {
        self.start_one().await;
        terminate(&mut self.running.remove(0)).await;
    }

    /// What all of them wrote of panics.
    #[must_use]
    pub fn panics(&self) -> Vec<String> {
        let lines = (1..=self.started).flat_map(|number| {
            let log = self
                .settings
                .clone()
                .named(&format!("instance-{number}"))
                .log();
            let log = std::fs::read_to_string(log).unwrap_or_default();
            let lines: Vec<String> = log.lines().map(str::to_owned).collect();
            lines
        });
        lines.filter(|line| line.contains("panicked at")).collect()
    }

    /// Who answers on a shared socket cannot be asked, so the log tells when it is ready.
    async fn start_one(&mut self) {
        self.started += 1;
        let settings = self
            .settings
            .clone()
            .named(&format!("instance-{}", self.started));
        let listener = self.listener.try_clone().expect("a socket");
        let mut child = settings.spawn_behind(listener, self.port);
        let deadline = Instant::now() + Duration::from_secs(30);
        let greeting = "Sprechstunde listens on";
        while !std::fs::read_to_string(settings.log()).is_ok_and(|log| log.contains(greeting)) {
            let log = settings.log();
            let ended = child.try_wait().expect("its state").is_some();
            assert!(!ended, "it ended: see {}", log.display());
            assert!(
                Instant::now() < deadline,
                "not ready: see {}",
                log.display()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.running.push(child);
    }
}
