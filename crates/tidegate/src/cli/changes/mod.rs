//! `tidegate change`: the records of releases in production environments, from asking to closing.

mod text;
mod write;

pub use text::{header, lines, missing, text};

use super::change::Change as Meta;
use super::reference::{placed, release_of};
use super::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::{Listing, Table};
use tidegate_client::wire::{Change, EmergencyRequest, RaiseRequest, Reason, ReviewRequest};
use tidegate_client::{ChangeFilter, Client};

/// Look at changes: what is asked for a release in production, who said what, what an emergency owes
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List changes that wait for people or owe a review, the newest first
    List {
        /// Only of this service
        #[arg(long, value_name = "SERVICE")]
        service: Option<String>,
        /// Only in this environment
        #[arg(long, value_name = "ENVIRONMENT")]
        environment: Option<String>,
        /// Also those that are over
        #[arg(long)]
        all: bool,
    },
    /// Show one change: its plan, who is asked, who said yes, its documents
    Show {
        /// `CHG-1`
        change: String,
    },
    /// Give it a stricter class than the rules do
    Raise {
        /// `CHG-1`
        change: String,
        /// `normal` or `major`
        class: String,
        #[command(flatten)]
        meta: Meta,
    },
    /// Give it back the class of the rules: for those who are asked and have no part in it
    Lower {
        /// `CHG-1`
        change: String,
        #[command(flatten)]
        meta: Meta,
    },
    /// Write a part of the document pack
    Write(write::Args),
    /// Close the review of an emergency: for everybody but those who declared or asked for it
    Review(Review),
    /// Declare that a release repairs an incident and cannot wait
    Emergency(Emergency),
}

#[derive(Debug, clap::Args)]
struct Review {
    /// `CHG-1`
    change: String,
    /// What was found
    #[arg(long, value_name = "TEXT")]
    findings: String,
    /// Root cause; the declared one without it
    #[arg(long, value_name = "TEXT")]
    root_cause: Option<String>,
    #[command(flatten)]
    keyed: super::change::Keyed,
}

#[derive(Debug, clap::Args)]
struct Emergency {
    /// `service@version`, or `service@version/environment`
    release: String,
    /// Environment
    environment: Option<String>,
    /// Incident that it repairs
    #[arg(long, value_name = "INCIDENT")]
    incident: Option<String>,
    /// Root cause, as far as it is known
    #[arg(long, value_name = "TEXT")]
    root_cause: Option<String>,
    #[command(flatten)]
    meta: Meta,
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    let change = match &args.verb {
        Verb::List {
            service,
            environment,
            all,
        } => {
            let filter = ChangeFilter {
                service: service.clone(),
                environment: environment.clone(),
                all: *all,
                ..ChangeFilter::default()
            };
            list(&client.changes(&filter).await?.items, session)?;
            return Ok(Exit::Done);
        }
        Verb::Show { change } => client.change(change).await?,
        Verb::Raise {
            change,
            class,
            meta,
        } => {
            let request = RaiseRequest {
                class: class.clone(),
                reason: meta.reason(session)?,
            };
            client.raise_change(change, &request, &meta.key()?).await?
        }
        Verb::Lower { change, meta } => {
            let reason = Reason {
                reason: meta.reason(session)?,
            };
            client.lower_change(change, &reason, &meta.key()?).await?
        }
        Verb::Write(args) => write::write(args, &client).await?,
        Verb::Review(args) => {
            let request = ReviewRequest {
                findings: args.findings.clone(),
                root_cause: args.root_cause.clone(),
            };
            let key = args.keyed.key()?;
            client.review_change(&args.change, &request, &key).await?
        }
        Verb::Emergency(args) => return emergency(args, &client, session).await,
    };
    show(&change, session)?;
    Ok(Exit::Done)
}

async fn emergency(args: &Emergency, client: &Client, session: &Session) -> Result<Exit, Failure> {
    let (release, environment) = placed(&args.release, args.environment.as_deref())?;
    let request = EmergencyRequest {
        environment,
        incident: args.incident.clone().unwrap_or_default(),
        reason: args.meta.reason(session)?,
        root_cause: args.root_cause.clone(),
    };
    let release = release_of(&release)?;
    let change = client
        .declare_emergency(&release, &request, &args.meta.key()?)
        .await?;
    session
        .out
        .show(&change, &change.id, |look| text::declared(&change, look))?;
    Ok(Exit::Done)
}

fn show(change: &Change, session: &Session) -> Result<(), Failure> {
    session
        .out
        .show(change, &change.id, |look| text(change, look))
}

fn list(items: &[Change], session: &Session) -> Result<(), Failure> {
    let mut table = Table::new(&[
        Column::Always("CHANGE"),
        Column::Always("RELEASE"),
        Column::Always("ENVIRONMENT"),
        Column::Always("STATE"),
        Column::Always("CLASS"),
        Column::Always("RISK"),
        Column::Always("WAITS-FOR"),
        Column::Always("OPENED"),
        Column::Wide("ASKED-BY"),
        Column::Wide("PLAN"),
    ]);
    for c in items {
        table.row([
            c.id.clone(),
            c.release.clone(),
            c.environment.clone(),
            c.phase.clone(),
            c.class.clone().unwrap_or_default(),
            text::risk(c),
            missing(c).join("; "),
            session.out.look.zone.stamp(c.opened_at),
            c.requesters.join(","),
            c.plan
                .as_ref()
                .map_or_else(String::new, |p| text::short(&p.digest)),
        ]);
    }
    session.out.list(&Listing {
        items,
        name: |c| c.id.clone(),
        table,
        none: "no changes",
    })
}
