//! `tidegate config`: the configuration in force, where each value comes from, and what is proposed to come after it.

use super::pages::{Amount, collect};
use super::proposal;
use super::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::{Listing, Table};
use serde_json::Value;
use tidegate_client::wire::{Config, Effective, Revision};
use tidegate_client::{Client, ListFilter};

/// Look at the configuration in force, and decide about what weakens its controls
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Show what is in force: all of it, or what holds for a service
    Show(Show),
    /// List applied revisions, newest first
    List(Amount),
    /// Put the files here before those who answer for the controls they weaken
    Propose(proposal::Propose),
    /// List what is proposed and whose yes it needs; one in full
    Proposals(proposal::Proposals),
    /// Say yes to a proposal, for the teams of yours that it asks
    Approve(proposal::Decide),
    /// Say no to a proposal, or take back your own
    Reject(proposal::Decide),
}

#[derive(Debug, clap::Args)]
struct Show {
    /// Service
    service: Option<String>,
    /// Environment
    #[arg(requires = "service")]
    environment: Option<String>,
    /// Each value as it holds, defaults included, with the file and line it comes from
    #[arg(long, requires = "service")]
    effective: bool,
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    match &args.verb {
        Verb::Show(show) => match &show.service {
            Some(service) => effective(service, show, &client, session).await,
            None => whole(&client, session).await,
        },
        Verb::List(amount) => revisions(amount, &client, session).await,
        Verb::Propose(asked) => proposal::propose(asked, session).await,
        Verb::Proposals(asked) => proposal::list(asked, session).await,
        Verb::Approve(asked) => proposal::approve(asked, session).await,
        Verb::Reject(asked) => proposal::reject(asked, session).await,
    }
}

async fn whole(client: &Client, session: &Session) -> Result<Exit, Failure> {
    let config = client.config().await?;
    session.out.show(&config, &config.digest, |look| {
        let at = config
            .at
            .map(|at| format!("  {}", look.zone.stamp(at)))
            .unwrap_or_default();
        let by = config
            .by
            .as_deref()
            .map(|by| format!("  by {by}"))
            .unwrap_or_default();
        let commit = config
            .commit
            .as_deref()
            .map(|c| format!("  commit {c}"))
            .unwrap_or_default();
        format!(
            "revision {}{at}{by}{commit}  {}\n{}\n{}",
            config.revision,
            config.digest,
            proposal::lines(&config.proposals),
            places(&config)
        )
    })?;
    Ok(Exit::Done)
}

/// Written values with their places, one a line.
fn places(config: &Config) -> String {
    let mut table = Table::new(&[Column::Always("VALUE"), Column::Always("WRITTEN")]);
    for (path, place) in &config.origins {
        table.row([path.clone(), format!("{}:{}", place.file, place.line)]);
    }
    table.aligned()
}

async fn effective(
    service: &str,
    show: &Show,
    client: &Client,
    session: &Session,
) -> Result<Exit, Failure> {
    let page = client
        .effective(service, show.environment.as_deref())
        .await?;
    let items: Vec<Effective> = page
        .items
        .into_iter()
        .filter(|e| show.effective || e.line > 0)
        .collect();
    let mut table = Table::new(&[
        Column::Always("PATH"),
        Column::Always("VALUE"),
        Column::Always("FROM"),
    ]);
    for item in &items {
        let place = if item.line > 0 {
            format!("{}:{}", item.file, item.line)
        } else {
            item.file.clone()
        };
        table.row([item.path.clone(), text(&item.value), place]);
    }
    session.out.list(&Listing {
        items: &items,
        name: |e| e.path.clone(),
        table,
        none: "nothing is written for it; --effective also shows defaults",
    })?;
    Ok(Exit::Done)
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

async fn revisions(amount: &Amount, client: &Client, session: &Session) -> Result<Exit, Failure> {
    let items: Vec<Revision> = collect(amount.limit, async |after, limit| {
        client
            .config_revisions(&ListFilter {
                tag: None,
                service: None,
                limit: Some(limit),
                after,
            })
            .await
    })
    .await?;
    let mut table = Table::new(&[
        Column::Always("REVISION"),
        Column::Always("AT"),
        Column::Always("BY"),
        Column::Always("CHANGES"),
        Column::Always("WEAKENS"),
        Column::Always("COMMIT"),
        Column::Wide("WHY"),
        Column::Wide("DIGEST"),
    ]);
    for r in &items {
        table.row([
            r.revision.to_string(),
            session.out.look.zone.stamp(r.at),
            r.by.clone(),
            r.changes.len().to_string(),
            r.weakens.len().to_string(),
            r.commit
                .as_deref()
                .map(|c| c.chars().take(12).collect())
                .unwrap_or_default(),
            r.reason.clone().unwrap_or_default(),
            r.digest.clone(),
        ]);
    }
    session.out.list(&Listing {
        items: &items,
        name: |r| r.revision.to_string(),
        table,
        none: "nothing was applied yet: tidegate apply",
    })?;
    Ok(Exit::Done)
}
