//! `tidegate exception`, and `tidegate freeze exception`, which asks for one.

use super::change::Change;
use super::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::{Listing, Look, Mark, Table};
use std::fmt::Write as _;
use tidegate_client::Client;
use tidegate_client::wire::{Exception, ExceptionRequest, GrantRequest, Reason};
use tidegate_core::time::Millis;

/// Ask for an exception: one release goes inside one freeze, for a while
#[derive(Debug, clap::Args)]
pub struct Ask {
    /// `quarter-close`, or `FRZ-outage` when it was declared
    freeze: String,
    /// `service@version`
    #[arg(long, value_name = "RELEASE")]
    release: String,
    /// Only in these environments [default: everywhere the freeze holds it]
    #[arg(long, value_name = "ENVIRONMENT", value_delimiter = ',')]
    environment: Vec<String>,
    /// Incident that it repairs; makes it an emergency
    #[arg(long, value_name = "INCIDENT")]
    incident: Option<String>,
    /// For how long [default: 24h, or 4h for an emergency]
    #[arg(long = "for", value_name = "LENGTH")]
    lasting: Option<String>,
    #[command(flatten)]
    change: Change,
}

/// Look at exceptions from freezes; grant, refuse, revoke and review them
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List exceptions, the newest first
    List,
    /// Show one exception and what it was used for
    Show {
        /// `EXC-1`
        exception: String,
    },
    /// Grant it: for members of the teams that the freeze names
    Grant {
        /// `EXC-1`
        exception: String,
        /// When it must have been reviewed [default: two working days after its end]
        #[arg(long, value_name = "TIME")]
        review_by: Option<String>,
        #[command(flatten)]
        change: Change,
    },
    /// Refuse it
    Refuse(Named),
    /// Take it back; what has not started waits again
    Revoke(Named),
    /// Record what the review found: for everybody but the one who asked
    Review(Named),
}

#[derive(Debug, clap::Args)]
struct Named {
    /// `EXC-1`
    exception: String,
    #[command(flatten)]
    change: Change,
}

/// Ask for one; ends with 3 while it waits for a decision.
pub async fn ask(ask: &Ask, client: &Client, session: &Session) -> Result<Exit, Failure> {
    let lasting = ask.lasting.as_deref().map(Millis::parse).transpose();
    let request = ExceptionRequest {
        release: ask.release.clone(),
        environments: ask.environment.clone(),
        reason: ask.change.reason(session)?,
        incident: ask.incident.clone(),
        lasting_ms: lasting.map_err(Failure::usage)?.map(|length| length.0),
    };
    let key = ask.change.key()?;
    let e = client.ask_exception(&ask.freeze, &request, &key).await?;
    session.out.show(&e, &e.id, |look| asked(&e, look))?;
    Ok(if e.phase == "active" {
        Exit::Done
    } else {
        Exit::Blocked
    })
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    let (named, change) = match &args.verb {
        Verb::List => {
            list(&client.exceptions().await?.items, session)?;
            return Ok(Exit::Done);
        }
        Verb::Show { exception } => {
            show(&client.exception(exception).await?, session)?;
            return Ok(Exit::Done);
        }
        Verb::Grant {
            exception,
            review_by,
            change,
        } => {
            let due = review_by.as_deref().map(|text| session.instant(text));
            let request = GrantRequest {
                reason: change.reason(session)?,
                review_due: due.transpose()?,
            };
            let key = change.key()?;
            show(
                &client.grant_exception(exception, &request, &key).await?,
                session,
            )?;
            return Ok(Exit::Done);
        }
        Verb::Refuse(named) => (named, "refusals"),
        Verb::Revoke(named) => (named, "revocations"),
        Verb::Review(named) => (named, "reviews"),
    };
    let reason = named.change.reason(session)?;
    let key = named.change.key()?;
    let changed = client
        .change_exception(&named.exception, change, &Reason { reason }, &key)
        .await?;
    show(&changed, session)?;
    Ok(Exit::Done)
}

