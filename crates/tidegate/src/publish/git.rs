//! A checkpoint as a commit.

use super::{no_later, write};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tidegate_ledger::seal::Sealed;
use tokio::process::Command;

/// Name of the file in a repository.
const FILE: &str = "checkpoint.note";
/// How long one call of git may take; a push waits for another machine.
const PATIENCE: Duration = Duration::from_secs(45);

/// One commit for each checkpoint that the repository does not have yet.
pub(super) async fn commit(
    folder: &Path,
    note: &str,
    sealed: &Sealed,
    push: bool,
) -> Result<String, String> {
    let shown = folder.display();
    let git = async |args: &[&str]| {
        run(folder, args)
            .await
            .map_err(|why| format!("git in {shown}: {why}"))
    };
    git(&["rev-parse", "--git-dir"]).await?;
    let file = folder.join(FILE);
    let has = std::fs::read_to_string(&file).is_ok_and(|had| had == note)
        && git(&["status", "--porcelain", "--", FILE])
            .await?
            .is_empty();
    if !has {
        no_later(&file, sealed)?;
        write(&file, note.as_bytes())
            .map_err(|e| format!("{} cannot be written: {e}", file.display()))?;
        let (size, root) = (sealed.size, &sealed.root);
        let message = format!("{}: {size} entries, root {root}", sealed.origin);
        git(&["add", "--", FILE]).await?;
        // Whoever runs this may have no name in git; the signature in the note says who answers for it.
        let author = [
            "-c",
            "user.name=tidegate",
            "-c",
            "user.email=tidegate@localhost",
        ];
        let commit = ["commit", "--quiet", "--message", &message, "--", FILE];
        git(&[&author[..], &commit[..]].concat()).await?;
    }
    // A commit whose push failed is pushed now.
    if push {
        git(&["push", "--quiet"]).await?;
    }
    if has {
        return Ok(format!("{shown} has it already"));
    }
    let id = git(&["rev-parse", "--short", "HEAD"]).await?;
    let pushed = if push { " and pushed" } else { "" };
    Ok(format!("committed to {shown} as {id}{pushed}"))
}

async fn run(folder: &Path, args: &[&str]) -> Result<String, String> {
    let mut command = Command::new("git");
    // Variables of a git that calls this would lead to another repository.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(name);
    }
    let running = command
        .arg("-C")
        .arg(folder)
        .args(args)
        .env("GIT_TERMINAL_PROMPT", "0")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let ran = tokio::time::timeout(PATIENCE, running)
        .await
        .map_err(|_| format!("it did not end within {} s", PATIENCE.as_secs()))?
        .map_err(|e| format!("it cannot be started: {e}"))?;
    match ran.status.success() {
        true => Ok(String::from_utf8_lossy(&ran.stdout).trim().to_owned()),
        false => Err(String::from_utf8_lossy(&ran.stderr).trim().to_owned()),
    }
}
