//! `tidegate promote`: move a release along its path, environment by environment, and wait until it has arrived.

use super::change::Keyed;
use super::deploy::preview_text;
use super::follow::{self, Wait};
use super::reference::release_of;
use super::release;
use super::session::Session;
use super::timing::Timing;
use super::why;
use crate::exit::{Exit, Failure};
use tidegate_client::Client;
use tidegate_client::wire::{PromoteRequest, Release};

/// Move a release along its path, as far as an environment
#[derive(Debug, clap::Args)]
pub struct Args {
    /// `service@version`
    release: String,
    /// Last environment to enter [default: the last one of its path]
    #[arg(long, value_name = "ENVIRONMENT")]
    to: Option<String>,
    /// Why, for the record
    #[arg(long)]
    reason: Option<String>,
    /// Only show the plans and decisions
    #[arg(long)]
    dry_run: bool,
    /// End with 3 instead of waiting when a condition of the next environment is not met
    #[arg(long)]
    no_queue: bool,
    #[command(flatten)]
    timing: Timing,
    #[command(flatten)]
    keyed: Keyed,
    #[command(flatten)]
    wait: Wait,
}

/// Start and follow.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    let id = release_of(&args.release)?;
    let to = match &args.to {
        Some(to) => to.clone(),
        None => last_environment(&client.release(&id).await?)?,
    };
    let request = PromoteRequest {
        to,
        reason: args.reason.clone(),
        priority: args.timing.priority(),
        at: args.timing.at(session)?,
        expires_ms: args.timing.expires_ms(),
    };
    if args.dry_run {
        return preview(&id, &request, &client, session).await;
    }
    if args.no_queue
        && let Some(exit) = blocked(&id, &request, &client, session).await?
    {
        return Ok(exit);
    }
    let before = follow::ended_before(&id, &client).await?;
    let release = client.promote(&id, &request, &args.keyed.key()?).await?;
    if args.wait.no_wait {
        release::show(&release, session)?;
        session
            .out
            .hint(&format!("it goes on: tidegate status {id} --watch"));
        return Ok(Exit::Done);
    }
    follow::promotion(&id, &request.to, before, &args.wait, &client, session).await
}

fn last_environment(release: &Release) -> Result<String, Failure> {
    release
        .stages
        .last()
        .map(|stage| stage.environment.clone())
        .ok_or_else(|| {
            Failure::usage(format!("the path of {} has no environment", release.id))
                .help("look at its pipeline: tidegate config show")
        })
}

async fn preview(
    id: &str,
    request: &PromoteRequest,
    client: &Client,
    session: &Session,
) -> Result<Exit, Failure> {
    let page = client.promote_preview(id, request).await?;
    session.out.show(&page, id, |look| {
        if page.items.is_empty() {
            return format!("{id} is in {} already; nothing would be done\n", request.to);
        }
        page.items
            .iter()
            .map(|preview| preview_text(preview, look))
            .collect::<Vec<_>>()
            .join("\n")
    })?;
    let first = page
        .items
        .first()
        .is_none_or(|preview| preview.decision.allowed);
    Ok(if first { Exit::Done } else { Exit::Blocked })
}

/// The first environment on the way decides: the others are expected to wait for it.
async fn blocked(
    id: &str,
    request: &PromoteRequest,
    client: &Client,
    session: &Session,
) -> Result<Option<Exit>, Failure> {
    let page = client.promote_preview(id, request).await?;
    let Some(first) = page
        .items
        .first()
        .filter(|preview| !preview.decision.allowed)
    else {
        return Ok(None);
    };
    session
        .out
        .show(&first.decision, id, |look| why::text(&first.decision, look))?;
    session.out.hint("nothing was started (--no-queue)");
    Ok(Some(Exit::Blocked))
}
