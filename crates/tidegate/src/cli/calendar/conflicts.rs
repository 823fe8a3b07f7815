//! `tidegate calendar conflicts`: what collides before it hurts.

use super::show::{Place, origin};
use crate::cli::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::{Format, Listing, Look, Table};
use tidegate_client::wire::{CalendarItem, Conflict, Conflicts as Found, ProposalKind};

/// Find what collides: deployments, departures, freezes, windows and whatever stands on the calendar
#[derive(Debug, clap::Args)]
pub struct Conflicts {
    #[command(flatten)]
    place: Place,
}

/// Ask and show.
pub async fn run(args: &Conflicts, session: &Session) -> Result<Exit, Failure> {
    let wanted = args.place.query(session)?;
    let found = session.client()?.conflicts(&wanted).await?;
    let out = &session.out;
    let drawn =
        out.format == Some(Format::Table) || (out.format.is_none() && out.terminal.is_tty());
    match out.format {
        Some(Format::Json | Format::Yaml) => out.data(&found)?,
        _ if drawn => out.line(&text(&found, &out.look))?,
        _ => out.list(&Listing {
            items: &found.conflicts,
            name: |conflict| conflict.work.id.clone(),
            table: table(&found, &out.look),
            none: "no conflicts",
        })?,
    }
    for unknown in &found.unknown {
        out.hint(&format!(
            "warning: {} cannot be read, so it was not looked at: {}",
            unknown.rule.path, unknown.because
        ));
    }
    Ok(Exit::Done)
}

fn table(found: &Found, look: &Look) -> Table {
    let mut table = Table::new(&[
        Column::Always("REASON"),
        Column::Always("WORK"),
        Column::Always("SERVICE"),
        Column::Always("ENVIRONMENT"),
        Column::Always("WITH"),
        Column::Always("FROM"),
        Column::Always("UNTIL"),
        Column::Always("PROPOSALS"),
    ]);
    for conflict in &found.conflicts {
        table.row([
            conflict.reason.clone(),
            conflict.work.name.clone(),
            conflict.service.clone(),
            conflict.environment.clone(),
            conflict.with.as_ref().map_or(String::new(), named),
            look.zone.stamp(conflict.overlap.from),
            look.zone.stamp(conflict.overlap.until),
            proposals(conflict, look).join("; "),
        ]);
    }
    table
}

fn named(item: &CalendarItem) -> String {
    format!("{} {}", item.kind, item.name)
}

/// Conflicts as people read them.
pub fn text(found: &Found, look: &Look) -> String {
    let mut text = String::new();
    let width = found
        .conflicts
        .iter()
        .map(|c| c.reason.len())
        .max()
        .unwrap_or(0)
        + 2;
    for conflict in &found.conflicts {
        let with = match (&conflict.with, conflict.reason.as_str()) {
            (Some(item), "window") => {
                format!("outside {} ({})", named(item), origin(item, &look.zone))
            }
            (Some(item), _) => format!("{} ({})", named(item), origin(item, &look.zone)),
            (None, _) => "no window is open any more".to_owned(),
        };
        text.push_str(&format!(
            "{:width$}{} ({} in {})  with {with}\n",
            conflict.reason, conflict.work.name, conflict.service, conflict.environment
        ));
        text.push_str(&format!(
            "{:width$}{} - {}\n",
            "",
            look.zone.long(conflict.overlap.from),
            look.zone.long(conflict.overlap.until)
        ));
        let proposals = proposals(conflict, look);
        let proposals = match proposals.as_slice() {
            [] => "nothing within 400 days: change the calendar".to_owned(),
            some => some.join(", or "),
        };
        text.push_str(&format!("{:width$}{proposals}\n", ""));
    }
    let more = match found.left_out {
        0 => String::new(),
        left => format!(" and {left} more"),
    };
    text.push_str(&format!(
        "{} conflicts{more} among {} planned operations, {} - {}\n",
        found.conflicts.len(),
        found.looked_at,
        look.zone.long(found.from),
        look.zone.long(found.until),
    ));
    text
}

fn proposals(conflict: &Conflict, look: &Look) -> Vec<String> {
    let say = |proposal: &tidegate_client::wire::ConflictProposal| {
        let from = look.zone.long(proposal.from);
        match proposal.does {
            ProposalKind::After => format!("let it follow at {from}"),
            ProposalKind::Move => format!("move it to {from}"),
            ProposalKind::Wait => format!("let it wait until {from}"),
        }
    };
    conflict.proposals.iter().map(say).collect()
}
