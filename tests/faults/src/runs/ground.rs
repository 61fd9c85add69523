//! What every run needs, whatever it is played on: a folder, dice, load, and the last word.

use std::fs::File;
use std::ops::Range;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use fastrand::Rng;

use super::findings::Findings;
use super::{Order, Row};
use crate::checker::{Leaps, check_after_leaps};
use crate::history::HistoryFolder;
use crate::stage::{Watch, scratch};
use crate::workload::{Plan, Workload};

const VISITORS: u32 = 12;

#[derive(Debug)]
pub(super) struct Ground {
    pub(super) order: Order,
    pub(super) random: Rng,
    pub(super) folder: PathBuf,
    pub(super) findings: Findings,
    /// Whether the program itself is killed or stopped, so that calls may break off.
    pub(super) may_die: bool,
    /// Whether the last release serves too, so that nobody uses what it does not know.
    pub(super) talks_only: bool,
    calls: usize,
    started: Instant,
    _alone: File,
}

/// Callers, and somebody who watches.
#[derive(Debug)]
pub(super) struct Load {
    pub(super) watch: Watch,
    pub(super) workload: Workload,
    judged: usize,
}

impl Ground {
    pub(super) async fn clear(order: &Order) -> Self {
        let scratch = scratch().await;
        let alone = alone(scratch.join("lock")).await;
        let folder = scratch.join(order.name());
        remove(&folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        Self {
            _alone: alone,
            order: order.clone(),
            random: Rng::with_seed(order.seed),
            folder,
            findings: Findings::default(),
            may_die: false,
            talks_only: false,
            calls: 0,
            started: Instant::now(),
        }
    }

    /// Says which round begins, of those that were ordered.
    pub(super) fn rounds(&self) -> impl Iterator<Item = u32> + use<> {
        let (rounds, tell, started) = (self.order.rounds, self.order.tell, self.started);
        let name = self.order.run.name();
        (1..=rounds).inspect(move |round| {
            let seconds = started.elapsed().as_secs();
            tell(&format!("{name}: round {round} of {rounds}, {seconds} s"));
        })
    }

    /// Waits for as many milliseconds as the dice say.
    pub(super) async fn pause(&mut self, milliseconds: Range<u64>) {
        let pause = Duration::from_millis(self.random.u64(milliseconds));
        tokio::time::sleep(pause).await;
    }

    /// Begins the load on programs that answer. The first of them is watched.
    pub(super) async fn load(&mut self, bases: Vec<String>, database_url: &str) -> Load {
        let watch = Watch::start(&bases[0]);
        let plan = Plan {
            bases,
            database_url: database_url.to_owned(),
            seed: self.random.u64(..),
            folder: self.folder.join("history"),
            clients: VISITORS,
            talks_only: self.talks_only,
        };
        let workload = Workload::start(plan).await.expect("a workload");
        Load {
            watch,
            workload,
            judged: 0,
        }
    }

    /// From now on everything is right again: measures until the program is well, and judges what
    /// it answered since the last time.
    pub(super) async fn recovers(&mut self, load: &mut Load) {
        let health = load.watch.health_after(Instant::now()).await;
        self.findings.recovered(health);
        self.judge(load);
    }

    pub(super) fn judge(&mut self, load: &mut Load) {
        let seen = load.watch.observations();
        self.findings
            .judge(&seen[load.judged..], self.started, self.may_die);
        load.judged = seen.len();
    }

    /// Ends the load; answers what was asked.
    pub(super) async fn end(&mut self, mut load: Load) -> HistoryFolder {
        // What broke at last is settled by the same key.
        tokio::time::sleep(Duration::from_millis(1500)).await;
        self.judge(&mut load);
        let folder = load.workload.stop().await.expect("a history");
        let histories = folder.read().expect("histories");
        self.calls += histories.calls.len();
        self.findings.judge_calls(&histories.calls, self.may_die);
        folder
    }

    /// Holds what callers were told against what is there.
    pub(super) async fn check(&mut self, history: &HistoryFolder, database_url: &str) {
        self.check_after_leaps(history, database_url, Leaps::default())
            .await;
    }

    /// As [`Ground::check`], where the program's clock leapt.
    pub(super) async fn check_after_leaps(
        &mut self,
        history: &HistoryFolder,
        database_url: &str,
        leaps: Leaps,
    ) {
        let report = check_after_leaps(history, database_url, leaps).await;
        let report = report.expect("a report");
        let text = report.to_string();
        std::fs::write(self.folder.join("report.txt"), text).expect("a report");
        for violation in &report.violations {
            self.findings.complain(format!("BROKEN LAW: {violation:?}"));
        }
    }

    /// The result; what lies in the folder is kept for whoever has to look for a reason.
    pub(super) fn row(self) -> Row {
        let row = Row::of(&self.order, self.findings, self.calls, self.folder.clone());
        if row.complaints.is_empty() {
            remove(&self.folder);
        }
        row
    }
}

/// Waits until no other run is played on this machine's copy: they measure time. Over with the file.
async fn alone(path: PathBuf) -> File {
    let lock = move || -> std::io::Result<File> {
        let file = File::create(path)?;
        file.lock()?;
        Ok(file)
    };
    let locked = tokio::task::spawn_blocking(lock).await;
    locked.expect("a lock").expect("a lock")
}

/// Removes a folder with everything in it, if that is possible by now.
pub(super) fn remove(folder: &std::path::Path) {
    if folder.exists() {
        // A server that is about to end may still write there.
        for _ in 0..20 {
            if std::fs::remove_dir_all(folder).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}
