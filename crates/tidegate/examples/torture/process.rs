//! A process that is started again whenever it dies.

use super::tally::Tally;
use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
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
    pub name: &'static str,
    /// Asked whether it is there again.
    pub health: Option<Client>,
}

/// A process that is kept.
pub struct Kept {
    pid: Arc<AtomicI32>,
    stop: CancellationToken,
    task: JoinHandle<()>,
    name: &'static str,
}

impl Kept {
    /// Start it, and again after each death.
    pub fn new(start: Start, tally: Arc<Tally>) -> Result<Self> {
        let (pid, stop) = (Arc::new(AtomicI32::new(0)), CancellationToken::new());
        let name = start.name;
        let child = spawn(&start)?;
        let (seen, ending) = (Arc::clone(&pid), stop.clone());
        let task = tokio::spawn(async move { keep(start, child, &seen, &ending, &tally).await });
        Ok(Self {
            pid,
            stop,
            task,
            name,
        })
    }

    /// SIGKILL, now. False when it was dead at that moment.
    pub fn kill(&self) -> bool {
        self.signal(Signal::KILL)
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
    Command::new(&start.program)
        .args(&start.args)
        .current_dir(&start.folder)
        .env("TIDEGATE_TORTURE", &start.points)
        .env_remove("TIDEGATE_URL")
        .env_remove("TIDEGATE_TOKEN")
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
    tally: &Tally,
) {
    let mut died: Option<Instant> = None;
    loop {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        pid.store(id.unwrap_or(0), Ordering::SeqCst);
        let back = async {
            if let (Some(client), Some(died)) = (&start.health, died) {
                while client.health().await.is_err() {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                tally.resumed(died.elapsed());
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
        died = Some(Instant::now());
        child = match spawn(&start) {
            Ok(child) => child,
            Err(e) => return tally.ended(format!("the {} cannot be started: {e:#}", start.name)),
        };
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
