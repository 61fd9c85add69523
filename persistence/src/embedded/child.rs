use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use super::account::Account;

/// What a child keeps of our environment: how to find programs, libraries and locales. The rest
/// stays here, above all the secrets and the `PG…` variables that would bend the server.
const KEPT_ENVIRONMENT: [&str; 5] = [
    "PATH",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "LOCPATH",
    "LOCALE_ARCHIVE",
];

/// A program that runs as the account, in a process group of its own, so that Ctrl-C in the
/// terminal reaches this program first.
pub(super) fn command(program: &Path, account: &Account) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("LC_ALL", "C")
        .current_dir("/")
        .stdin(Stdio::null())
        .process_group(0);
    for name in KEPT_ENVIRONMENT {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    if account.is_lent() {
        // As root, the standard library drops the supplementary groups too when it sets the user.
        command.uid(account.uid).gid(account.gid);
    }
    command
}

/// Asks Linux to send SIGINT (the fast shutdown of Postgres) to the child when the **thread** that
/// spawns it ends, however it ends. Elsewhere nothing happens, and the next start stops what is
/// left over.
#[cfg(target_os = "linux")]
pub(super) fn interrupt_with_parent(command: &mut Command) {
    use nix::sys::prctl::set_pdeathsig;
    use nix::sys::signal::Signal;
    use nix::unistd::{getpid, getppid};

    let parent = getpid();
    let before_exec = move || {
        set_pdeathsig(Signal::SIGINT)?;
        if getppid() == parent {
            Ok(())
        } else {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    };
    // The standard library runs this after it changed the user, which would clear the signal.
    // SAFETY: between fork and exec the closure makes two system calls that are safe in a signal
    // handler, allocates nothing and takes no lock.
    #[expect(
        unsafe_code,
        reason = "the standard library has no safe way to set this signal"
    )]
    unsafe {
        command.pre_exec(before_exec);
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn interrupt_with_parent(_command: &mut Command) {}
