//! The command that makes an unpacked release ready, run once (for example: install a wheel into an environment of its own).

use super::{
    command,
    error::Error,
    files::{self, Keep},
    logs,
    proc::Process,
    redact::{Redactor, Stream},
    secrets::Values,
    stop::Stop,
};
use rustix::process::Signal;
use std::{collections::BTreeMap, fs::File, io, path::Path, process::Stdio, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    process::Command,
    time::sleep,
};

/// Output kept of a prepare command, in bytes; the rest is read and dropped.
const LOG_CAP: u64 = 20 << 20;
/// How long a killed command may take to disappear.
const DEATH: Duration = Duration::from_secs(5);
/// Who prepares, while it does.
const WHO: &str = "preparing.json";
/// Its output.
const LOG: &str = "prepare.log";

/// Ends a prepare command that a former agent left running in `folder`.
pub async fn end_leftover(folder: &Path) {
    if let Ok(Some(process)) = files::read_json::<Process>(&folder.join(WHO)) {
        process.signal_group(Signal::KILL);
        for _ in 0..200 {
            if !process.is_alive() {
                break;
            }
            sleep(Duration::from_millis(10)).await;
        }
    }
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
    command.stdin(Stdio::null());
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
    let process = child.id().and_then(|pid| Process::of(pid as i32));
    files::replace_json(&folder.join(WHO), &process, Keep::Process)
        .map_err(|e| Error::io("preparing", &e))?;
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
    let lines = || logs::last_lines(&folder.join(LOG), &redactor);
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
