//! `tidegate delegate`: lend the right to decide for a team, look at what is lent, take it back.

use super::change::Change;
use super::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::{Listing, Look, Table};
use std::fmt::Write as _;
use tidegate_client::wire::{Delegation, DelegationRequest, Reason};

/// Lend your right to decide for a team to one person, for a time
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "\
It ends by itself, is never lent on, and counts as you: what you may not approve, your deputy may not approve for you,
and the two of you are one where two people are needed.
Example: tidegate delegate payments --to hugo --until '2026-12-01 09:00' --reason 'on leave'"
)]
pub struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
    /// Team for which is decided; you are a member
    #[arg(required = true)]
    team: Option<String>,
    /// The person who decides meanwhile
    #[arg(long, value_name = "PERSON", required = true)]
    to: Option<String>,
    /// End; at most 90 days after the beginning
    #[arg(long, value_name = "TIME", required = true)]
    until: Option<String>,
    /// Beginning [default: now]
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    #[command(flatten)]
    change: Change,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List who decides in whose place, the newest first
    List {
        /// Also those that are over
        #[arg(long)]
        all: bool,
    },
    /// Show one delegation
    Show {
        /// `DLG-1`
        delegation: String,
    },
    /// Take it back, or give it back; what was not decided yet waits for its holder again
    Revoke {
        /// `DLG-1`
        delegation: String,
        #[command(flatten)]
        change: Change,
    },
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    let lent = match &args.verb {
        Some(Verb::List { all }) => {
            list(&client.delegations(*all).await?.items, session)?;
            return Ok(Exit::Done);
        }
        Some(Verb::Show { delegation }) => client.delegation(delegation).await?,
        Some(Verb::Revoke { delegation, change }) => {
            let reason = Reason {
                reason: change.reason(session)?,
            };
            let key = change.key()?;
            client.revoke_delegation(delegation, &reason, &key).await?
        }
        None => {
            let since = args.from.as_deref().map(|text| session.instant(text));
            let request = DelegationRequest {
                team: args.team.clone().unwrap_or_default(),
                to: args.to.clone().unwrap_or_default(),
                since: since.transpose()?,
                until: session.instant(args.until.as_deref().unwrap_or_default())?,
                reason: args.change.reason(session)?,
            };
            client.delegate(&request, &args.change.key()?).await?
        }
    };
    session
        .out
        .show(&lent, &lent.id, |look| text(&lent, look))?;
    Ok(Exit::Done)
}

fn list(items: &[Delegation], session: &Session) -> Result<(), Failure> {
    let mut table = Table::new(&[
        Column::Always("DELEGATION"),
        Column::Always("TEAM"),
        Column::Always("FROM"),
        Column::Always("TO"),
        Column::Always("SINCE"),
        Column::Always("UNTIL"),
        Column::Always("STATE"),
        Column::Always("REASON"),
        Column::Wide("NOTE"),
    ]);
    let zone = &session.out.look.zone;
    for d in items {
        table.row([
            d.id.clone(),
            d.team.clone(),
            d.from.clone(),
            d.to.clone(),
            zone.stamp(d.since),
            zone.stamp(d.until),
            d.state.clone(),
            d.reason.clone(),
            d.note.clone().unwrap_or_default(),
        ]);
    }
    session.out.list(&Listing {
        items,
        name: |d| d.id.clone(),
        table,
        none: "nobody decides in the place of somebody else",
    })
}

/// `DLG-1: hugo decides for grace in risk until Mon 30 Nov 09:00 CET, ...`
fn text(d: &Delegation, look: &Look) -> String {
    let mut out = match d.state.as_str() {
        "in-force" => format!(
            "{}: {} decides for {} in {} until {}\n",
            d.id,
            d.to,
            d.from,
            d.team,
            look.zone.long(d.until)
        ),
        "to-come" => format!(
            "{}: {} decides for {} in {} from {} until {}\n",
            d.id,
            d.to,
            d.from,
            d.team,
            look.zone.long(d.since),
            look.zone.long(d.until)
        ),
        state => format!(
            "{}: {state}; {} decided for {} in {}\n",
            d.id, d.to, d.from, d.team
        ),
    };
    let _ = writeln!(out, "  reason    {}", d.reason);
    if let Some(note) = &d.note {
        let _ = writeln!(out, "  note      {note}");
    }
    if matches!(d.state.as_str(), "in-force" | "to-come") {
        let _ = writeln!(
            out,
            "  next      tidegate delegate revoke {} --reason ... ends it sooner",
            d.id
        );
    }
    out
}
