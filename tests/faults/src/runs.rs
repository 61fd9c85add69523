//! What goes wrong, how often, and what must be true all the while.
//!
//! Each run is played on a stage of its own (see [`crate::stage`]) under the load of a
//! [`crate::workload`]; in the end the [`crate::checker`] has its say. The dice of a run are thrown
//! by its seed.

mod backups;
mod both_releases;
mod clock;
mod cut;
mod disk;
mod failover;
mod findings;
mod ground;
mod migrations;
mod postgres;
mod program;
mod rolling;
mod row;
mod scene;
mod sessions;
mod wire;

pub use row::{Row, write_results};

/// Everything that is made to go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    ProgramKilled,
    PostgresKilled,
    PostgresStopped,
    BackEndKilled,
    BackEndsTerminated,
    WireCut,
    WireReset,
    WireHalved,
    WireStalled,
    PoolExhausted,
    TablesLocked,
    DiskFull,
    ClockSet,
    Failover,
    RollingRestart,
    BothReleases,
    Migrations,
    Backups,
}

/// A run with its dice.
#[derive(Debug, Clone)]
pub struct Order {
    pub run: Run,
    pub seed: u64,
    pub rounds: u32,
    /// Is told how it goes.
    pub tell: fn(&str),
}

impl Run {
    pub const ALL: [Self; 18] = [
        Self::ProgramKilled,
        Self::PostgresKilled,
        Self::PostgresStopped,
        Self::BackEndKilled,
        Self::BackEndsTerminated,
        Self::WireCut,
        Self::WireReset,
        Self::WireHalved,
        Self::WireStalled,
        Self::PoolExhausted,
        Self::TablesLocked,
        Self::DiskFull,
        Self::ClockSet,
        Self::Failover,
        Self::RollingRestart,
        Self::BothReleases,
        Self::Migrations,
        Self::Backups,
    ];

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|run| run.name() == name)
    }

    #[must_use]
    pub const fn name(self) -> &'static str {
        self.card().0
    }

    #[must_use]
    pub const fn says(self) -> &'static str {
        self.card().3
    }

    /// How many rounds are worth the name.
    #[must_use]
    pub const fn rounds(self) -> u32 {
        self.card().1
    }

    /// How many a test has time for.
    #[must_use]
    pub const fn short_rounds(self) -> u32 {
        self.card().2
    }

    const fn card(self) -> (&'static str, u32, u32, &'static str) {
        match self {
            Self::ProgramKilled => (
                "program-killed",
                200,
                3,
                "kill -9 of the program, and its start",
            ),
            Self::PostgresKilled => (
                "postgres-killed",
                50,
                2,
                "kill -9 of every process of Postgres",
            ),
            Self::PostgresStopped => ("postgres-stopped", 50, 2, "immediate shutdowns of Postgres"),
            Self::BackEndKilled => (
                "back-end-killed",
                20,
                2,
                "kill -9 of one back end, a crash to Postgres",
            ),
            Self::BackEndsTerminated => (
                "back-ends-terminated",
                30,
                2,
                "pg_terminate_backend on some connections",
            ),
            Self::WireCut => ("wire-cut", 25, 2, "every connection to Postgres hung up"),
            Self::WireReset => ("wire-reset", 25, 2, "every connection to Postgres reset"),
            Self::WireHalved => (
                "wire-halved",
                25,
                3,
                "messages delivered by half, either way",
            ),
            Self::WireStalled => ("wire-stalled", 20, 2, "nothing delivered, nobody hangs up"),
            Self::PoolExhausted => (
                "pool-exhausted",
                10,
                1,
                "two connections, both stuck, and a crowd",
            ),
            Self::TablesLocked => (
                "tables-locked",
                10,
                1,
                "a session that keeps both booking tables for itself",
            ),
            Self::DiskFull => (
                "disk-full",
                10,
                1,
                "no space left for Postgres, and then space again",
            ),
            Self::ClockSet => (
                "clock-set",
                30,
                3,
                "the clock of the program set forward and back",
            ),
            Self::Failover => (
                "failover",
                10,
                1,
                "the primary lost, the synchronous standby promoted",
            ),
            Self::RollingRestart => (
                "rolling-restart",
                20,
                2,
                "two instances behind one socket, replaced in turn",
            ),
            Self::BothReleases => (
                "both-releases",
                10,
                1,
                "the last release and this one on this schema",
            ),
            Self::Migrations => (
                "migrations",
                3,
                1,
                "migrated under load, and down and up on a copy",
            ),
            Self::Backups => (
                "backups",
                6,
                2,
                "dumps and copies under load, restored and checked",
            ),
        }
    }
}

impl Order {
    /// Plays the run; panics where the stage itself breaks.
    pub async fn play(&self) -> Row {
        match self.run {
            Run::ProgramKilled => program::killed(self).await,
            Run::PostgresKilled | Run::PostgresStopped => postgres::ended(self).await,
            Run::BackEndKilled | Run::BackEndsTerminated => postgres::back_ends(self).await,
            Run::WireCut | Run::WireReset | Run::WireHalved => wire::broken(self).await,
            Run::WireStalled => wire::stalled(self).await,
            Run::PoolExhausted => sessions::pool_exhausted(self).await,
            Run::TablesLocked => sessions::tables_locked(self).await,
            Run::DiskFull => disk::full(self).await,
            Run::ClockSet => clock::set(self).await,
            Run::Failover => failover::failover(self).await,
            Run::RollingRestart => rolling::restart(self).await,
            Run::BothReleases => both_releases::beside(self).await,
            Run::Migrations => migrations::migrated(self).await,
            Run::Backups => backups::restored(self).await,
        }
    }

    /// The name of the folder in which everything lies that the run leaves behind.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}-{}", self.run.name(), self.seed)
    }

    /// How to throw the same dice again.
    #[must_use]
    pub fn replay(&self) -> String {
        let (name, seed, rounds) = (self.run.name(), self.seed, self.rounds);
        format!("faults run {name} --seed {seed} --rounds {rounds}")
    }
}
