//! A signed checkpoint taken to where whoever runs the server cannot rewrite it: a file, a git repository, a webhook.
//!
//! Each place is tried, and one that fails is named after all of them were: a checkpoint that lies in two of three places
//! is worth more than one in none. Nothing here decides whether a checkpoint is good; it was checked before.

use crate::cli::evidence::write;
use crate::exit::{Exit, Failure};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use tidegate_ledger::seal::Sealed;

/// How long a webhook may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Name of the file in a git repository.
const FILE: &str = "checkpoint.note";

/// Where a checkpoint is taken to.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Places {
    /// File to write the signed note to
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Git repository to commit the signed note to, as `checkpoint.note`
    #[arg(long, value_name = "FOLDER")]
    pub git: Option<PathBuf>,
    /// Push the branch of that repository afterwards
    #[arg(long, requires = "git")]
    pub push: bool,
    /// Address that the signed note is posted to as JSON
    #[arg(long, value_name = "URL")]
    pub webhook: Option<String>,
}

/// Takes the note to every place, and says where it went, each one line.
///
/// # Errors
/// The places that failed, each with its reason.
pub async fn publish(places: &Places, note: &str, sealed: &Sealed) -> Result<Vec<String>, Failure> {
    let mut went = Vec::new();
    let mut failed = Vec::new();
    let mut tell = |result: Result<String, String>| match result {
        Ok(line) => went.push(line),
        Err(line) => failed.push(line),
    };
    if let Some(path) = &places.out {
        let written = write(path, note.as_bytes());
        tell(
            written
                .map(|()| format!("written to {}", path.display()))
                .map_err(|f| f.message),
        );
    }
    if let Some(folder) = &places.git {
        tell(commit(folder, note, sealed, places.push));
    }
    if let Some(url) = &places.webhook {
        tell(post(url, note, sealed).await);
    }
    if failed.is_empty() {
        return Ok(went);
    }
    let failure = Failure::new(Exit::Failed, failed.join("; "));
    let failure = failure
        .help("correct it and ask again: a place that has the checkpoint already is left as it is");
    Err(match went.is_empty() {
        true => failure,
        false => failure.note(went.join("; ")),
    })
}

/// One commit for each checkpoint that the repository does not have yet.
fn commit(folder: &Path, note: &str, sealed: &Sealed, push: bool) -> Result<String, String> {
    let shown = folder.display();
    let git = |args: &[&str]| run_git(folder, args).map_err(|why| format!("git in {shown}: {why}"));
    git(&["rev-parse", "--git-dir"])?;
    let file = folder.join(FILE);
    if std::fs::read_to_string(&file).is_ok_and(|had| had == note)
        && git(&["status", "--porcelain", "--", FILE])?.is_empty()
    {
        return Ok(format!("{shown} has it already"));
    }
    write(&file, note.as_bytes()).map_err(|f| f.message)?;
    let (size, root) = (sealed.size, &sealed.root);
    let message = format!("{}: {size} entries, root {root}", sealed.origin);
    git(&["add", "--", FILE])?;
    // Whoever runs this may have no name in git; the signature in the note says who answers for it.
    let author = [
        "-c",
        "user.name=tidegate",
        "-c",
        "user.email=tidegate@localhost",
    ];
    let commit = ["commit", "--quiet", "--message", &message, "--", FILE];
    git(&[&author[..], &commit[..]].concat())?;
    let id = git(&["rev-parse", "--short", "HEAD"])?;
    if push {
        git(&["push", "--quiet"])?;
    }
    let pushed = if push { " and pushed" } else { "" };
    Ok(format!("committed to {shown} as {id}{pushed}"))
}

fn run_git(folder: &Path, args: &[&str]) -> Result<String, String> {
    let mut command = Command::new("git");
    // Variables of a git that calls this would lead to another repository.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(name);
    }
    let ran = command
        .arg("-C")
        .arg(folder)
        .args(args)
        .env("GIT_TERMINAL_PROMPT", "0")
        .stdin(Stdio::null())
        .output()
        .map_err(|e| format!("it cannot be started: {e}"))?;
    match ran.status.success() {
        true => Ok(String::from_utf8_lossy(&ran.stdout).trim().to_owned()),
        false => Err(String::from_utf8_lossy(&ran.stderr).trim().to_owned()),
    }
}

async fn post(url: &str, note: &str, sealed: &Sealed) -> Result<String, String> {
    let address =
        reqwest::Url::parse(url).map_err(|e| format!("the webhook is no address: {e}"))?;
    // A password in the address, or a token in its query, is not shown.
    let shown = address.host_str().unwrap_or("the webhook").to_owned();
    let bad = |e: reqwest::Error| format!("webhook at {shown}: {}", e.without_url());
    let client = reqwest::Client::builder()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(bad)?;
    let body = json!({
        "origin": sealed.origin, "size": sealed.size, "root": sealed.root.to_string(), "note": note,
    });
    // The same checkpoint has the same id, so that a receiver can tell a repetition.
    let id = format!("{}/{}", sealed.origin, sealed.size);
    let request = client.post(address).header("webhook-id", &id).json(&body);
    let answer = request.send().await.map_err(bad)?;
    match answer.status() {
        status if status.is_success() => Ok(format!("posted to {shown} ({status})")),
        status => Err(format!("webhook at {shown}: it answered {status}")),
    }
}
