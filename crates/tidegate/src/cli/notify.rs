//! `tidegate notify`: what became of planned work, and who was told.

use super::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::{Listing, Look, Table};
use tidegate_client::Notices;
use tidegate_client::wire::Notice;

/// Notices a server gives at most at a time.
const PAGE: usize = 200;

/// Show who was told what
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Show what became of planned work, and who was told, the newest first
    #[command(after_help = "\
A notice is made with every event that people did not wait for: a deployment that moved, lost its time, was replaced, cancelled, \
expired, paused, taken back; a departure that was postponed or cancelled, or was missed; an exception that was asked for, \
granted, refused, or is over. It is for whoever asked, and for the owners of the services.")]
    Ledger(Ledger),
}

#[derive(Debug, clap::Args)]
struct Ledger {
    /// Only those for you and your teams
    #[arg(long, conflicts_with = "to")]
    mine: bool,
    /// Only those for this person or team
    #[arg(long, value_name = "NAME")]
    to: Option<String>,
    /// Only those about this release
    #[arg(long, value_name = "RELEASE")]
    release: Option<String>,
    /// Only since this instant: `2026-11-25 09:00`, or RFC 3339
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// At most this many
    #[arg(long, default_value_t = 50, value_name = "N")]
    limit: usize,
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let Verb::Ledger(args) = &args.verb;
    let since = args.since.as_deref();
    let mut which = Notices {
        to: if args.mine {
            Some("me".to_owned())
        } else {
            args.to.clone()
        },
        release: args.release.clone(),
        since: since.map(|text| session.instant(text)).transpose()?,
        after: None,
        limit: Some(args.limit.min(PAGE)),
    };
    let client = session.client()?;
    let mut items: Vec<Notice> = Vec::new();
    loop {
        let page = client.notices(&which).await?;
        items.extend(page.items);
        items.truncate(args.limit);
        if items.len() == args.limit || page.next.is_none() || page.next == which.after {
            break;
        }
        which.after = page.next;
    }
    let look = &session.out.look;
    let mut table = Table::new(&[
        Column::Always("AT"),
        Column::Always("ABOUT"),
        Column::Always("WHAT"),
        Column::Always("WHY"),
        Column::Always("TO"),
        Column::Wide("BY"),
        Column::Wide("ENTRY"),
    ]);
    for one in &items {
        let teams = one.teams.iter().map(|team| format!("team {team}"));
        let to: Vec<String> = one.to.iter().cloned().chain(teams).collect();
        table.row([
            look.zone.stamp(one.at),
            about(one),
            what(one, look),
            one.because.clone(),
            to.join(", "),
            one.by.clone().unwrap_or_default(),
            format!("{} {}", one.stream, one.rev),
        ]);
    }
    session.out.list(&Listing {
        items: &items,
        name: |one| format!("{} {}", one.stream, one.rev),
        table,
        none: "nobody was told anything",
    })?;
    Ok(Exit::Done)
}

/// `retail#4 (web@1.1.0)`, `web@1.1.0 in prod`.
fn about(one: &Notice) -> String {
    let releases = one.releases.join(", ");
    match (&one.departure, &one.environment) {
        (Some(departure), _) => format!("{departure} ({releases})"),
        (None, Some(environment)) => format!("{releases} in {environment}"),
        (None, None) => releases,
    }
}

/// `moved from Tue 24 Nov 10:00 Berlin to Wed 25 Nov 10:00 Berlin`.
fn what(one: &Notice, look: &Look) -> String {
    let zone = &look.zone;
    match (one.before, one.now) {
        (Some(before), Some(now)) => {
            let (before, now) = (zone.long(before), zone.long(now));
            format!("{} from {before} to {now}", one.what)
        }
        (Some(before), None) => format!("{} (was {})", one.what, zone.long(before)),
        (None, Some(until)) => format!("{} until {}", one.what, zone.long(until)),
        (None, None) => one.what.clone(),
    }
}
