//! `tidegate audit checkpoint`: the newest signed state of the log, to be kept elsewhere.

use super::publish::{Places, publish};
use crate::cli::session::Session;
use crate::exit::{Exit, Failure};
use tidegate_ledger::seal;

/// Show the newest signed state of the log; kept elsewhere, it shows whether anything before it is rewritten
#[derive(Debug, clap::Args)]
#[command(
    after_help = "`tidegate audit verify --checkpoint FILE` checks later that the log still begins with it."
)]
pub struct Checkpoint {
    #[command(flatten)]
    places: Places,
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
    let went = publish(&checkpoint.places, &found.note, &sealed).await?;
    session.out.show(&found, &found.root, |look| {
        let signed = look.zone.long(found.at);
        let mut text = format!(
            "{} entries  signed {signed}\n  log   {}\n  root  {}\n",
            sealed.size, sealed.origin, found.root
        );
        for key in &sealed.by {
            text.push_str(&format!("  key   {key}\n"));
        }
        match went.as_slice() {
            [] => text.push_str(&format!("\n{}", found.note.trim_end())),
            went => text.push_str(&went.join("\n")),
        }
        text
    })?;
    Ok(Exit::Done)
}
