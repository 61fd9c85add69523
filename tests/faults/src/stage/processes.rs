//! Signals, and who is whose child.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// A process that has ended meanwhile is left in peace.
pub(super) fn signal(process: u32, signal: Signal) {
    let process = i32::try_from(process).expect("a process id");
    let _ = kill(Pid::from_raw(process), signal);
}

/// The children of a process, as the kernel's accounts of all processes say.
pub(super) fn children(parent: u32) -> Vec<u32> {
    let entries = std::fs::read_dir("/proc")
        .expect("accounts of processes")
        .flatten();
    let processes = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    processes
        .filter(|process| parent_of(*process) == Some(parent))
        .collect()
}

fn parent_of(process: u32) -> Option<u32> {
    let account = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name may hold spaces and brackets; what follows it does not.
    account
        .rsplit_once(')')?
        .1
        .split_whitespace()
        .nth(1)?
        .parse()
        .ok()
}
