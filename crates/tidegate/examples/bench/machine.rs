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
    let path = format!("/proc/{pid}/stat");
    let text = std::fs::read_to_string(&path).with_context(|| path.clone())?;
    // The second field is the name in parentheses and may hold anything.
    let rest = text.rsplit(')').next().unwrap_or_default();
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |n: usize| -> Result<u64> {
        let field = fields
            .get(n)
            .with_context(|| format!("{path} is too short"))?;
        Ok(field.parse()?)
    };
    Ok(Duration::from_millis(
        (ticks(11)? + ticks(12)?) * 1_000 / TICKS,
    ))
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
