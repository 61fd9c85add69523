//! Where the data live: in the data base that was given, or in a private one.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use persistence::cluster::create_database;
use persistence::embedded::{self, ServeLock};
use persistence::vault::{MasterKey, Vault};
use tokio::runtime::Runtime;

use super::ProgramError;
use crate::config::Config;

const DATABASE: &str = "sprechstunde";
const KEY_FILE: &str = "master.key";

/// How long a command means to stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stay {
    /// As long as it serves: alone in its folder.
    Serving,
    /// For one command, perhaps beside a program that serves.
    Visiting,
}

/// The data base and the key to it. Dropping it stops a private Postgres that it started.
pub(super) struct Home {
    pub(super) url: String,
    pub(super) vault: Vault,
    /// Kept for their ends: the server goes before the lock.
    private: Option<embedded::Server>,
    _lock: Option<ServeLock>,
}

impl Home {
    pub(super) fn open(
        config: &Config,
        runtime: &Runtime,
        stay: Stay,
    ) -> Result<Self, ProgramError> {
        match config.database_url() {
            Some(url) => {
                let key = config.master_key().ok_or_else(|| {
                    ProgramError::Refused(
                        "with DATABASE_URL the master key must be given: set SPRECHSTUNDE_MASTER_KEY to 32 random \
                         bytes in base64, as `openssl rand -base64 32` prints them, and keep it apart from backups"
                            .to_owned(),
                    )
                })?;
                let vault = Vault::new(&MasterKey::from_base64(key)?);
                Ok(Self {
                    url: url.to_owned(),
                    vault,
                    private: None,
                    _lock: None,
                })
            }
            None => Self::open_private(config, runtime, stay),
        }
    }

    fn open_private(config: &Config, runtime: &Runtime, stay: Stay) -> Result<Self, ProgramError> {
        let settings = embedded::Settings {
            data_dir: config.data_dir(),
            durable: true,
        };
        let (server, lock) = match stay {
            Stay::Serving => {
                let lock = ServeLock::acquire(&settings.data_dir)?;
                (embedded::Server::start_as_owner(&settings)?, Some(lock))
            }
            Stay::Visiting => (embedded::Server::start(&settings)?, None),
        };
        let key = match config.master_key() {
            Some(key) => MasterKey::from_base64(key)?,
            None => own_key(server.data_dir())?,
        };
        let url = server.connection_string(DATABASE);
        runtime.block_on(create_database(
            &server.connection_string("postgres"),
            DATABASE,
            None,
        ))?;
        runtime.block_on(persistence::migrations::migrate(&url))?;
        Ok(Self {
            url,
            vault: Vault::new(&key),
            private: Some(server),
            _lock: lock,
        })
    }

    /// Whether the data base is the program's own, to migrate and to fill as it likes.
    pub(super) const fn is_private(&self) -> bool {
        self.private.is_some()
    }

    /// The folder of a private Postgres.
    pub(super) fn folder(&self) -> Option<&Path> {
        self.private.as_ref().map(embedded::Server::data_dir)
    }
}

/// The key beside a private Postgres, made when it is first needed.
fn own_key(folder: &Path) -> Result<MasterKey, ProgramError> {
    let path = folder.join(KEY_FILE);
    let failed = |error| ProgramError::File(path.display().to_string(), error);
    match std::fs::read_to_string(&path) {
        Ok(text) => return Ok(MasterKey::from_base64(&text)?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    let key = MasterKey::random()?;
    // Written aside and linked: a kill leaves no half a key, and of two starts one key stays.
    let draft = folder.join(format!("{KEY_FILE}.{}", std::process::id()));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)
        .map_err(failed)?;
    file.write_all(key.to_base64().as_bytes()).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    let linked = std::fs::hard_link(&draft, &path);
    std::fs::remove_file(&draft).map_err(failed)?;
    match linked {
        Ok(()) => Ok(key),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(
            MasterKey::from_base64(&std::fs::read_to_string(&path).map_err(failed)?)?,
        ),
        Err(error) => Err(failed(error)),
    }
}
