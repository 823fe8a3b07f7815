//! `tidegate simulate`: what if? Nothing is changed.

mod calendar;
mod course;

use super::session::Session;
use super::{tree, validate, why};
use crate::exit::{Exit, Failure};
use crate::output::Look;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use tidegate_client::wire::{
    PolicySimulation, PolicySimulationRequest, SimulatedChange, SimulatedDemand, Timestamp,
};
use tidegate_config::{Files, Severity, load_over};

/// Changes that are shown one by one.
const SHOWN: usize = 20;

/// Ask what if: the coming weeks, other rules on past releases, a release at another time
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Show what other rules would have asked of past releases, beside the rules in force
    #[command(
        after_help = "Example: tidegate simulate policy --since 90d -f new-policies.yaml\nBoth sets of rules are judged by the facts that were recorded with each change. What was not recorded counts at its worst."
    )]
    Policy(Policy),
    /// Carry out the coming weeks ahead of time, under this calendar and under another one
    #[command(
        visible_alias = "forecast",
        after_help = "Examples:\n  tidegate simulate calendar\n  tidegate simulate calendar -f next-year-freezes.yaml --until 2027-03-31\n  tidegate simulate calendar --only-open --answered-after never\nThe engine itself goes on from the ledger, on a branch that is thrown away: what was asked for in the quarter before comes again at the same weekday and hour, people answer as fast as they did, and programs behave as they did. It takes up to two minutes."
    )]
    Calendar(calendar::Calendar),
    /// Show what would hold a release at another time, as `why --at`
    #[command(after_help = "Ends as `why` does: with 0 when it may go, with 3 when it may not.")]
    Release(why::Args),
}

#[derive(Debug, clap::Args)]
struct Policy {
    /// Folder or file with the configuration
    #[arg(default_value = ".")]
    path: PathBuf,
    /// File with proposed documents, each in the place of the one of the same kind and name; may be repeated
    #[arg(short = 'f', long = "file", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Only changes since: `90d`, `2026-08-01 09:00`, or RFC 3339 [default: 90d]
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    match &args.verb {
        Verb::Policy(args) => policy(args, session).await,
        Verb::Calendar(args) => calendar::run(args, session).await,
        Verb::Release(args) => why::run(args, session).await,
    }
}

async fn policy(args: &Policy, session: &Session) -> Result<Exit, Failure> {
    let now = crate::clock::now();
    let (files, over) = proposed(&args.path, &args.files, session)?;
    let since = match args.since.as_deref() {
        None => None,
        Some(text) => Some(match tidegate_core::time::Millis::parse(text) {
            Ok(ago) => ago.before(now),
            Err(_) => session.instant(text)?,
        }),
    };
    let request = PolicySimulationRequest {
        files: files.0,
        over: over.0,
        since,
    };
    let found = session.client()?.simulate_policy(&request).await?;
    super::plan::refuse_errors(&found.diagnostics)?;
    let name = found.releases.to_string();
    session.out.show(&found, &name, |look| text(&found, look))?;
    Ok(Exit::Done)
}

/// A configuration and what is proposed in the place of parts of it, checked.
fn proposed(
    path: &Path,
    proposed: &[PathBuf],
    session: &Session,
) -> Result<(Files, Files), Failure> {
    let files = tree::read(path)?;
    let mut over = Files::default();
    for file in proposed {
        over.0.extend(tree::read(file)?.0);
    }
    let loaded = load_over(&files, &over, crate::clock::now());
    let mut all = files.clone();
    all.0.extend(over.0.clone());
    validate::show(&loaded.diagnostics, &all, session);
    let wrong = |d: &tidegate_config::Diagnostic| d.severity == Severity::Error;
    match loaded.diagnostics.iter().any(wrong) {
        true => Err(Failure::new(
            Exit::Invalid,
            "the configuration is not valid; nothing was simulated",
        )),
        false => Ok((files, over)),
    }
}

