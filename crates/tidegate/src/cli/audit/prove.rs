//! `tidegate audit prove`: a file that shows to anybody that one entry stands in the log.

use super::proof;
use crate::cli::session::Session;
use crate::exit::{Exit, Failure};
use std::path::PathBuf;

/// Write a proof that an entry stands in the log, which `audit verify FILE` checks anywhere
#[derive(Debug, clap::Args)]
pub struct Prove {
    /// Position of the entry
    seq: u64,
    /// File to write [default: audit-SEQ.tidegate-proof.json]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Run it.
pub async fn run(prove: &Prove, session: &Session) -> Result<Exit, Failure> {
    let found = session.client()?.audit_proof(prove.seq).await?;
    let (entry, sealed) = proof::check(&found, &[]).map_err(|why| {
        Failure::new(
            Exit::Failed,
            format!("INVALID: the server's proof is not good: {why}"),
        )
        .help("`tidegate audit verify` checks the server's ledger")
    })?;
    let path = prove
        .out
        .clone()
        .unwrap_or_else(|| PathBuf::from(format!("audit-{}.tidegate-proof.json", prove.seq)));
    let text = serde_json::to_string(&found)
        .map_err(|e| Failure::new(Exit::Failed, format!("the proof cannot be written: {e}")))?;
    std::fs::write(&path, format!("{text}\n")).map_err(|e| {
        Failure::new(
            Exit::Failed,
            format!("{} cannot be written: {e}", path.display()),
        )
    })?;
    session.out.show(&found, &path.display().to_string(), |_| {
        format!(
            "entry {}  {}  {}\n  in the log {} at {} entries, shown by {} hashes\n  written to {}",
            entry.seq,
            entry.stream,
            entry.kind,
            sealed.origin,
            sealed.size,
            found.inclusion.len(),
            path.display()
        )
    })?;
    Ok(Exit::Done)
}
