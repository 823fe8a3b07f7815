//! The processes of the tour: started by it, ended by it, found by nobody else.

use crate::exit::{Exit, Failure};
use std::path::Path;
use std::process::Stdio;
use tokio::process::{Child, Command};

/// Start this binary with arguments, its output going to a log file.
pub fn start(log: &Path, dir: &Path, args: &[&str]) -> Result<Child, Failure> {
    let trouble = |e: std::io::Error| {
        Failure::new(
            Exit::Failed,
            format!("`tidegate {}` cannot start: {e}", args.join(" ")),
        )
    };
    let program = std::env::current_exe().map_err(trouble)?;
    let out = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(log)
        .map_err(trouble)?;
    let err = out.try_clone().map_err(trouble)?;
    Command::new(program)
        .args(args)
        .current_dir(dir)
        .env_remove("TIDEGATE_URL")
        .env_remove("TIDEGATE_TOKEN")
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(err)
        // The tour alone answers Ctrl-C and then ends what it started.
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(trouble)
}

/// Ask a process to stop; kill it when it does not.
pub async fn stop(child: &mut Child) {
    if let Some(pid) = child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .and_then(rustix::process::Pid::from_raw)
    {
        // It may have ended by itself.
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
    }
    if tokio::time::timeout(std::time::Duration::from_secs(10), child.wait())
        .await
        .is_err()
    {
        kill(child).await;
    }
}

/// SIGKILL.
pub async fn kill(child: &mut Child) {
    drop(child.kill().await);
}
