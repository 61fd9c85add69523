//! A private Postgres over the server programs that the machine has.
//!
//! It listens on a socket alone, in a folder that nobody else may enter, and lives as long as the
//! program that started it. Other processes of ours use it meanwhile as guests.

mod account;
mod child;
mod cluster;
mod errors;
mod folders;
mod leftovers;
mod locks;
mod postmaster;
mod programs;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

pub use errors::EmbeddedError;
pub use locks::ServeLock;

use account::Account;
use folders::Folders;
use postmaster::Postmaster;
use programs::Programs;

const SUPERUSER: &str = "sprechstunde";
const PAUSE: Duration = Duration::from_millis(20);
const PATIENCE_WITH_OTHERS: Duration = Duration::from_secs(150);
const PATIENCE_WITH_GUESTS: Duration = Duration::from_secs(5);

#[derive(Debug, Clone)]
pub struct Settings {
    /// Made when it is missing. The data lie in `postgres` inside, the log in `postgres.log`.
    pub data_dir: PathBuf,
    /// `false` only for tests: what was committed may be lost when the machine loses power.
    pub durable: bool,
}

/// A private Postgres that is ready. Dropping it stops the server if this process started it.
#[derive(Debug)]
pub struct Server {
    folders: Folders,
    tenure: Tenure,
}

/// Who holds the server: the one process that started it and will stop it, or a guest. Both keep a
/// file locked, which the kernel unlocks however the process ends.
#[derive(Debug)]
enum Tenure {
    Owner {
        postmaster: Option<Postmaster>,
        _lock: File,
    },
    Guest {
        _lock: File,
    },
}

impl Server {
    /// Uses the server that another process runs for this folder, else starts one.
    ///
    /// Blocks until the server lets connections in: about a second the first time.
    ///
    /// # Errors
    ///
    /// One sentence for the operator about what is missing or in the way.
    pub fn start(settings: &Settings) -> Result<Self, EmbeddedError> {
        Self::open(settings, true)
    }

    /// Starts a server of one's own, after waiting for the end of one that another process runs.
    ///
    /// For whoever lives long: a guest loses the server when the process that started it ends.
    ///
    /// # Errors
    ///
    /// As [`Server::start`], and [`EmbeddedError::Busy`] when the other process does not end.
    pub fn start_as_owner(settings: &Settings) -> Result<Self, EmbeddedError> {
        Self::open(settings, false)
    }

    fn open(settings: &Settings, as_guest: bool) -> Result<Self, EmbeddedError> {
        let (folders, account) = Folders::prepare(&settings.data_dir)?;
        let deadline = Instant::now() + PATIENCE_WITH_OTHERS;
        loop {
            if let Some(lock) = locks::try_exclusive(&owner_lock(&folders))? {
                return Self::run(folders, lock, settings);
            }
            if as_guest && let Some(lock) = locks::try_shared(&guests_lock(&folders))? {
                let is_ours = folders.check_socket_folder(&account).is_ok();
                if is_ours && postmaster::accepts_connections(&folders.socket()) {
                    return Ok(Self {
                        folders,
                        tenure: Tenure::Guest { _lock: lock },
                    });
                }
            }
            if Instant::now() > deadline {
                let seconds = PATIENCE_WITH_OTHERS.as_secs();
                return Err(EmbeddedError::Busy {
                    path: folders.data,
                    seconds,
                });
            }
            thread::sleep(PAUSE);
        }
    }

    fn run(folders: Folders, lock: File, settings: &Settings) -> Result<Self, EmbeddedError> {
        let cluster = folders.cluster();
        cluster::remove_unfinished(&folders)?;
        let version = cluster::version_of(&cluster)?;
        // Asked only now: the one who held the lock before may have made the data.
        let account = match version {
            Some(_) => Account::owner_of(&cluster)?,
            None => Account::to_begin_with()?,
        };
        let programs = Programs::find(&account, version.map(|major| (cluster.as_path(), major)))?;
        if version.is_none() {
            log::info!(
                "preparing Postgres {} in {}",
                programs.major(),
                folders.data.display()
            );
            cluster::initialise(&folders, &account, &programs, settings.durable)?;
        }
        leftovers::settle(&folders)?;
        folders.make_socket_folder(&account)?;
        let postmaster = Postmaster::start(&folders, &account, &programs, settings.durable)?;
        if folders.relocated {
            log::info!(
                "the user `{}` cannot reach {}, so the data lie in {}",
                account.name,
                settings.data_dir.display(),
                folders.data.display()
            );
        }
        Ok(Self {
            folders,
            tenure: Tenure::Owner {
                postmaster: Some(postmaster),
                _lock: lock,
            },
        })
    }

    /// How the superuser connects to a data base, in the words of `tokio-postgres`.
    #[must_use]
    pub fn connection_string(&self, database: &str) -> String {
        let socket = self.folders.socket();
        let database = database.replace('\\', r"\\").replace('\'', r"\'");
        format!(
            "host={} user={SUPERUSER} dbname='{database}'",
            socket.display()
        )
    }

    /// Where the data really lie: an absolute path, see [`Server::relocated_to`].
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.folders.data
    }

    /// Where the data lie instead, when the wanted folder cannot be reached by the user as whom
    /// root has to run Postgres.
    #[must_use]
    pub fn relocated_to(&self) -> Option<&Path> {
        self.folders
            .relocated
            .then_some(self.folders.data.as_path())
    }

    /// Whether this process started the server, and stops it in the end.
    #[must_use]
    pub fn is_owner(&self) -> bool {
        matches!(self.tenure, Tenure::Owner { .. })
    }

    /// Stops the server if this process started it, and waits for its end; the same as dropping.
    pub fn stop(self) {}
}

impl Drop for Server {
    fn drop(&mut self) {
        let Tenure::Owner { postmaster, .. } = &mut self.tenure else {
            return;
        };
        let Some(postmaster) = postmaster.take() else {
            return;
        };
        let guests = guests_lock(&self.folders);
        let deadline = Instant::now() + PATIENCE_WITH_GUESTS;
        // Held until the end, so that nobody becomes a guest of a server that is about to end.
        let mut alone = locks::try_exclusive(&guests);
        while matches!(alone, Ok(None)) && Instant::now() < deadline {
            thread::sleep(PAUSE);
            alone = locks::try_exclusive(&guests);
        }
        postmaster.stop();
        // Left alone where it is not empty: then a server still runs.
        let _ = fs::remove_dir(self.folders.socket());
    }
}

fn owner_lock(folders: &Folders) -> PathBuf {
    folders.data.join("postgres.owner.lock")
}

fn guests_lock(folders: &Folders) -> PathBuf {
    folders.data.join("postgres.guests.lock")
}
