//! `tidegate decision`: back or stay, when figures are bad and nothing goes back by itself.

use super::change::Change;
use super::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::{Listing, Look, Table};
use std::fmt::Write as _;
use tidegate_client::wire::{
    Reason, RollbackChoice, RollbackDecision, RollbackDecisionRequest, RollbackOrder,
    RollbackOrderRequest,
};

/// Decide whether a bad version goes back or stays
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List what is to be decided, the newest first
    List {
        /// Also those that are over
        #[arg(long)]
        all: bool,
    },
    /// Show who is asked, until when, and what happens without an answer
    Show {
        /// `DEC-1`
        decision: String,
    },
    /// Ask those who decide; from now on a clock runs
    Open {
        /// Deployment that would be taken back
        deployment: String,
        /// What it costs, such as `120 EUR a minute`
        #[arg(long, value_name = "TEXT")]
        effect: Option<String>,
        #[command(flatten)]
        change: Change,
    },
    Resolve(Resolve),
    /// Confirm that you decide about the way back of a change, or take that over from whoever did
    Confirm {
        /// `CHG-1`
        change_id: String,
        #[command(flatten)]
        change: Change,
    },
}

/// Decide: back for anybody who is asked, stay for the team that is named for it
#[derive(Debug, clap::Args)]
#[command(
    group = clap::ArgGroup::new("choice").required(true).args(["roll_back", "stay"]),
    after_help = "\
Of two contrary orders the way back is carried out, and both are kept.
Example: tidegate decision resolve DEC-1 --stay --until '2026-11-23 18:00' --reason 'the launch; errors are refunds only'
Ends with 4 when this person may not."
)]
struct Resolve {
    /// `DEC-1`
    decision: String,
    /// It goes back
    #[arg(long)]
    roll_back: bool,
    /// It stays, against its criteria, until an instant
    #[arg(long, requires = "until")]
    stay: bool,
    /// Until when it stays; at most 24 hours
    #[arg(long, value_name = "TIME", requires = "stay")]
    until: Option<String>,
    #[command(flatten)]
    change: Change,
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    let shown = match &args.verb {
        Verb::Confirm { change_id, change } => {
            let why = Reason {
                reason: change.reason(session)?,
            };
            let found = client.own_rollback(change_id, &why, &change.key()?).await?;
            let owner = found.rollback_owner.as_ref();
            let owner = owner.map(|o| format!("{} ({})", o.person, o.team));
            session.out.show(&found, &found.id, |_| {
                format!(
                    "{}: {} decides about the way back of {} in {}\n",
                    found.id,
                    owner.unwrap_or_default(),
                    found.release,
                    found.environment
                )
            })?;
            return Ok(Exit::Done);
        }
        Verb::List { all } => {
            list(&client.rollback_decisions(*all).await?.items, session)?;
            return Ok(Exit::Done);
        }
        Verb::Show { decision } => client.rollback_decision(decision).await?,
        Verb::Open {
            deployment,
            effect,
            change,
        } => {
            let request = RollbackDecisionRequest {
                deployment: deployment.clone(),
                reason: change.reason(session)?,
                effect: effect.clone(),
            };
            client
                .ask_rollback_decision(&request, &change.key()?)
                .await?
        }
        Verb::Resolve(resolve) => {
            let until = resolve.until.as_deref().map(|text| session.instant(text));
            let request = RollbackOrderRequest {
                choice: match resolve.stay {
                    true => RollbackChoice::Stay,
                    false => RollbackChoice::RollBack,
                },
                until: until.transpose()?,
                reason: resolve.change.reason(session)?,
            };
            let key = resolve.change.key()?;
            client
                .order_rollback(&resolve.decision, &request, &key)
                .await?
        }
    };
    session
        .out
        .show(&shown, &shown.id, |look| text(&shown, look))?;
    Ok(Exit::Done)
}

