use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use nix::unistd::geteuid;

use super::EmbeddedError;
use super::account::Account;

/// Where the data go when root asks for a folder that the account cannot reach (below `/root`).
const ELSEWHERE: &str = "/var/lib/sprechstunde";

/// Where everything of one private Postgres lies.
#[derive(Debug)]
pub(super) struct Folders {
    pub(super) data: PathBuf,
    pub(super) relocated: bool,
    /// Names this Postgres among the processes and in the temporary folder.
    pub(super) name: String,
}

impl Folders {
    /// Makes the folder and chooses the account. Data that exist decide both: they stay where they
    /// are and run as their owner, whatever has changed around them.
    pub(super) fn prepare(wanted: &Path) -> Result<(Self, Account), EmbeddedError> {
        let here = make_data_folder(wanted)?;
        let elsewhere = Path::new(ELSEWHERE).join(hash_of(&here));
        let is_root = geteuid().is_root();
        if !is_root || is_cluster(&here) {
            let account = account_for(&here)?;
            return Ok((Self::at(here, false), account));
        }
        if is_cluster(&elsewhere) {
            let account = account_for(&elsewhere)?;
            return Ok((Self::at(elsewhere, true), account));
        }
        let account = Account::to_begin_with()?;
        if account.can_enter(&here)? {
            return Ok((Self::at(here, false), account));
        }
        let elsewhere = make_data_folder(&elsewhere)?;
        if account.can_enter(&elsewhere)? {
            return Ok((Self::at(elsewhere, true), account));
        }
        Err(EmbeddedError::Unreachable {
            path: elsewhere,
            name: account.name,
        })
    }

    fn at(data: PathBuf, relocated: bool) -> Self {
        let name = format!("sprechstunde-{}", hash_of(&data));
        Self {
            data,
            relocated,
            name,
        }
    }

    pub(super) fn cluster(&self) -> PathBuf {
        self.data.join("postgres")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.data.join("postgres.log")
    }

    /// Short, because the address of a socket has at most 107 bytes, and the same for every process
    /// whatever its `TMPDIR`.
    pub(super) fn socket(&self) -> PathBuf {
        Path::new("/tmp").join(&self.name)
    }

    /// Makes the folder of the socket, which nobody but the account (and root) may enter: whoever
    /// reaches the socket is let in without a password.
    pub(super) fn make_socket_folder(&self, account: &Account) -> Result<(), EmbeddedError> {
        let socket = self.socket();
        match DirBuilder::new().mode(0o700).create(&socket) {
            Ok(()) => chown(&socket, Some(account.uid), Some(account.gid))
                .map_err(EmbeddedError::unwritable(&socket))?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(EmbeddedError::unwritable(&socket)(error)),
        }
        self.check_socket_folder(account)?;
        fs::set_permissions(&socket, Permissions::from_mode(0o700))
            .map_err(EmbeddedError::unwritable(&socket))
    }

    /// The temporary folder is open to all: a socket in a folder of somebody else, or behind a
    /// link, is not ours.
    pub(super) fn check_socket_folder(&self, account: &Account) -> Result<(), EmbeddedError> {
        let path = self.socket();
        let metadata = fs::symlink_metadata(&path).map_err(EmbeddedError::unwritable(&path))?;
        if !metadata.is_dir() {
            return Err(EmbeddedError::NotAFolder { path });
        }
        let (owner, expected) = (metadata.uid(), account.uid);
        if owner != expected {
            return Err(EmbeddedError::ForeignOwner {
                path,
                owner,
                expected,
            });
        }
        Ok(())
    }
}

/// Makes the data folder and those above it, and answers its absolute path without links.
pub(super) fn make_data_folder(wanted: &Path) -> Result<PathBuf, EmbeddedError> {
    if fs::metadata(wanted).is_ok_and(|metadata| !metadata.is_dir()) {
        return Err(EmbeddedError::NotAFolder {
            path: wanted.to_owned(),
        });
    }
    if !wanted.is_dir() {
        fs::create_dir_all(wanted).map_err(EmbeddedError::unwritable(wanted))?;
        // Root's account must pass through to its own folder inside.
        let mode = if geteuid().is_root() { 0o711 } else { 0o700 };
        fs::set_permissions(wanted, Permissions::from_mode(mode))
            .map_err(EmbeddedError::unwritable(wanted))?;
    }
    wanted
        .canonicalize()
        .map_err(EmbeddedError::unwritable(wanted))
}

fn is_cluster(data: &Path) -> bool {
    data.join("postgres").is_dir()
}

fn account_for(data: &Path) -> Result<Account, EmbeddedError> {
    if is_cluster(data) {
        Account::owner_of(&data.join("postgres"))
    } else {
        Account::to_begin_with()
    }
}

fn hash_of(path: &Path) -> String {
    let digest = digest(&SHA256, path.as_os_str().as_bytes());
    digest
        .as_ref()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
