//! `tidegate window`: when windows open, and whether an environment is open.

use super::calendar::feeds;
use super::calendar::show::origin;
use super::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::when::Zone;
use crate::output::{Format, Listing, Look, Mark, Table};
use tidegate_client::wire::{StaleCalendar, Standing, TimeSpan, Window};

/// Look at windows: open now? until when? when next?
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List windows with zone, place, state and next five openings
    List,
    /// Ask whether an environment is open, as far as the calendar goes for all services
    #[command(after_help = "Ends with 0 when it is open and with 3 when it is not.")]
    Check {
        /// Environment
        environment: String,
        /// Ask about this instant instead of now: `2026-11-25 09:00`, or RFC 3339
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
    },
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    match &args.verb {
        Verb::List => {
            list(&session.client()?.windows().await?.items, session)?;
            Ok(Exit::Done)
        }
        Verb::Check { environment, at } => {
            let at = at
                .as_deref()
                .map(|text| session.instant(text))
                .transpose()?;
            let found = session.client()?.standing(environment, at).await?;
            session
                .out
                .show(&found, &found.environment, |look| standing(&found, look))?;
            Ok(if found.open {
                Exit::Done
            } else {
                Exit::Blocked
            })
        }
    }
}

fn list(items: &[Window], session: &Session) -> Result<(), Failure> {
    let out = &session.out;
    let drawn =
        out.format == Some(Format::Table) || (out.format.is_none() && out.terminal.is_tty());
    if drawn && !items.is_empty() {
        let text: Vec<String> = items.iter().map(|window| one(window, &out.look)).collect();
        return out.line(&text.join("\n"));
    }
    let mut table = Table::new(&[
        Column::Always("WINDOW"),
        Column::Always("ENVIRONMENTS"),
        Column::Always("STATE"),
        Column::Always("UNTIL"),
        Column::Always("ZONE"),
        Column::Always("ALLOW"),
        Column::Always("NEXT"),
        Column::Always("WHERE"),
    ]);
    for window in items {
        let zone = &out.look.zone;
        table.row([
            window.name.clone(),
            window.environments.join(","),
            state(window).to_owned(),
            window.until.map_or(String::new(), |at| zone.stamp(at)),
            window.zone.clone(),
            window.allow.join("; "),
            window
                .next
                .first()
                .map_or(String::new(), |span| zone.stamp(span.from)),
            format!("{}:{}", window.rule.file, window.rule.line),
        ]);
    }
    out.list(&Listing {
        items,
        name: |window| window.name.clone(),
        table,
        none: "no windows: every environment is open at any time",
    })
}

fn state(window: &Window) -> &'static str {
    match (&window.broken, window.open) {
        (Some(_), _) => "broken",
        (None, true) => "open",
        (None, false) => "closed",
    }
}

/// A window by its own clocks; the reader's stand beside the instant at which it changes.
pub fn one(window: &Window, look: &Look) -> String {
    let own = Zone::named(&window.zone).unwrap_or_else(|_| look.zone.clone());
    let mark = match state(window) {
        "open" => Mark::Ok,
        "closed" => Mark::Wait,
        _ => Mark::Broken,
    };
    let until = match (window.until, window.open) {
        (Some(at), true) => format!(" until {}", beside(at, &own, look)),
        (Some(at), false) => format!(", opens {}", beside(at, &own, look)),
        (None, true) => " without an end in the next 400 days".to_owned(),
        (None, false) => ", does not open in the next 400 days".to_owned(),
    };
    let users = match window.environments.as_slice() {
        [] => "no environment".to_owned(),
        some => some.join(", "),
    };
    let rule = &window.rule;
    let mut text = format!("{}  {} {}", window.name, mark.paint(look), state(window));
    match &window.broken {
        Some(because) => text.push_str(&format!(": {because}\n")),
        None => text.push_str(&format!("{until}\n")),
    }
    text.push_str(&format!(
        "  allow  {}   {}\n",
        window.allow.join("; "),
        window.zone
    ));
    text.push_str(&format!("  for    {users}   {}:{}\n", rule.file, rule.line));
    if !window.next.is_empty() {
        text.push_str(&format!(
            "  next   {}\n",
            openings(&window.next, &own).join("\n         ")
        ));
    }
    text
}

fn openings(next: &[TimeSpan], own: &Zone) -> Vec<String> {
    next.iter()
        .map(|span| format!("{} - {}", own.long(span.from), own.long(span.until)))
        .collect()
}

/// By the clocks of the rule, and the reader's where they differ.
fn beside(at: tidegate_client::wire::Timestamp, own: &Zone, look: &Look) -> String {
    if own.offset(at) == look.zone.offset(at) {
        return own.long(at);
    }
    let theirs = look.zone.clock(at);
    format!(
        "{} ({} {})",
        own.long(at),
        theirs.get(..5).unwrap_or_default(),
        look.zone.short()
    )
}

/// How an environment stands.
pub fn standing(found: &Standing, look: &Look) -> String {
    let own = Zone::named(&found.zone).unwrap_or_else(|_| look.zone.clone());
    let holds_all = |c: &StaleCalendar| c.blocks && c.services.is_empty();
    let stale = found.stale.iter().any(holds_all);
    let known = found.unknown.is_empty() && !stale;
    let (mark, word) = match (found.open, found.unknown.is_empty()) {
        (true, _) => (Mark::Ok, "open"),
        (false, false) => (Mark::Broken, "closed, because a rule cannot be read"),
        (false, true) if stale => (Mark::Broken, "closed, because a calendar is stale"),
        (false, true) => (Mark::Wait, "closed"),
    };
    let until = match (found.until, found.open) {
        (Some(at), true) => format!(" until {}", beside(at, &own, look)),
        (Some(at), false) => format!(", opens {}", beside(at, &own, look)),
        (None, true) => " without an end in the next 400 days".to_owned(),
        (None, false) if known => ", does not open in the next 400 days".to_owned(),
        (None, false) => String::new(),
    };
    let mut text = format!(
        "{}  {} {word}{until}   asked {}\n",
        found.environment,
        mark.paint(look),
        look.zone.long(found.at)
    );
    for item in &found.because {
        let end = item.until.map_or("without an end".to_owned(), |at| {
            format!("until {}", own.long(at))
        });
        let services = match item.services.as_slice() {
            [] => String::new(),
            some => format!(" ({} only)", some.join(", ")),
        };
        text.push_str(&format!(
            "  {} {}{services} {end}   {}\n",
            item.kind,
            item.name,
            origin(item, &look.zone)
        ));
    }
    for unknown in &found.unknown {
        let rule = &unknown.rule;
        text.push_str(&format!(
            "  {} ({}:{}) cannot be read: {}\n",
            rule.path, rule.file, rule.line, unknown.because
        ));
    }
    for stale in &found.stale {
        text.push_str(&format!("  {}\n", feeds::stale(stale, look)));
    }
    if !found.next.is_empty() {
        text.push_str(&format!(
            "  next  {}\n",
            openings(&found.next, &own).join("\n        ")
        ));
    }
    text
}