fn list(items: &[RollbackDecision], session: &Session) -> Result<(), Failure> {
    let mut table = Table::new(&[
        Column::Always("DECISION"),
        Column::Always("RELEASE"),
        Column::Always("ENVIRONMENT"),
        Column::Always("PHASE"),
        Column::Always("ASKED"),
        Column::Always("DUE"),
        Column::Always("OTHERWISE"),
        Column::Always("BECAUSE"),
        Column::Wide("DEPLOYMENT"),
    ]);
    let zone = &session.out.look.zone;
    for d in items {
        let asked = d.path.iter().find(|p| p.now);
        table.row([
            d.id.clone(),
            d.release.clone(),
            d.environment.clone(),
            d.phase.clone(),
            asked.map_or_else(String::new, |p| p.team.clone()),
            d.due.map(|at| zone.stamp(at)).unwrap_or_default(),
            d.otherwise.clone(),
            d.because.clone(),
            d.deployment.clone(),
        ]);
    }
    session.out.list(&Listing {
        items,
        name: |d| d.id.clone(),
        table,
        none: "nothing is to be decided",
    })
}

/// `DEC-1: web@1.1.0 in prod, back or stay? payments is asked until ...`
pub fn text(d: &RollbackDecision, look: &Look) -> String {
    let asked = d.path.iter().find(|p| p.now);
    let state = match (d.phase.as_str(), asked, d.due) {
        ("open", Some(asked), Some(due)) => format!(
            "back or stay? {} ({}) is asked until {}",
            asked.team,
            asked.people.join(", "),
            look.zone.long(due)
        ),
        ("staying", _, Some(until)) => format!("stays until {}", look.zone.long(until)),
        ("settled", ..) => "goes back".to_owned(),
        (phase, ..) => match &d.note {
            Some(note) => format!("{phase}: {note}"),
            None => phase.to_owned(),
        },
    };
    let mut out = format!("{}: {} in {}: {state}\n", d.id, d.release, d.environment);
    let _ = writeln!(out, "  seen      {}", d.because);
    if let Some(effect) = &d.effect {
        let _ = writeln!(out, "  effect    {effect}");
    }
    if let Some(person) = &d.confirmed {
        let _ = writeln!(out, "  owner     {person}, confirmed before the start");
    }
    for criterion in &d.criteria {
        let _ = writeln!(out, "  agreed    {criterion}");
    }
    for option in d.options.iter().filter(|_| d.phase == "open") {
        let _ = writeln!(out, "  option    {option}");
    }
    let path: Vec<&str> = d.path.iter().map(|p| p.team.as_str()).collect();
    let _ = writeln!(out, "  asked     {}", path.join(", then "));
    if let Some(deadline) = d.deadline {
        let what = match (d.phase.as_str(), d.otherwise.as_str()) {
            ("staying", _) | (_, "roll-back") => "it goes back",
            _ => "it stays",
        };
        let _ = writeln!(out, "  otherwise {what} {}", look.zone.long(deadline));
    }
    for order in &d.orders {
        let _ = writeln!(out, "  order     {}", ordered(order, look));
    }
    if matches!(d.phase.as_str(), "open" | "staying") {
        let _ = writeln!(
            out,
            "  next      tidegate decision resolve {} --roll-back --reason ...",
            d.id
        );
    }
    if let Some(executive) = d.executive.as_ref().filter(|_| d.phase == "open") {
        let _ = writeln!(
            out,
            "            {executive}: tidegate decision resolve {} --stay --until ... --reason ...",
            d.id
        );
    }
    out
}

fn ordered(order: &RollbackOrder, look: &Look) -> String {
    let what = match (order.choice, order.until) {
        (RollbackChoice::Stay, Some(until)) => format!("stay until {}", look.zone.long(until)),
        (RollbackChoice::Stay, None) => "stay".to_owned(),
        (RollbackChoice::RollBack, _) => "roll back".to_owned(),
    };
    let carried = match order.carried_out {
        true => "",
        false => " (not carried out: the way back was ordered)",
    };
    format!(
        "{what}, {} for {} {}: {}{carried}",
        order.by,
        order.team,
        look.zone.long(order.at),
        order.reason
    )
}