fn list(items: &[Exception], session: &Session) -> Result<(), Failure> {
    let mut table = Table::new(&[
        Column::Always("EXCEPTION"),
        Column::Always("FREEZE"),
        Column::Always("RELEASE"),
        Column::Always("ENVIRONMENTS"),
        Column::Always("STATE"),
        Column::Always("UNTIL"),
        Column::Always("USES"),
        Column::Always("REASON"),
        Column::Wide("INCIDENT"),
        Column::Wide("CLASS"),
        Column::Wide("BY"),
        Column::Wide("REVIEW-DUE"),
    ]);
    let zone = &session.out.look.zone;
    for e in items {
        table.row([
            e.id.clone(),
            e.freeze.clone(),
            e.release.clone(),
            e.environments.join(","),
            match e.review_overdue {
                true => format!("{}, review overdue", e.phase),
                false => e.phase.clone(),
            },
            e.until.map_or_else(String::new, |at| zone.stamp(at)),
            e.uses.len().to_string(),
            e.reason.clone(),
            e.incident.clone().unwrap_or_default(),
            e.class.clone().unwrap_or_default(),
            e.by.clone(),
            e.review_due.map_or_else(String::new, |at| zone.stamp(at)),
        ]);
    }
    session.out.list(&Listing {
        items,
        name: |e| e.id.clone(),
        table,
        none: "no exceptions",
    })
}

fn show(e: &Exception, session: &Session) -> Result<(), Failure> {
    session.out.show(e, &e.id, |look| text(e, look))
}

/// The answer to a request: who is asked or not asked, until when, what is owed.
fn asked(e: &Exception, look: &Look) -> String {
    let mut out = match (&e.class, &e.decided_by) {
        (Some(class), by) => {
            let by = match by {
                Some(by) => format!("; {by} is not asked"),
                None => String::new(),
            };
            format!("{}: class {class} passes `let-through`{by}.", e.id)
        }
        (None, Some(by)) => format!("{}: {by} decides.", e.id),
        (None, None) => format!("{}: nobody can decide.", e.id),
    };
    if let Some(until) = e.until {
        let word = if e.phase == "active" {
            "Expires"
        } else {
            "Refused without a decision by"
        };
        let _ = write!(out, " {word} {}.", look.zone.long(until));
    }
    out.push('\n');
    let _ = writeln!(
        out,
        "  lifts     freeze {} for {} in {}, nothing else",
        e.freeze,
        e.release,
        e.environments.join(", ")
    );
    match e.review_due {
        Some(due) => {
            let _ = writeln!(
                out,
                "  owed      the review, by somebody else than {}, due {}",
                e.by,
                look.zone.long(due)
            );
        }
        None => {
            let _ = writeln!(
                out,
                "  next      tidegate exception grant {} --reason ...",
                e.id
            );
        }
    }
    out
}

fn text(e: &Exception, look: &Look) -> String {
    let mark = match e.phase.as_str() {
        "asked" => Mark::Wait,
        "active" | "reviewed" => Mark::Ok,
        _ => Mark::No,
    };
    let mut out = format!(
        "{}  {} {}  {} inside {}, in {}\n",
        e.id,
        mark.paint(look),
        e.phase,
        e.release,
        e.freeze,
        e.environments.join(", ")
    );
    let incident = e
        .incident
        .as_ref()
        .map(|i| format!(" ({i})"))
        .unwrap_or_default();
    let _ = writeln!(
        out,
        "  asked     by {}, {}: {}{incident}",
        e.by,
        look.zone.long(e.asked_at),
        e.reason
    );
    if let Some(by) = e.decided_by.as_ref().filter(|_| e.phase == "asked") {
        let _ = writeln!(out, "  decides   {by}");
    }
    if let Some(note) = &e.note {
        let _ = writeln!(out, "  decided   {note}");
    }
    match (e.phase.as_str(), e.until) {
        ("asked", Some(at)) => {
            let _ = writeln!(
                out,
                "  refused   without a decision by {}",
                look.zone.long(at)
            );
        }
        ("active", Some(at)) => {
            let _ = writeln!(out, "  expires   {}", look.zone.long(at));
        }
        _ => {}
    }
    if let Some(due) = e.review_due {
        let word = if e.review_overdue {
            "overdue since"
        } else {
            "due"
        };
        let _ = writeln!(out, "  review    {word} {}", look.zone.long(due));
    }
    for one in &e.uses {
        let _ = writeln!(
            out,
            "  used      {} in {}, {}",
            one.deployment,
            one.environment,
            look.zone.long(one.at)
        );
    }
    out
}
