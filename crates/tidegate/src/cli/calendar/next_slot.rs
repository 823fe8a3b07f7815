//! `tidegate calendar next-slot`: when whole operations fit.

use crate::cli::session::Session;
use crate::cli::why::condition_lines;
use crate::exit::{Exit, Failure};
use crate::output::Look;
use crate::output::when::Zone;
use tidegate_client::SlotQuery;
use tidegate_client::wire::{NextSlots, PlannedSlot, SlotObstacle, Timestamp};
use tidegate_core::time::Millis;

/// Find the next times at which whole operations fit
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tidegate calendar next-slot payments prod-eu
  tidegate calendar next-slot ledger,payments prod-eu,prod-us --for 45m

Services go in the order of what they need, environments in the order of `after`. The instants are those at which the
gates of the calendar let each start. Where only so many go at a time, times that others have reserved are left to them,
and what keeps them is named. Locks and holds are not looked at.
Ends with 0 when there is a slot and with 3 when there is none.")]
pub struct NextSlot {
    /// Services
    #[arg(value_name = "SERVICE[,SERVICE]")]
    services: String,
    /// Environments
    #[arg(value_name = "ENV[,ENV]")]
    environments: String,
    /// How long one service takes in one environment as a whole [default: what its next deployment would take]
    #[arg(long = "for", value_name = "LENGTH")]
    length: Option<String>,
    /// Not before this instant [default: now]
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// How many slots
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=20))]
    limit: u8,
}

/// Ask and show.
pub async fn run(args: &NextSlot, session: &Session) -> Result<Exit, Failure> {
    if let Some(text) = &args.length {
        Millis::parse(text).map_err(Failure::usage)?;
    }
    if let Some((service, _)) = args.services.split_once('@') {
        let text = format!(
            "times are found for services, and `{}` is a release",
            args.services
        );
        return Err(Failure::usage(text).help(format!(
            "name the service alone (`{service}`); `tidegate why {} {}` is about the release",
            args.services, args.environments
        )));
    }
    let from = args
        .from
        .as_deref()
        .map(|text| session.instant(text))
        .transpose()?;
    let wanted = SlotQuery {
        services: names(&args.services),
        environments: names(&args.environments),
        length: args.length.clone(),
        from,
        limit: Some(usize::from(args.limit)),
    };
    let found = session.client()?.next_slots(&wanted).await?;
    let name = found.slots.first().and_then(|slot| slot.stages.first());
    let name = name.map_or(String::new(), |stage| stage.from.to_string());
    session.out.show(&found, &name, |look| text(&found, look))?;
    Ok(if found.slots.is_empty() {
        Exit::Blocked
    } else {
        Exit::Done
    })
}

fn names(text: &str) -> Vec<String> {
    let parts = text.split(',').map(str::trim);
    parts
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The slots, what lay before each, and what ends the list.
pub fn text(found: &NextSlots, look: &Look) -> String {
    let mut text = String::new();
    for (number, slot) in found.slots.iter().enumerate() {
        text.push_str(&format!("{}. {}\n", number + 1, one(slot, look)));
    }
    if let Some(never) = &found.never {
        text.push_str(&format!(
            "{} {} in {}: no {}slot from {} on, until something changes\n",
            if found.slots.is_empty() {
                "never"
            } else {
                "then"
            },
            never.service,
            never.environment,
            if found.slots.is_empty() {
                ""
            } else {
                "further "
            },
            look.zone.long(never.at),
        ));
        text.push_str(&conditions(never, look));
    } else if found.slots.is_empty() {
        text.push_str("no slot\n");
    }
    text
}

fn one(slot: &PlannedSlot, look: &Look) -> String {
    let alone = slot.stages.len() == 1;
    let first = slot.stages.iter().map(|stage| stage.from).min();
    let last = slot.stages.iter().map(|stage| stage.until).max();
    let mut text = match (alone, first, last) {
        (false, Some(first), Some(last)) => {
            format!("{} - {}\n", both(first, None, look), look.zone.long(last))
        }
        _ => String::new(),
    };
    for stage in &slot.stages {
        let latest = match stage.latest {
            Some(at) if at > stage.from => {
                format!("   starts until {}", clock(at, stage.from, look))
            }
            Some(_) => "   starts then or not".to_owned(),
            None => "   open without an end".to_owned(),
        };
        let indent = if alone { "" } else { "     " };
        text.push_str(&format!(
            "{indent}{} {}  {} - {}{latest}\n",
            stage.service,
            stage.environment,
            both(stage.from, Zone::named(&stage.zone).ok(), look),
            clock(stage.until, stage.from, look),
        ));
    }
    for before in &slot.before {
        let indent = "     ";
        text.push_str(&format!(
            "{indent}{} {} not at {}:\n{}",
            before.service,
            before.environment,
            look.zone.long(before.at),
            conditions(before, look),
        ));
    }
    text.trim_end().to_owned()
}

fn conditions(obstacle: &SlotObstacle, look: &Look) -> String {
    let lines = condition_lines(&obstacle.conditions, look, true);
    lines
        .into_iter()
        .map(|line| format!("       {line}\n"))
        .collect()
}

/// A clock time, with its day where that is another one.
fn clock(at: Timestamp, from: Timestamp, look: &Look) -> String {
    let day = |at: Timestamp| look.zone.stamp(at).get(..10).map(str::to_owned);
    if day(at) == day(from) {
        look.zone.clock(at).get(..5).unwrap_or_default().to_owned()
    } else {
        look.zone.long(at)
    }
}

/// An instant for the reader, and by the clocks of the environment where they differ.
fn both(at: Timestamp, own: Option<Zone>, look: &Look) -> String {
    let text = look.zone.long(at);
    match own {
        Some(own) if own.offset(at) != look.zone.offset(at) => {
            let theirs = own.clock(at);
            format!(
                "{text} ({} {})",
                theirs.get(..5).unwrap_or_default(),
                own.short()
            )
        }
        _ => text,
    }
}
