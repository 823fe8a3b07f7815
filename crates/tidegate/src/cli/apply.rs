//! `tidegate apply`: bring files, or a saved plan, into force.

use super::change::Change;
use super::plan::{self, Saved};
use super::session::Session;
use crate::exit::{Exit, Failure};
use std::path::PathBuf;
use tidegate_client::Client;
use tidegate_client::wire::ApplyRequest;

/// Bring the configuration files here into force
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder, file or saved plan; `-` reads stdin
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Agree beforehand
    #[arg(short, long)]
    yes: bool,
    /// Only show what would change
    #[arg(long)]
    dry_run: bool,
    /// Name the documents that stay as they are, too
    #[arg(long)]
    full: bool,
    /// Commit the files are from [default: that of CI, or of the Git folder]
    #[arg(long, value_name = "COMMIT")]
    commit: Option<String>,
    #[command(flatten)]
    change: Change,
}

/// Show what changes, ask, apply.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    let (plan, unchanged) = match plan::saved(&args.path)? {
        Some(saved) => (saved, false),
        None => fresh(args, &client, session).await?,
    };
    let out = &session.out;
    if !out.wants_data() {
        out.line(&(plan::heading(&args.path, plan.commit.as_deref(), client.base()) + &plan.text))?;
    }
    if args.dry_run {
        return Ok(Exit::Done);
    }
    if unchanged {
        out.hint("nothing to apply: this is in force already");
        return Ok(Exit::Done);
    }
    if !session.confirm("Apply exactly this?", args.yes)? {
        return Err(Failure::new(Exit::Rejected, "not applied"));
    }
    let request = ApplyRequest {
        files: plan.files,
        commit: plan.commit,
        reason: args.change.reason.clone(),
        parent: plan.parent,
    };
    let applied = client.apply_config(&request, &args.change.key()?).await?;
    out.show(&applied, &applied.revision.to_string(), |_| {
        format!(
            "Applied as revision {} ({})",
            applied.revision, applied.digest
        )
    })?;
    Ok(Exit::Done)
}

/// A plan made now, and whether it changes nothing.
async fn fresh(args: &Args, client: &Client, session: &Session) -> Result<(Saved, bool), Failure> {
    let planned = plan::of_files(&args.path, args.commit.clone(), client, session).await?;
    let text = plan::text(&planned.answer, args.full);
    let answer = planned.answer;
    let unchanged =
        answer.changes.is_empty() && answer.parent.is_some() && answer.parent == answer.digest;
    let saved = Saved {
        tidegate_plan: 1,
        files: planned.files.0,
        commit: planned.commit,
        parent: answer.parent,
        text,
    };
    Ok((saved, unchanged))
}
