//! One running instance: its folder, its process, how it is started, found again and stopped.

use super::{
    error::Error,
    files::{self, Keep},
    logs,
    proc::Process,
    redact::Redactor,
    shim::{Exit, Spec, State, file},
};
use rustix::process::Signal;
use std::{
    collections::BTreeMap,
    fs::File,
    io,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tidegate_faults::kill_point;
use tokio::{
    io::AsyncWriteExt as _,
    process::{ChildStdin, Command},
    time::{Instant, sleep, timeout},
};

/// How long a supervisor may take to say that it started.
const BIRTH: Duration = Duration::from_secs(10);
/// How long a killed process may take to disappear, and a supervisor to write its last file.
const DEATH: Duration = Duration::from_secs(5);
/// Between two looks at the files of a supervisor.
const LOOK: Duration = Duration::from_millis(2);

/// The folder of an instance and who runs in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// Its folder.
    pub dir: PathBuf,
    /// Program and supervisor.
    pub state: State,
}

impl Instance {
    /// Starts `spec` in the folder `dir`, whose former files are removed. `secrets` go to the supervisor through a pipe and
    /// into no file. Returns once the program was started.
    ///
    /// # Errors
    /// [`Error::Failed`] when the program cannot be started, [`Error::Broken`] for trouble around it.
    pub async fn start(
        program: &Path,
        dir: &Path,
        spec: &Spec,
        secrets: &BTreeMap<String, String>,
    ) -> Result<Self, Error> {
        let io = |e: io::Error| Error::io("writing the instance folder", &e);
        files::private_folder(dir).map_err(io)?;
        let alone = alone(dir).await?;
        for name in [file::STATE, file::EXIT] {
            match std::fs::remove_file(dir.join(name)) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(io(e)),
                _ => {}
            }
        }
        files::replace_json(&dir.join(file::SPEC), spec, Keep::Process).map_err(io)?;
        kill_point("agent.instance.asked");
        let mut child = Command::new(program)
            .arg("instance-shim")
            .arg("--dir")
            .arg(dir)
            .stdin(if secrets.is_empty() {
                Stdio::null()
            } else {
                Stdio::piped()
            })
            // It never writes there: what it inherits is the lock, from its first instant to its last.
            .stdout(Stdio::from(alone))
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| {
                Error::Broken(format!(
                    "the supervisor {} cannot be started: {e}",
                    program.display()
                ))
            })?;
        kill_point("agent.instance.spawned");
        if let Some(pipe) = child.stdin.take() {
            hand_over(pipe, secrets).await;
        }
        // Reaps it while this agent lives; it does not end with the agent.
        tokio::spawn(async move { child.wait().await });
        let begun = Instant::now();
        while begun.elapsed() < BIRTH {
            if let Some(instance) = Self::find(dir) {
                return Ok(instance);
            }
            if let Some(exit @ Exit::NotStarted(_)) = exit_of(dir) {
                return Err(Error::failed(format!("the program {exit}")));
            }
            sleep(LOOK).await;
        }
        Err(Error::Broken(format!(
            "the supervisor of {} did not start within {BIRTH:?}",
            dir.display()
        )))
    }

    /// Who was started in `dir`, running or not.
    #[must_use]
    pub fn find(dir: &Path) -> Option<Self> {
        let state = files::read_json(&dir.join(file::STATE)).ok()??;
        Some(Self {
            dir: dir.to_owned(),
            state,
        })
    }

    /// Like [`Self::find`], for a folder whose supervisor may have been started a moment ago by an agent that died.
    pub async fn find_settled(dir: &Path) -> Option<Self> {
        let begun = Instant::now();
        // Nobody who lives can fail to be seen here: the lock is inherited at the very start.
        let unborn = || !dir.join(file::STATE).exists() && exit_of(dir).is_none() && is_locked(dir);
        while unborn() && begun.elapsed() < BIRTH {
            sleep(LOOK).await;
        }
        Self::find(dir)
    }

    /// Whether the program and its supervisor run. A program whose supervisor was killed has lost its output and counts as
    /// ended.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.state.program.is_alive() && self.state.shim.is_alive()
    }

    /// How it ended, for people.
    #[must_use]
    pub fn ending(&self) -> String {
        ending(&self.dir)
    }

    /// Waits until the supervisor has written how the program ended, as long as that may take.
    pub async fn settled(&self) {
        let begun = Instant::now();
        while self.state.shim.is_alive() && exit_of(&self.dir).is_none() && begun.elapsed() < DEATH
        {
            sleep(LOOK).await;
        }
    }

    /// Asks the program's process group to end, and ends it after `grace`. Returns whether it had to be killed.
    ///
    /// # Errors
    /// [`Error::Broken`] when even that did not end it.
    pub async fn stop(&self, grace: Duration) -> Result<bool, Error> {
        let program = self.state.program;
        program.signal_group(Signal::TERM);
        let gone = gone_within(program, grace).await;
        if !gone {
            program.signal_group(Signal::KILL);
            if !gone_within(program, DEATH).await {
                return Err(Error::Broken(format!(
                    "process {} does not end even when killed",
                    program.pid
                )));
            }
        }
        self.settled().await;
        Ok(!gone)
    }

    /// Last lines of its output, secrets removed.
    #[must_use]
    pub fn log(&self, redactor: &Redactor) -> Vec<String> {
        logs::output(&self.dir.join(file::LOG), redactor)
    }
}

/// The lock of an instance folder, for the supervisor that is to be started. One that an agent started just before it died is ended
/// first: two in one folder would run the program twice.
async fn alone(dir: &Path) -> Result<File, Error> {
    let io = |e: io::Error| Error::io("locking the instance folder", &e);
    let begun = Instant::now();
    loop {
        let lock = lock_of(dir).map_err(io)?;
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(std::fs::TryLockError::Error(e)) => return Err(io(e)),
            Err(std::fs::TryLockError::WouldBlock) => {}
        }
        if begun.elapsed() >= BIRTH {
            return Err(Error::Broken(format!(
                "another supervisor runs in {} and does not end",
                dir.display()
            )));
        }
        if let Some(other) = Instance::find_settled(dir).await {
            other.stop(Duration::ZERO).await?;
        }
        sleep(LOOK).await;
    }
}

fn lock_of(dir: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.create(true).append(true);
    options.open(dir.join(file::LOCK))
}

/// Does a supervisor run in this folder, or is one about to?
fn is_locked(dir: &Path) -> bool {
    File::open(dir.join(file::LOCK)).is_ok_and(|lock| lock.try_lock_shared().is_err())
}

/// Gives a supervisor the secrets. One that has ended meanwhile, or gets only a part, says so itself.
async fn hand_over(mut pipe: ChildStdin, secrets: &BTreeMap<String, String>) {
    let text = serde_json::to_vec(secrets).unwrap_or_default();
    let _ = timeout(BIRTH, pipe.write_all(&text)).await;
}

/// How the program of an instance folder ended, for people.
#[must_use]
pub fn ending(dir: &Path) -> String {
    exit_of(dir).map_or_else(|| "lost its supervisor".to_owned(), |exit| exit.to_string())
}

fn exit_of(dir: &Path) -> Option<Exit> {
    files::read_json(&dir.join(file::EXIT)).ok()?
}

async fn gone_within(process: Process, limit: Duration) -> bool {
    let begun = Instant::now();
    while process.is_alive() {
        if begun.elapsed() >= limit {
            return false;
        }
        sleep(Duration::from_millis(5)).await;
    }
    true
}