/// What would be different, as text.
fn text(found: &PolicySimulation, look: &Look) -> String {
    let mut out = String::new();
    let since = found.since.map_or(String::new(), |at: Timestamp| {
        format!(" since {}", look.zone.long(at))
    });
    let (before, after) = (&found.before, &found.after);
    let alone = &after.failed_without_approval;
    let failed = match alone.len() {
        0 => "no failed release would have passed without approval".to_owned(),
        1 => format!(
            "1 failed release would have passed without approval: {}",
            alone.join(", ")
        ),
        n => format!(
            "{n} failed releases would have passed without approval: {}",
            alone.join(", ")
        ),
    };
    let _ = writeln!(
        out,
        "{} replayed{since}: {} would have needed the board (was {}), {} other approvals (was {}), {} none (was {}), {failed}",
        many(found.releases, "release", "releases"),
        after.board,
        before.board,
        after.people,
        before.people,
        after.nobody,
        before.nobody,
    );
    for (count, why) in [
        (found.unrecorded, "the facts behind them were not recorded"),
        (
            found.elsewhere,
            "their service or environment is not in both configurations",
        ),
    ] {
        if count > 0 {
            let _ = writeln!(
                out,
                "{} not replayed: {why}",
                many(count, "change", "changes")
            );
        }
    }
    if found.cut {
        out.push_str("there are more; only the newest were replayed\n");
    }
    if !found.changes.is_empty() {
        out.push('\n');
    }
    for change in found.changes.iter().take(SHOWN) {
        line(&mut out, change);
    }
    if found.changes.len() > SHOWN {
        let _ = writeln!(out, "  and {} more (-o json)", found.changes.len() - SHOWN);
    }
    out.push_str("\nrisk of what was carried out\n");
    for (rules, name) in [(before, "in force"), (after, "proposed")] {
        let bands: Vec<String> = rules
            .bands
            .iter()
            .map(|b| format!("{} {} ({} taken back)", b.band, b.changes, b.failed))
            .collect();
        let _ = writeln!(out, "  {name:<9} {}", bands.join("   "));
    }
    out
}

fn line(out: &mut String, change: &SimulatedChange) {
    let _ = writeln!(
        out,
        "{} {} {}   {}\n    now       {}\n    proposed  {}",
        change.change,
        change.release,
        change.environment,
        change.outcome,
        demand(&change.before),
        demand(&change.after)
    );
}

fn demand(asked: &SimulatedDemand) -> String {
    let boards = asked.boards.iter().map(|b| format!("board {b}"));
    let all: Vec<String> = asked.asks.iter().cloned().chain(boards).collect();
    let who = if all.is_empty() {
        "needs nobody".to_owned()
    } else {
        format!("needs {}", all.join(", "))
    };
    format!("{}, risk {} {}, {who}", asked.class, asked.risk, asked.band)
}

fn many(n: u32, one: &str, more: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { more })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_replay_says_what_would_be_asked_of_whom_and_what_would_have_slipped_through() {
        let rules = |board, people, nobody, failed: &[&str], low: (u32, u32)| {
            json!({"board": board, "people": people, "nobody": nobody, "failedWithoutApproval": failed,
                "bands": [{"band": "low", "changes": low.0, "failed": low.1}, {"band": "high", "changes": 3, "failed": 2}]})
        };
        let demand = |class: &str, risk: u8, asks: &[&str], boards: &[&str]| json!({"class": class, "risk": risk, "band": if risk < 60 {"low"} else {"high"}, "asks": asks, "boards": boards});
        let found: PolicySimulation = serde_json::from_value(json!({
            "diagnostics": [], "since": "2026-08-24T00:00:00Z", "releases": 34, "unrecorded": 2, "elsewhere": 0, "cut": false,
            "before": rules(11, 20, 3, &[], (20, 0)),
            "after": rules(5, 19, 10, &["web@8.9.2"], (26, 1)),
            "changes": [{"change": "CHG-7", "release": "web@8.9.2", "environment": "prod-eu", "at": "2026-11-01T09:00:00Z",
                "outcome": "backed-out", "before": demand("normal", 61, &["web 1"], &["weekly-cab"]),
                "after": demand("standard", 28, &[], &[])}],
        }))
        .unwrap();
        insta::assert_snapshot!(text(&found, &Look::plain()));
    }
}
