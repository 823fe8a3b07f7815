//! Another product beside us: a small program in its own language runs it, does what it is told in lines, and answers in JSON.

use crate::machine;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// A peer under measurement.
pub struct Peer {
    /// Its name and version.
    pub name: String,
    child: Child,
    tell: ChildStdin,
    hear: BufReader<ChildStdout>,
    servers: Vec<u32>,
    workers: Vec<u32>,
}

/// Processor time so far: of the servers, and of what works for them.
#[derive(Debug, Clone, Copy)]
pub struct Cpu {
    /// Of the servers.
    pub server: Duration,
    /// Of the program with the work in it.
    pub worker: Duration,
}

impl Peer {
    /// Start it, and wait until it says that it is ready. `servers` are processes that work for it and that it did not start.
    ///
    /// # Errors
    /// It does not come up.
    pub fn start(command: &mut Command, servers: &[u32]) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting {command:?}"))?;
        let tell = child.stdin.take().context("its input")?;
        let hear = BufReader::new(child.stdout.take().context("its output")?);
        let mut peer = Self {
            name: String::new(),
            child,
            tell,
            hear,
            servers: servers.to_vec(),
            workers: Vec::new(),
        };
        let ready = peer.hear()?;
        let pids = |what: &str| -> Vec<u32> {
            let all = ready[what].as_array().into_iter().flatten();
            all.filter_map(|pid| u32::try_from(pid.as_u64()?).ok())
                .collect()
        };
        peer.name = ready["name"].as_str().context("a name")?.to_owned();
        peer.servers.extend(pids("server"));
        peer.workers = pids("worker");
        Ok(peer)
    }

    /// Tell it to do something and hear what came of it. Blocks.
    ///
    /// # Errors
    /// It ended, or could not do it.
    pub fn ask(&mut self, line: &str) -> Result<Value> {
        writeln!(self.tell, "{line}")?;
        self.tell.flush()?;
        let said = self.hear()?;
        match said["error"].as_str() {
            Some(error) => bail!("{}: {line}: {error}", self.name),
            None => Ok(said),
        }
    }

    /// Processor time so far.
    ///
    /// # Errors
    /// A process is gone.
    pub fn cpu(&self) -> Result<Cpu> {
        let sum = |pids: &[u32], of: fn(u32) -> Result<Duration>| -> Result<Duration> {
            pids.iter().map(|pid| of(*pid)).sum()
        };
        Ok(Cpu {
            server: sum(&self.servers, machine::cpu_of_all)?,
            worker: sum(&self.workers, machine::cpu)?,
        })
    }

    fn hear(&mut self) -> Result<Value> {
        let mut line = String::new();
        loop {
            line.clear();
            if self.hear.read_line(&mut line)? == 0 {
                bail!(
                    "{} ended",
                    if self.name.is_empty() {
                        "a peer"
                    } else {
                        &self.name
                    }
                );
            }
            // Some libraries greet on the same channel.
            if line.starts_with('{') {
                return Ok(serde_json::from_str(&line)?);
            }
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        for pid in &self.servers {
            // Only those that it started: a database belongs to somebody else.
            if machine::is_child(*pid, self.child.id()) {
                let pid = i32::try_from(*pid)
                    .ok()
                    .and_then(rustix::process::Pid::from_raw);
                pid.map(|pid| rustix::process::kill_process(pid, rustix::process::Signal::TERM));
            }
        }
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
