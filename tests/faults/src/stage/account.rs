//! As whom the server programs run: Postgres refuses to run as root.

use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};

use nix::unistd::{User, geteuid};
use tokio::process::Command;

use super::repository;

/// The user that root lends to Postgres; nothing for everybody else.
fn lent() -> Option<User> {
    if !geteuid().is_root() {
        return None;
    }
    let known = |name| User::from_name(name).ok().flatten();
    let user = known("postgres").or_else(|| known("nobody"));
    Some(user.expect("a user `postgres` or `nobody`"))
}

/// A server program of Postgres, with nothing of our environment that could bend it.
pub(super) fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("LC_ALL", "C").current_dir("/");
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    if let Some(user) = lent() {
        command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
    }
    command.kill_on_drop(true);
    command
}

/// Gives a file or folder to that user.
pub(super) fn give(path: &Path) {
    if let Some(user) = lent() {
        chown(path, Some(user.uid.as_raw()), Some(user.gid.as_raw())).expect("another owner");
    }
}

/// Where runs have their folders: in the repository, if that user can enter it, which is not so
/// below the home of root.
pub async fn scratch() -> PathBuf {
    let folder = repository().join("target/faults");
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut command = command(Path::new("/bin/sh"));
    command
        .args(["-c", r#"cd "$1" 2>/dev/null"#, "sh"])
        .arg(&folder);
    if command.status().await.is_ok_and(|it| it.success()) {
        return folder;
    }
    let folder = std::env::temp_dir().join("sprechstunde-faults");
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}
