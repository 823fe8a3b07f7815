//! `tidegate audit verify`: is every entry as it was written? Of a server, or of an export without any server.

use crate::cli::session::Session;
use crate::exit::{Exit, Failure};
use serde_json::json;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use tidegate_core::digest::Digest;
use tidegate_ledger::export::{ExportError, verify_export};

/// Check that every entry is as it was written
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Somebody who can rewrite everything can also compute a new chain: keep a head hash elsewhere and compare it with --head."
)]
pub struct Verify {
    /// Export to check, without a server; `-` reads stdin [default: the ledger of the server]
    file: Option<PathBuf>,
    /// Head hash kept elsewhere, that the ledger must end with
    #[arg(long, value_name = "SHA256")]
    head: Option<Digest>,
}

/// Run it.
pub async fn run(verify: &Verify, session: &Session) -> Result<Exit, Failure> {
    match &verify.file {
        Some(file) => offline(file, verify.head.as_ref(), session),
        None => online(verify.head.as_ref(), session).await,
    }
}

fn offline(path: &Path, head: Option<&Digest>, session: &Session) -> Result<Exit, Failure> {
    let trouble = |e: std::io::Error| {
        Failure::usage(format!("{} cannot be read: {e}", path.display()))
            .help("name a file that `tidegate audit export --out FILE` wrote")
    };
    let result = if path == Path::new("-") {
        verify_export(BufReader::new(std::io::stdin().lock()))
    } else {
        verify_export(BufReader::new(std::fs::File::open(path).map_err(trouble)?))
    };
    let summary = result.map_err(|e| invalid(&e))?;
    same_head(&summary.head.hash.to_string(), head)?;
    let value = json!({
        "ok": true, "entries": summary.entries, "streams": summary.streams, "erased": summary.erased,
        "head": summary.head.hash.to_string(), "since": summary.since, "until": summary.head.at,
    });
    session
        .out
        .show(&value, &summary.head.hash.to_string(), |look| {
            let since = summary
                .since
                .map(|at| format!("  since {}", look.zone.long(at)))
                .unwrap_or_default();
            let erased = if summary.erased > 0 {
                format!("  {} erased", summary.erased)
            } else {
                String::new()
            };
            format!(
                "VALID  {} entries in {} streams{since}{erased}\n       chain ok, no gap   head {}",
                summary.entries, summary.streams, summary.head.hash
            )
        })?;
    Ok(Exit::Done)
}

fn invalid(error: &ExportError) -> Failure {
    let place = match error {
        ExportError::Broken(broken) => {
            format!("INVALID at entry {}: {}", broken.seq, broken.because)
        }
        ExportError::Malformed(malformed) => format!(
            "INVALID at line {}: it {}",
            malformed.line, malformed.because
        ),
        ExportError::Io { .. } => return Failure::new(Exit::Failed, error.to_string()),
    };
    Failure::new(Exit::Failed, place)
        .help("everything before it is as it was written; compare with another copy")
}

fn same_head(have: &str, wanted: Option<&Digest>) -> Result<(), Failure> {
    match wanted {
        Some(wanted) if wanted.to_string() != have => Err(Failure::new(
            Exit::Failed,
            format!("INVALID: the chain ends with {have}, not with {wanted}"),
        )
        .help("entries were added, removed or rewritten since that head hash was kept")),
        _ => Ok(()),
    }
}

async fn online(head: Option<&Digest>, session: &Session) -> Result<Exit, Failure> {
    let found = session.client()?.audit_verification().await?;
    if let Some(bad) = found.first_bad.as_ref().filter(|_| !found.ok) {
        return Err(Failure::new(
            Exit::Failed,
            format!("INVALID at entry {}: {}", bad.seq, bad.because),
        )
        .help("everything before it is as it was written; compare with an export"));
    }
    if !found.ok {
        return Err(Failure::new(
            Exit::Failed,
            "INVALID: the server does not say where",
        ));
    }
    same_head(&found.head, head)?;
    session.out.show(&found, &found.head, |_| {
        format!(
            "VALID  {} entries\n       chain ok, no gap   head {}",
            found.entries, found.head
        )
    })?;
    Ok(Exit::Done)
}
