//! `tidegate service`: services, where which version of them runs, and what is known to be wrong there.

use super::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::{Listing, Look, Table};
use std::fmt::Write as _;
use tidegate_client::IssueFilter;
use tidegate_client::wire::{KnownIssue, Service, ServicePlace};

/// Look at services and what is known to be wrong with them
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List services with the versions that run
    List,
    /// Show a service: where which version of it runs, with the known issues of these versions
    Show {
        /// Service
        service: String,
    },
    /// List known issues: of everything, or of a service, a version, an environment
    Issues(Issues),
}

#[derive(Debug, clap::Args)]
struct Issues {
    /// Service
    service: Option<String>,
    /// Only those that are in this version
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,
    /// Only those that are in a version which runs in this environment or is being brought there
    #[arg(long, value_name = "ENVIRONMENT")]
    env: Option<String>,
    /// Only those that customers may read, without names of environments
    #[arg(long)]
    public: bool,
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    match &args.verb {
        Verb::List => list(&client.services().await?.items, session)?,
        Verb::Show { service } => {
            let shown = client.service(service).await?;
            session
                .out
                .show(&shown, &shown.service, |look| text(&shown, look))?;
        }
        Verb::Issues(issues) => {
            let filter = IssueFilter {
                service: issues.service.clone(),
                version: issues.version.clone(),
                environment: issues.env.clone(),
                public: issues.public,
            };
            self::issues(&client.known_issues(&filter).await?.items, session)?;
        }
    }
    Ok(Exit::Done)
}

fn list(items: &[Service], session: &Session) -> Result<(), Failure> {
    let mut table = Table::new(&[
        Column::Always("SERVICE"),
        Column::Always("TIER"),
        Column::Always("OWNER"),
        Column::Always("RUNS"),
        Column::Always("ISSUES"),
    ]);
    for one in items {
        let runs = one.places.iter().filter_map(|place| {
            let version = place.version.as_ref()?;
            Some(format!("{} {version}", place.environment))
        });
        let issues: Vec<&str> = one.issues.iter().map(|issue| issue.id.as_str()).collect();
        table.row([
            one.service.clone(),
            one.tier.to_string(),
            one.owner.clone(),
            runs.collect::<Vec<_>>().join(", "),
            issues.join(", "),
        ]);
    }
    session.out.list(&Listing {
        items,
        name: |one| one.service.clone(),
        table,
        none: "no services yet: tidegate apply",
    })
}

fn text(one: &Service, look: &Look) -> String {
    let mut out = format!(
        "{}   tier {}   owner {}   pipeline {}\n",
        one.service, one.tier, one.owner, one.pipeline
    );
    for (what, value) in [("data", &one.data_class), ("audience", &one.audience)] {
        if let Some(value) = value {
            let _ = writeln!(out, "{what} {value}");
        }
    }
    if !one.needs.is_empty() {
        let _ = writeln!(out, "needs {}", one.needs.join(", "));
    }
    for at in &one.places {
        let _ = writeln!(out, "  {}", place(at, look));
    }
    if !one.issues.is_empty() {
        out.push_str("known issues\n");
    }
    for issue in &one.issues {
        out.push_str(&issue_text(issue));
    }
    out
}

fn place(at: &ServicePlace, look: &Look) -> String {
    let mut line = match (&at.version, at.since) {
        (Some(version), Some(since)) => {
            format!(
                "{}  {version} since {}",
                at.environment,
                look.zone.long(since)
            )
        }
        _ => format!("{}  nothing runs", at.environment),
    };
    if let Some(arriving) = &at.arriving {
        let _ = write!(line, ", {arriving} is on its way");
    }
    if !at.issues.is_empty() {
        let _ = write!(line, "   issues: {}", at.issues.join(", "));
    }
    line
}

/// One known issue in a few lines.
pub(super) fn issue_text(issue: &KnownIssue) -> String {
    let mut out = format!("  {} ({}): {}\n", issue.id, versions(issue), issue.text);
    if let Some(workaround) = &issue.workaround {
        let _ = writeln!(out, "    workaround: {workaround}");
    }
    out
}

/// `since 1.2.0, fixed in 1.4.0`.
fn versions(issue: &KnownIssue) -> String {
    let since = issue.since.as_ref().map(|v| format!("since {v}"));
    let fixed = issue.fixed_in.as_ref();
    let fixed = fixed.map_or_else(|| "not fixed".to_owned(), |v| format!("fixed in {v}"));
    since
        .into_iter()
        .chain([fixed])
        .collect::<Vec<_>>()
        .join(", ")
}

fn issues(items: &[KnownIssue], session: &Session) -> Result<(), Failure> {
    let mut table = Table::new(&[
        Column::Always("SERVICE"),
        Column::Always("ISSUE"),
        Column::Always("VERSIONS"),
        Column::Always("IN"),
        Column::Always("WHAT"),
        Column::Always("WORKAROUND"),
    ]);
    for issue in items {
        let places = match (issue.environments.as_slice(), issue.live) {
            ([], true) => "production".to_owned(),
            (places, _) => places.join(", "),
        };
        table.row([
            issue.service.clone(),
            issue.id.clone(),
            versions(issue),
            places,
            issue.text.clone(),
            issue.workaround.clone().unwrap_or_default(),
        ]);
    }
    session.out.list(&Listing {
        items,
        name: |issue| format!("{}/{}", issue.service, issue.id),
        table,
        none: "nothing is known to be wrong",
    })
}
