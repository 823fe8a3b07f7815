//! What the machine is and what a process has used, from `/proc`.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::time::Duration;

/// Ticks a second of processor times in `/proc/<pid>/stat`; fixed by the kernel's interface.
const TICKS: u64 = 100;

/// Cores, load of others at the start, kernel.
pub fn describe() -> Value {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let load = read("/proc/loadavg");
    json!({
        "cores": cores,
        "load_at_start": load.split(' ').next().and_then(|l| l.parse::<f64>().ok()),
        "kernel": read("/proc/sys/kernel/osrelease").trim(),
        "profile": if cfg!(debug_assertions) { "debug" } else { "release" },
    })
}

/// Processor time of all threads of a process so far, ended ones included, user and system. Exact to 10 ms.
pub fn cpu(pid: u32) -> Result<Duration> {
    let text = stat(pid)?;
    let ticks = field(&text, 11)? + field(&text, 12)?;
    Ok(Duration::from_millis(ticks * 1_000 / TICKS))
}

/// The same of a process and all it started, those that ended included.
pub fn cpu_of_all(pid: u32) -> Result<Duration> {
    let mut sum = with_ended(pid)?;
    for entry in std::fs::read_dir("/proc")? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let Ok(child) = name.parse::<u32>() else {
            continue;
        };
        // A process that ended meanwhile is counted by its parent.
        if is_child(child, pid) {
            sum += cpu_of_all(child).unwrap_or_default();
        }
    }
    Ok(sum)
}

/// Did the one start the other?
pub fn is_child(pid: u32, of: u32) -> bool {
    parent(pid).is_ok_and(|parent| parent == u64::from(of))
}

fn parent(pid: u32) -> Result<u64> {
    field(&stat(pid)?, 1)
}

fn with_ended(pid: u32) -> Result<Duration> {
    let text = stat(pid)?;
    let ticks: u64 = (11..15).map(|n| field(&text, n)).sum::<Result<u64>>()?;
    Ok(Duration::from_millis(ticks * 1_000 / TICKS))
}

fn stat(pid: u32) -> Result<String> {
    let path = format!("/proc/{pid}/stat");
    std::fs::read_to_string(&path).context(path)
}

/// A number behind the name, which stands in parentheses and may hold anything.
fn field(text: &str, n: usize) -> Result<u64> {
    let rest = text.rsplit(')').next().unwrap_or_default();
    let field = rest.split_whitespace().nth(n);
    Ok(field.context("a line of /proc is too short")?.parse()?)
}

/// Resident memory of a process in MB (10^6 bytes).
pub fn resident(pid: u32) -> Result<f64> {
    let path = format!("/proc/{pid}/status");
    let text = std::fs::read_to_string(&path).with_context(|| path.clone())?;
    let line = text.lines().find(|l| l.starts_with("VmRSS:"));
    let kib: f64 = line
        .and_then(|l| l.split_whitespace().nth(1))
        .with_context(|| format!("{path} has no VmRSS"))?
        .parse()?;
    Ok(kib * 1_024.0 / 1e6)
}
