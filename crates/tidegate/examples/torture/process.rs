//! A process that is started again whenever it dies.

use super::tally::Tally;
use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::time::{Duration, Instant};
use tidegate_client::Client;
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How it is started.
#[derive(Debug, Clone)]
pub struct Start {
    /// The program.
    pub program: PathBuf,
    /// What it is told.
    pub args: Vec<String>,
    /// Where it stands, and where its log goes.
    pub folder: PathBuf,
    /// The folder of its points.
    pub points: PathBuf,
    /// Its name, for people.
    pub name: String,
    /// A network of its own that it runs in.
    pub within: Option<String>,
    /// Asked whether it is there again.
    pub health: Option<Client>,
}

/// A process that is kept.
pub struct Kept {
    pid: Arc<AtomicI32>,
    stop: CancellationToken,
    task: JoinHandle<()>,
    name: String,
    held: Arc<AtomicBool>,
}

impl Kept {
    /// Start it, and again after each death.
    pub fn new(start: Start, tally: Arc<Tally>) -> Result<Self> {
        let (pid, stop) = (Arc::new(AtomicI32::new(0)), CancellationToken::new());
        let name = start.name.clone();
        let child = spawn(&start)?;
        let (seen, ending) = (Arc::clone(&pid), stop.clone());
        let held = Arc::new(AtomicBool::new(false));
        let down = Arc::clone(&held);
        let task =
            tokio::spawn(async move { keep(start, child, &seen, &ending, &down, &tally).await });
        Ok(Self {
            pid,
            stop,
            task,
            name,
            held,
        })
    }

    /// SIGKILL, now. False when it was dead at that moment.
    pub fn kill(&self) -> bool {
        self.signal(Signal::KILL)
    }

    /// SIGKILL, and it is not started again before [`go_on`](Self::go_on).
    pub async fn hold_down(&self) {
        self.held.store(true, Ordering::SeqCst);
        while self.pid.load(Ordering::SeqCst) != 0 {
            // Again and again: it may have been on its way up.
            self.kill();
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// It may be started again.
    pub fn go_on(&self) {
        self.held.store(false, Ordering::SeqCst);
    }

    /// Any signal. False when it was dead at that moment.
    pub fn signal(&self, signal: Signal) -> bool {
        Pid::from_raw(self.pid.load(Ordering::SeqCst))
            .is_some_and(|pid| kill_process(pid, signal).is_ok())
    }

    /// SIGTERM, and SIGKILL when it does not end within ten seconds.
    pub async fn end(self) -> Result<()> {
        self.stop.cancel();
        tokio::time::timeout(Duration::from_secs(15), self.task)
            .await
            .with_context(|| format!("the {} does not end", self.name))??;
        Ok(())
    }
}

fn spawn(start: &Start) -> Result<Child> {
    let log = std::fs::File::options()
        .create(true)
        .append(true)
        .open(start.folder.join(format!("{}.log", start.name)))?;
    let mut command = match &start.within {
        None => Command::new(&start.program),
        Some(network) => {
            let mut command = Command::new("ip");
            command.args(["netns", "exec", network]).arg(&start.program);
            command
        }
    };
    command
        .args(&start.args)
        .current_dir(&start.folder)
        .env("TIDEGATE_TORTURE", &start.points)
        .env_remove("TIDEGATE_URL")
        .env_remove("TIDEGATE_TOKEN")
        .env(
            "TIDEGATE_LOG",
            "warn,tidegate_ledger=info,tidegate_agent=debug",
        )
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .with_context(|| start.program.display().to_string())
}

async fn keep(
    start: Start,
    mut child: Child,
    pid: &AtomicI32,
    stop: &CancellationToken,
    held: &AtomicBool,
    tally: &Tally,
) {
    let mut died: Option<Instant> = None;
    loop {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        pid.store(id.unwrap_or(0), Ordering::SeqCst);
        let back = async {
            if let (Some(client), Some(died)) = (&start.health, died) {
                let answers = async {
                    while client.health().await.is_err() {
                        tokio::time::sleep(Duration::from_millis(10)).await;
                    }
                };
                tokio::select! {
                    () = answers => tally.resumed(died.elapsed()),
                    // How long that lasts is the trial's choice and says nothing about the start.
                    () = stood_still(id.unwrap_or(0)) => {}
                }
            }
            std::future::pending::<()>().await;
        };
        let status = tokio::select! {
            status = child.wait() => status,
            () = back => continue,
            () = stop.cancelled() => {
                end(&mut child).await;
                return;
            }
        };
        pid.store(0, Ordering::SeqCst);
        match status {
            Ok(status) if status.signal() == Some(9) => {}
            Ok(status) => {
                tally.ended(format!("the {} ended by itself: {status}", start.name));
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            Err(e) => tally.ended(format!("the {} cannot be waited for: {e}", start.name)),
        }
        while held.load(Ordering::SeqCst) && !stop.is_cancelled() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        if stop.is_cancelled() {
            return;
        }
        died = Some(Instant::now());
        child = match spawn(&start) {
            Ok(child) => child,
            Err(e) => return tally.ended(format!("the {} cannot be started: {e:#}", start.name)),
        };
    }
}

/// A point that it came by while it started has stopped it.
async fn stood_still(pid: i32) {
    let is_stopped = || {
        let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // The name before the state may hold anything.
        let state = status
            .rsplit_once(')')
            .map_or("", |(_, rest)| rest.trim_start());
        state.starts_with('T')
    };
    while !is_stopped() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn end(child: &mut Child) {
    if let Some(pid) = child.id().and_then(|id| i32::try_from(id).ok())
        && let Some(pid) = Pid::from_raw(pid)
    {
        // It may have died just now.
        let _ = kill_process(pid, Signal::TERM);
    }
    if tokio::time::timeout(Duration::from_secs(10), child.wait())
        .await
        .is_err()
    {
        let _ = child.kill().await;
    }
}
