//! Which process is meant: a number alone may be reused, a number with its start time may not.

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// A process, told apart from a later one with the same number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// Process number; also the number of its process group.
    pub pid: i32,
    /// Clock ticks between the start of the system and that of the process.
    pub start: u64,
}

impl Process {
    /// The process that has this number now; `None` when there is none or it has already ended.
    #[must_use]
    pub fn of(pid: i32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name in parentheses may hold anything; what follows is plain.
        let (_, rest) = stat.rsplit_once(')')?;
        let mut fields = rest.split_whitespace();
        if matches!(fields.next()?, "Z" | "X") {
            return None;
        }
        // Start time is field 22; the state was field 3.
        Some(Self {
            pid,
            start: fields.nth(18)?.parse().ok()?,
        })
    }

    /// Those that have this file as their input. One that belongs to somebody else, or ends meanwhile, is not among them.
    #[must_use]
    pub fn reading(file: &Path) -> Vec<Self> {
        let Ok(file) = file.canonicalize() else {
            return Vec::new();
        };
        let reads = |pid: &i32| fs::read_link(format!("/proc/{pid}/fd/0")).is_ok_and(|l| l == file);
        let pids = fs::read_dir("/proc").into_iter().flatten().flatten();
        pids.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .filter(reads)
            .filter_map(Self::of)
            .collect()
    }

    /// Whether it still runs.
    #[must_use]
    pub fn is_alive(self) -> bool {
        Self::of(self.pid) == Some(self)
    }

    /// Sends a signal to it alone, when it still runs. One that ended meanwhile is fine.
    pub fn signal(self, signal: Signal) {
        if let Some(pid) = Pid::from_raw(self.pid)
            && self.is_alive()
        {
            // The only error left is that it has just ended.
            let _ = kill_process(pid, signal);
        }
    }

    /// Sends a signal to the process group of this number, when it still runs. A group that ended meanwhile is fine.
    pub fn signal_group(self, signal: Signal) {
        if let Some(pid) = Pid::from_raw(self.pid)
            && self.is_alive()
        {
            // The only error left is that the group has just ended.
            let _ = kill_process_group(pid, signal);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reused_number_is_another_process() {
        let me = Process::of(std::process::id() as i32).expect("this process runs");
        assert!(me.is_alive());
        assert!(
            !Process {
                start: me.start + 1,
                ..me
            }
            .is_alive()
        );
        assert!(Process::of(i32::MAX).is_none());
    }
}
