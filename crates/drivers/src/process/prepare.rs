//! The command that makes an unpacked release ready, run once (for example: install a wheel into an environment of its own).

use super::{
    command,
    error::Error,
    logs,
    proc::Process,
    redact::{Redactor, Stream},
    secrets::Values,
    stop::Stop,
};
use rustix::process::Signal;
use std::{collections::BTreeMap, fs::File, io, path::Path, process::Stdio, time::Duration};
use tidegate_faults::kill_point;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    process::Command,
    time::{Instant, sleep},
};

/// Output kept of a prepare command, in bytes; the rest is read and dropped.
const LOG_CAP: u64 = 20 << 20;
/// How long a killed command may take to disappear.
const DEATH: Duration = Duration::from_secs(5);
/// Locked for as long as somebody prepares.
const LOCK: &str = "prepare.lock";
/// Its output.
const LOG: &str = "prepare.log";

/// Ends a prepare command that a former agent left running in `folder`, also one that it had started at the very moment it died.
///
/// # Errors
/// [`Error::Broken`] when it does not end.
pub async fn end_leftover(folder: &Path) -> Result<(), Error> {
    let lock = folder.join(LOCK);
    let begun = Instant::now();
    while File::open(&lock).is_ok_and(|lock| lock.try_lock_shared().is_err()) {
        if begun.elapsed() >= DEATH {
            return Err(Error::Broken(format!(
                "a prepare command of a former agent still runs in {}",
                folder.display()
            )));
        }
        for process in Process::reading(&lock) {
            process.signal_group(Signal::KILL);
            process.signal(Signal::KILL);
        }
        sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}

/// Held by whoever has it as its input.
fn locked(folder: &Path) -> Result<Stdio, Error> {
    let mut options = File::options();
    let options = options.read(true).append(true).create(true);
    let lock = options.open(folder.join(LOCK)).and_then(|lock| {
        lock.try_lock()?;
        Ok(lock)
    });
    lock.map(Stdio::from)
        .map_err(|e| Error::io("locking the release folder", &e))
}

/// Runs a prepare command in `folder/tree`. Its log is written without secrets.
///
/// # Errors
/// [`Error::Failed`] with the last log lines when it fails or is stopped; [`Error::Broken`] when it cannot be run.
pub async fn run(
    argv: &[String],
    values: &Values,
    folder: &Path,
    passed: &[String],
    stop: &Stop,
) -> Result<(), Error> {
    let tree = folder.join("tree");
    let mut env = command::environment(&BTreeMap::new(), None, folder);
    env.extend(command::passed_on(passed));
    env.extend(values.plain.clone());
    env.extend(values.secret.clone());
    let argv = command::fill(argv, values, None, &tree)?;
    let redactor = Redactor::new(&values.plain).and(values.secret.values().map(String::as_str));
    let (name, arguments) = argv
        .split_first()
        .ok_or_else(|| Error::failed("the prepare command is empty"))?;
    let (output, input) = io::pipe().map_err(|e| Error::io("preparing", &e))?;
    let log =
        File::create(folder.join(LOG)).map_err(|e| Error::io("writing the prepare log", &e))?;
    let mut command = Command::new(name);
    command
        .args(arguments)
        .env_clear()
        .envs(env)
        .current_dir(&tree)
        .process_group(0)
        .kill_on_drop(true);
    // An empty file that it and all it starts hold open: who prepares here can be found, whoever died before noting it.
    command.stdin(locked(folder)?);
    command
        .stdout(input.try_clone().map_err(|e| Error::io("preparing", &e))?)
        .stderr(input);
    let mut child = command.spawn().map_err(|e| match e.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => {
            Error::failed(format!("the prepare command cannot be started: {e}"))
        }
        _ => Error::io("starting the prepare command", &e),
    })?;
    // The command holds the writing ends of the pipe; as long as ours exist, its output would not end.
    drop(command);
    kill_point("agent.prepare.spawned");
    let process = child.id().and_then(|pid| Process::of(pid as i32));
    let copied = tokio::spawn(keep(output, log, redactor.clone().stream()));
    let ended = tokio::select! {
        status = child.wait() => Ok(status.map_err(|e| Error::io("waiting for the prepare command", &e))?),
        () = stop.asked() => Err(stop.error()),
    };
    if ended.is_err() {
        if let Some(process) = process {
            process.signal_group(Signal::KILL);
        }
        // The error of interest is the reason to stop; one that does not end even when killed is left to the next try.
        let _ = tokio::time::timeout(DEATH, child.wait()).await;
    }
    // Something it left in the background may hold the pipe open; its output is not waited for.
    let _ = tokio::time::timeout(Duration::from_secs(1), copied).await;
    let lines = || logs::output(&folder.join(LOG), &redactor);
    match ended {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Error::Failed {
            because: format!("the prepare command failed: {status}"),
            log: lines(),
        }),
        Err(e) => Err(Error::Failed {
            because: format!("the prepare command was ended: {e}"),
            log: lines(),
        }),
    }
}

async fn keep(output: io::PipeReader, log: File, mut redactor: Stream) -> io::Result<()> {
    let mut output = tokio::fs::File::from_std(File::from(std::os::fd::OwnedFd::from(output)));
    let mut log = tokio::fs::File::from_std(log);
    let mut kept = 0;
    let mut buffer = vec![0; 16 << 10];
    loop {
        let n = output.read(&mut buffer).await?;
        kept += n as u64;
        let clean = match buffer.get(..n).filter(|part| !part.is_empty()) {
            Some(part) => redactor.push(part),
            None => redactor.finish(),
        };
        if kept <= LOG_CAP {
            log.write_all(&clean).await?;
            log.flush().await?;
        }
        if n == 0 {
            return Ok(());
        }
    }
}
