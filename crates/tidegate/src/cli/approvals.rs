//! `tidegate approvals`: what waits for whom, since when.

use super::changes::missing;
use super::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::when::short as length;
use crate::output::{Listing, Table};
use tidegate_client::wire::{Approvals, Change, SignOff};
use tidegate_core::time::Millis;

/// Show what waits for whom, since when, and how long each team is waited for
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only what waits for you
    #[arg(long)]
    mine: bool,
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let found = session.client()?.approvals(args.mine).await?;
    if session.out.wants_data() && session.out.format != Some(crate::output::Format::Name) {
        session.out.data(&found)?;
        return Ok(Exit::Done);
    }
    if !found.items.is_empty() || found.rollouts.is_empty() {
        list(&found.items, session)?;
    }
    if session.out.format != Some(crate::output::Format::Name) {
        for asked in &found.rollouts {
            session.out.line(&rollout(asked, session))?;
        }
    }
    if !found.teams.is_empty() && session.out.format != Some(crate::output::Format::Name) {
        session.out.hint(teams(&found, session).trim_end());
    }
    Ok(Exit::Done)
}

fn list(items: &[Change], session: &Session) -> Result<(), Failure> {
    let mut table = Table::new(&[
        Column::Always("CHANGE"),
        Column::Always("RELEASE"),
        Column::Always("ENVIRONMENT"),
        Column::Always("CLASS"),
        Column::Always("RISK"),
        Column::Always("WAITS-FOR"),
        Column::Always("SINCE"),
        Column::Always("YOU"),
    ]);
    for c in items {
        let since = c.since.filter(|_| c.phase == "reviewing");
        let you = match (c.you.ballots.as_slice(), c.you.barred.as_slice()) {
            ([first, ..], _) => format!("may, for {}", first.team),
            ([], [part, ..]) => format!("may not: {}", part.part),
            _ => String::new(),
        };
        table.row([
            c.id.clone(),
            c.release.clone(),
            c.environment.clone(),
            c.class.clone().unwrap_or_default(),
            c.risk.map_or_else(String::new, |risk| risk.to_string()),
            missing(c).join("; "),
            session.out.look.zone.stamp(since.unwrap_or(c.opened_at)),
            you,
        ]);
    }
    session.out.list(&Listing {
        items,
        name: |c| c.id.clone(),
        table,
        none: "nothing waits for anybody",
    })
}

/// A rollout that waits for a signature, with what gives it.
fn rollout(asked: &SignOff, session: &Session) -> String {
    format!(
        "{} in {}: the rollout waits for {} by {} ({}) since {}; `tidegate approve {}` signs it\n",
        asked.release,
        asked.environment,
        asked.sign,
        asked.team,
        match asked.could.as_slice() {
            [] => "nobody is left who may".to_owned(),
            could => could.join(", "),
        },
        session.out.look.zone.stamp(asked.since),
        asked.deployment
    )
}

/// How long each team is waited for.
fn teams(found: &Approvals, session: &Session) -> String {
    let mut out = String::new();
    for team in &found.teams {
        let many = if team.waiting == 1 {
            "change"
        } else {
            "changes"
        };
        out.push_str(&format!(
            "{}: {} {many}, the oldest since {} ({}); {} could decide\n",
            team.team,
            team.waiting,
            session.out.look.zone.long(team.since),
            length(Millis(team.longest_ms)),
            if team.could.is_empty() {
                "nobody".to_owned()
            } else {
                team.could.join(", ")
            }
        ));
    }
    out
}
