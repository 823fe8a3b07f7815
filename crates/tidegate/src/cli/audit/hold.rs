//! `tidegate audit hold`: what nobody removes, whatever retention says.

use crate::cli::change::Change;
use crate::cli::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::{Listing, Look, Table};
use tidegate_client::wire::{LegalHold, LegalHoldRequest, Reason};

/// Keep what retention would remove: place, end and list legal holds
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Add(Add),
    Release(Release),
    /// List holds: those that stand and those that are over, the newest first
    List,
}

/// Remove nothing of this until the hold is released
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It covers what is in each of the lists that are given: --service web --env prod is what web left in prod.
Example: tidegate audit hold add --release web@1.1.0 --reason 'case 2026/114'")]
struct Add {
    /// Only what this release left; may be repeated
    #[arg(long, value_name = "RELEASE")]
    release: Vec<String>,
    /// Only what this service left; may be repeated
    #[arg(long, value_name = "SERVICE")]
    service: Vec<String>,
    /// Only what was left in this environment; may be repeated
    #[arg(long = "env", value_name = "ENVIRONMENT")]
    environment: Vec<String>,
    /// Only what releases with this regulatory tag left; may be repeated
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// Cover everything
    #[arg(long, conflicts_with_all = ["release", "service", "environment", "tag"])]
    everything: bool,
    #[command(flatten)]
    change: Change,
}

/// End a hold; what is past its retention goes at the server's next look
#[derive(Debug, clap::Args)]
struct Release {
    /// Name, as `audit hold list` shows it
    #[arg(value_name = "HLD-1")]
    hold: String,
    #[command(flatten)]
    change: Change,
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    match &args.verb {
        Verb::Add(add) => place(add, session).await,
        Verb::Release(release) => end(release, session).await,
        Verb::List => list(session).await,
    }
}

async fn place(add: &Add, session: &Session) -> Result<Exit, Failure> {
    let named = [&add.release, &add.service, &add.environment, &add.tag];
    if !add.everything && named.iter().all(|names| names.is_empty()) {
        return Err(Failure::usage("the hold covers nothing".to_owned()).help(
            "name what it covers with --release, --service, --env or --tag, or say --everything",
        ));
    }
    let request = LegalHoldRequest {
        reason: add.change.reason(session)?,
        everything: add.everything,
        releases: add.release.clone(),
        services: add.service.clone(),
        environments: add.environment.clone(),
        tags: add.tag.clone(),
    };
    let key = add.change.key()?;
    let hold = session.client()?.place_hold(&request, &key).await?;
    session
        .out
        .show(&hold, &hold.id, |look| text(&hold, look))?;
    Ok(Exit::Done)
}

async fn end(release: &Release, session: &Session) -> Result<Exit, Failure> {
    let reason = release.change.reason(session)?;
    let key = release.change.key()?;
    let client = session.client()?;
    let hold = client
        .release_hold(&release.hold, &Reason { reason }, &key)
        .await?;
    session
        .out
        .show(&hold, &hold.id, |look| text(&hold, look))?;
    Ok(Exit::Done)
}

async fn list(session: &Session) -> Result<Exit, Failure> {
    let items = session.client()?.holds().await?.items;
    let mut table = Table::new(&[
        Column::Always("HOLD"),
        Column::Always("STATE"),
        Column::Always("COVERS"),
        Column::Always("BY"),
        Column::Always("AT"),
        Column::Always("REASON"),
        Column::Wide("RELEASED BY"),
    ]);
    let zone = &session.out.look.zone;
    for hold in &items {
        let released = hold.released.as_ref();
        table.row([
            hold.id.clone(),
            hold.state.clone(),
            hold.covers.clone(),
            hold.by.clone(),
            zone.stamp(hold.at),
            hold.reason.clone(),
            released
                .map(|r| format!("{}: {}", r.by, r.reason))
                .unwrap_or_default(),
        ]);
    }
    session.out.list(&Listing {
        items: &items,
        name: |hold| hold.id.clone(),
        table,
        none: "no hold was placed",
    })?;
    Ok(Exit::Done)
}

fn text(hold: &LegalHold, look: &Look) -> String {
    match &hold.released {
        None => format!(
            "{}: holds {} since {}\n  placed by  {}: {}\n",
            hold.id,
            hold.covers,
            look.zone.long(hold.at),
            hold.by,
            hold.reason
        ),
        Some(released) => format!(
            "{}: released by {} {}: {}\n",
            hold.id,
            released.by,
            look.zone.long(released.at),
            released.reason
        ),
    }
}
