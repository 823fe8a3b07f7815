//! The supervisor process of one instance: `<program> instance-shim --dir D`.
//!
//! It outlives the agent. It starts the program of `spec.json` in a process group of its own, writes who it is to
//! `state.json`, keeps its output in `log` without secrets, and writes `exit.json` when it ends. It uses no async runtime and takes no
//! decision: restarts are the agent's business.

use super::{
    files::{self, Keep},
    logs::Rotation,
    proc::Process,
    redact::{Redactor, Stream},
};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, setsid, waitid};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    io::{self, Read},
    os::unix::process::{CommandExt as _, ExitStatusExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

/// How long output of processes that outlive the program is still waited for.
const LAST_OUTPUT: Duration = Duration::from_secs(1);
/// Most bytes of secrets, as JSON.
const SECRETS_CAP: u64 = 4 << 20;

/// What to run. Secrets come through a pipe instead; plain values may still be delicate, so only this user may read the file.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spec {
    /// Program and arguments, complete.
    pub argv: Vec<String>,
    /// The environment without secrets.
    pub env: BTreeMap<String, String>,
    /// Names of the secrets that come on standard input, as a JSON object.
    #[serde(default)]
    pub secrets: Vec<String>,
    /// Working folder.
    pub cwd: PathBuf,
    /// Port the instance was given.
    pub port: Option<u16>,
    /// Size of one log file in bytes.
    pub log_bytes: u64,
}

/// Who runs, in `state.json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The program.
    pub program: Process,
    /// Its supervisor.
    pub shim: Process,
}

/// How the program ended, in `exit.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exit {
    /// It ended by itself with this code.
    Code(i32),
    /// A signal ended it.
    Signal(i32),
    /// It could not be started.
    NotStarted(String),
}

impl std::fmt::Display for Exit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exited with code {code}"),
            Self::Signal(signal) => write!(f, "was ended by signal {signal}"),
            Self::NotStarted(why) => write!(f, "could not be started: {why}"),
        }
    }
}

/// File names inside an instance folder.
pub mod file {
    /// What to run.
    pub const SPEC: &str = "spec.json";
    /// Who runs.
    pub const STATE: &str = "state.json";
    /// How it ended.
    pub const EXIT: &str = "exit.json";
    /// Output.
    pub const LOG: &str = "log";
    /// Locked for as long as a supervisor runs here.
    pub const LOCK: &str = "lock";
}

/// Runs the instance in `dir` until it ends. Returns the exit code of the supervisor: 0, or 1 when even its files could not
/// be written.
#[must_use]
pub fn shim_main(dir: &Path) -> i32 {
    // A session of its own: the terminal of the agent cannot end it. It fails only for a session leader.
    let _ = setsid();
    let exit = match start(dir) {
        Err(e) => Exit::NotStarted(e.to_string()),
        Ok(started) => match attend(dir, started) {
            Ok(exit) => exit,
            Err(e) => Exit::NotStarted(format!("its supervisor failed: {e}")),
        },
    };
    i32::from(files::replace_json(&dir.join(file::EXIT), &exit, Keep::Process).is_err())
}

/// A started program.
struct Started {
    child: Child,
    output: io::PipeReader,
    /// For its output.
    redactor: Stream,
    log_bytes: u64,
}

fn start(dir: &Path) -> io::Result<Started> {
    let spec: Spec = files::read_json(&dir.join(file::SPEC))?.ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::NotFound,
            "the instance folder has no spec.json",
        )
    })?;
    let (name, arguments) = spec
        .argv
        .split_first()
        .ok_or_else(|| io::Error::other("the command is empty"))?;
    let secrets = secrets(&spec.secrets)?;
    let redactor = Redactor::default().and(secrets.values().map(String::as_str));
    let (output, input) = io::pipe()?;
    let mut command = Command::new(name);
    command
        .args(arguments)
        .env_clear()
        .envs(&spec.env)
        .envs(&secrets)
        .current_dir(&spec.cwd)
        .process_group(0);
    command
        .stdin(Stdio::null())
        .stdout(input.try_clone()?)
        .stderr(input);
    let child = command
        .spawn()
        .map_err(|e| io::Error::new(e.kind(), format!("{name}: {e}")))?;
    Ok(Started {
        child,
        output,
        redactor: redactor.stream(),
        log_bytes: spec.log_bytes,
    })
}

/// The secrets of these names from standard input. The agent closes it at once, also when it dies.
fn secrets(names: &[String]) -> io::Result<BTreeMap<String, String>> {
    if names.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut text = Vec::new();
    io::stdin()
        .lock()
        .take(SECRETS_CAP)
        .read_to_end(&mut text)?;
    // The text of such an error could hold a part of a secret.
    let secrets: BTreeMap<String, String> = serde_json::from_slice(&text).unwrap_or_default();
    match names.iter().find(|name| !secrets.contains_key(*name)) {
        None => Ok(secrets),
        Some(name) => Err(io::Error::other(format!(
            "the agent did not hand over the secret {name}"
        ))),
    }
}

fn attend(dir: &Path, started: Started) -> io::Result<Exit> {
    let Started {
        mut child,
        output,
        redactor,
        log_bytes,
    } = started;
    let pid = child.id() as i32;
    // It cannot have been reaped yet, so the number is its own; a start time of 0 matches no process.
    let program = Process::of(pid).unwrap_or(Process { pid, start: 0 });
    let me = std::process::id() as i32;
    let shim = Process::of(me).unwrap_or(Process { pid: me, start: 0 });
    files::replace_json(
        &dir.join(file::STATE),
        &State { program, shim },
        Keep::Process,
    )?;
    let drained = keep_output(
        Rotation::new(dir.join(file::LOG), log_bytes),
        redactor,
        output,
    );
    if let Some(group) = Pid::from_raw(pid) {
        // Not reaped yet: the group number cannot be taken by anyone while its leftovers are ended.
        let _ = waitid(
            WaitId::Pid(group),
            WaitIdOptions::EXITED | WaitIdOptions::NOWAIT,
        );
        let _ = kill_process_group(group, Signal::KILL);
    }
    let status = child.wait()?;
    let _ = drained.recv_timeout(LAST_OUTPUT);
    Ok(match (status.code(), status.signal()) {
        (Some(code), _) => Exit::Code(code),
        (None, signal) => Exit::Signal(signal.unwrap_or_default()),
    })
}

/// Copies output without secrets to the log in a thread; the channel says when the last writer has closed it.
fn keep_output(
    mut log: Rotation,
    mut redactor: Stream,
    mut output: io::PipeReader,
) -> mpsc::Receiver<()> {
    let (done, drained) = mpsc::channel();
    std::thread::spawn(move || {
        let mut buffer = [0; 16 << 10];
        while let Ok(n) = output.read(&mut buffer) {
            match buffer.get(..n).filter(|part| !part.is_empty()) {
                // A full disk must not stop the program: its output is then lost, and reading goes on.
                Some(part) => drop(log.write(&redactor.push(part))),
                None => break,
            }
        }
        let _ = log.write(&redactor.finish());
        let _ = done.send(());
    });
    drained
}
