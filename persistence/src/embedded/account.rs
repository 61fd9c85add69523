use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use nix::unistd::{Uid, User, geteuid};

use super::EmbeddedError;
use super::child;

/// The user of the operating system as whom the server programs run.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) uid: u32,
    pub(super) gid: u32,
}

impl Account {
    /// Postgres refuses to run as root, so root lends it to `postgres` or `nobody`.
    pub(super) fn to_begin_with() -> Result<Self, EmbeddedError> {
        let me = geteuid();
        if !me.is_root() {
            return Self::with_uid(me.as_raw());
        }
        ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| User::from_name(name).ok().flatten())
            .map(Self::from)
            .ok_or(EmbeddedError::NoUserToDropTo)
    }

    /// The owner of data that exist. Only root may act for somebody else.
    pub(super) fn owner_of(cluster: &Path) -> Result<Self, EmbeddedError> {
        let metadata = cluster
            .metadata()
            .map_err(EmbeddedError::unwritable(cluster))?;
        let (me, owner) = (geteuid(), metadata.uid());
        if !me.is_root() && owner != me.as_raw() {
            let (path, expected) = (cluster.to_owned(), me.as_raw());
            return Err(EmbeddedError::ForeignOwner {
                path,
                owner,
                expected,
            });
        }
        if owner == 0 {
            return Err(EmbeddedError::NotACluster {
                path: cluster.to_owned(),
            });
        }
        Self::with_uid(owner)
    }

    fn with_uid(uid: u32) -> Result<Self, EmbeddedError> {
        let user = User::from_uid(Uid::from_raw(uid)).ok().flatten();
        user.map(Self::from)
            .ok_or(EmbeddedError::NoPasswdEntry { uid })
    }

    /// Whether the program must change its user to run as this one.
    pub(super) fn is_lent(&self) -> bool {
        self.uid != geteuid().as_raw()
    }

    /// Whether this user can enter a folder. Asked of the kernel, which alone knows about access
    /// lists and mounts.
    pub(super) fn can_enter(&self, folder: &Path) -> Result<bool, EmbeddedError> {
        if !self.is_lent() {
            return Ok(true);
        }
        let status = child::command(Path::new("/bin/sh"), self)
            .args(["-c", r#"cd "$1" 2>/dev/null"#, "sh"])
            .arg(folder)
            .status();
        match status {
            Ok(status) => Ok(status.success()),
            Err(reason) if reason.kind() == io::ErrorKind::PermissionDenied => {
                Err(EmbeddedError::CannotBecome {
                    name: self.name.clone(),
                    reason,
                })
            }
            Err(reason) => Err(EmbeddedError::unwritable(folder)(reason)),
        }
    }
}

impl From<User> for Account {
    fn from(user: User) -> Self {
        Self {
            name: user.name,
            uid: user.uid.as_raw(),
            gid: user.gid.as_raw(),
        }
    }
}
