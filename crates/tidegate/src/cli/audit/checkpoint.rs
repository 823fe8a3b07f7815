//! `tidegate audit checkpoint`: the newest signed state of the log, to be kept elsewhere.

use crate::cli::session::Session;
use crate::exit::{Exit, Failure};
use std::path::PathBuf;
use tidegate_ledger::seal;

/// Show the newest signed state of the log; kept elsewhere, it shows whether anything before it is rewritten
#[derive(Debug, clap::Args)]
#[command(
    after_help = "`tidegate audit verify --checkpoint FILE` checks later that the log still begins with it."
)]
pub struct Checkpoint {
    /// File to write the signed note to
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Run it.
pub async fn run(checkpoint: &Checkpoint, session: &Session) -> Result<Exit, Failure> {
    let found = session.client()?.audit_checkpoint().await?;
    let sealed = seal::open(&found.note, &found.keys).map_err(|e| {
        Failure::new(
            Exit::Failed,
            format!("INVALID: the checkpoint is not good: {e}"),
        )
    })?;
    if let Some(path) = &checkpoint.out {
        std::fs::write(path, &found.note).map_err(|e| {
            Failure::new(
                Exit::Failed,
                format!("{} cannot be written: {e}", path.display()),
            )
        })?;
    }
    session.out.show(&found, &found.root, |look| {
        let signed = look.zone.long(found.at);
        let mut text = format!(
            "{} entries  signed {signed}\n  log   {}\n  root  {}\n",
            sealed.size, sealed.origin, found.root
        );
        for key in &sealed.by {
            text.push_str(&format!("  key   {key}\n"));
        }
        match &checkpoint.out {
            Some(path) => text.push_str(&format!("written to {}", path.display())),
            None => text.push_str(&format!("\n{}", found.note.trim_end())),
        }
        text
    })?;
    Ok(Exit::Done)
}
