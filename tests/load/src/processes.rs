//! What processes cost, as the kernel counts it.

use std::fs;
use std::time::Duration;

use crate::Failure;

/// Time on a processor of one process.
pub fn of_process(pid: u32) -> Result<Duration, Failure> {
    let stat = Stat::read(pid)?;
    Ok(ticks(stat.own))
}

/// Time on a processor of a process and of all that it started, also of those that have ended.
pub fn of_family(parent: u32) -> Result<Duration, Failure> {
    let stat = Stat::read(parent)?;
    let mut sum = stat.own + stat.ended_children;
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        // A process may end while it is looked at.
        if let Ok(child) = Stat::read(pid)
            && child.parent == parent
        {
            sum += child.own;
        }
    }
    Ok(ticks(sum))
}

/// Memory of a process in KiB: at present, and at its peak.
pub fn memory_kib(pid: u32) -> Result<(u64, u64), Failure> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name))?;
        line.split_ascii_whitespace().nth(1)?.parse().ok()
    };
    let missing = || Failure::from("the kernel tells no memory of the process");
    Ok((
        field("VmRSS:").ok_or_else(missing)?,
        field("VmHWM:").ok_or_else(missing)?,
    ))
}

/// The fields of `/proc/<pid>/stat` that matter here; see proc(5).
struct Stat {
    parent: u32,
    own: u64,
    ended_children: u64,
}

impl Stat {
    fn read(pid: u32) -> Result<Self, Failure> {
        let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
        // The name stands in brackets and may hold anything.
        let (_, rest) = text.rsplit_once(") ").ok_or("no name in stat")?;
        let fields: Vec<&str> = rest.split(' ').collect();
        let number = |place: usize| -> Result<u64, Failure> {
            Ok(fields.get(place).ok_or("stat is too short")?.parse()?)
        };
        Ok(Self {
            parent: u32::try_from(number(1)?)?,
            own: number(11)? + number(12)?,
            ended_children: number(13)? + number(14)?,
        })
    }
}

/// The kernel counts for user space in hundredths of a second, on every architecture of Linux.
fn ticks(count: u64) -> Duration {
    Duration::from_millis(count * 10)
}
