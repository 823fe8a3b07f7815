//! Entries and proposals as people read them.

use crate::cli::session::Session;
use crate::exit::Failure;
use crate::output::table::Column;
use crate::output::{Listing, Look, Mark, Table};
use std::fmt::Write as _;
use tidegate_client::wire::{CalendarEntry, EntryProposal, EntryProposalItem, EntryTime};
use tidegate_core::time::Millis;

/// All of them.
pub fn list(items: &[CalendarEntry], session: &Session) -> Result<(), Failure> {
    let mut table = Table::new(&[
        Column::Always("ENTRY"),
        Column::Always("EFFECT"),
        Column::Always("FROM"),
        Column::Always("UNTIL"),
        Column::Always("TITLE"),
        Column::Always("CONCERNS"),
        Column::Wide("STATE"),
        Column::Wide("OWNER"),
        Column::Wide("BY"),
        Column::Wide("BREACHES"),
    ]);
    let look = &session.out.look;
    for e in items {
        let (from, until) = match e.next.first() {
            Some(next) => (look.zone.stamp(next.from), look.zone.stamp(next.until)),
            None => (e.state.clone(), String::new()),
        };
        table.row([
            e.id.clone(),
            e.effect.clone(),
            from,
            until,
            e.title.clone(),
            e.concerns.clone(),
            e.state.clone(),
            e.owner.clone().unwrap_or_default(),
            e.by.clone(),
            e.breaches.len().to_string(),
        ]);
    }
    session.out.list(&Listing {
        items,
        name: |e| e.id.clone(),
        table,
        none: "nothing was declared: tidegate calendar add maintenance",
    })
}

/// One entry.
pub fn entry(e: &CalendarEntry, look: &Look) -> String {
    let mut text = format!("{}  {}  {}  {}\n", e.id, e.state, e.effect, e.title);
    if let Some(phrase) = phrase(&e.time) {
        let _ = writeln!(text, "  repeats  {phrase} ({})", e.zone);
    }
    for next in &e.next {
        let from = look.zone.long(next.from);
        let _ = writeln!(
            text,
            "  from     {from} until {}",
            look.zone.long(next.until)
        );
    }
    let _ = writeln!(text, "  concerns {}", e.concerns);
    let owner = e.owner.as_deref().map(|o| format!("; {o} answers for it"));
    let owner = owner.unwrap_or_default();
    let _ = writeln!(text, "  declared by {}: {}{owner}", e.by, e.reason);
    if !e.lets.is_empty() {
        let _ = writeln!(text, "  lets through {}", e.lets.join(", "));
    }
    for c in &e.consents {
        let _ = writeln!(text, "  {} may go: {} ({})", c.release, c.because, c.by);
    }
    for breach in &e.breaches {
        let _ = writeln!(text, "  {} breach: {breach}", Mark::No.paint(look));
    }
    if let Some(note) = &e.note {
        let _ = writeln!(text, "  {note}");
    }
    text
}

fn phrase(time: &EntryTime) -> Option<String> {
    let phrase = time.phrase.as_ref()?;
    Some(match time.lasting_ms {
        Some(ms) => format!("{phrase} for {}", Millis(ms)),
        None => phrase.clone(),
    })
}

/// What it does to planned work.
pub fn proposal(p: &EntryProposal, look: &Look) -> String {
    let mut text = format!("{}: {}\n", p.entry, p.summary);
    for item in &p.items {
        let mark = match item.outcome.as_str() {
            "stays" | "goes-on" => Mark::Ok,
            "is-cancelled" => Mark::No,
            _ => Mark::Wait,
        };
        let _ = writeln!(
            text,
            "  {} {} -> {}  {}",
            mark.paint(look),
            work(item),
            item.environment,
            said(item, look)
        );
        let _ = writeln!(
            text,
            "         {}; tell {}",
            item.because,
            item.tell.join(", ")
        );
    }
    text
}

/// `web@1.1.0`, or `departure retail#3 with web@1.1.0`.
fn work(item: &EntryProposalItem) -> String {
    let releases = item.releases.join(", ");
    match &item.departure {
        None => releases,
        Some(id) if releases.is_empty() => format!("departure {id}"),
        Some(id) => format!("departure {id} with {releases}"),
    }
}

fn said(item: &EntryProposalItem, look: &Look) -> String {
    let slot = item.slot.map(|at| look.zone.long(at));
    let slot = slot.unwrap_or_default();
    match (item.outcome.as_str(), item.to) {
        ("moves", Some(to)) => format!("moves from {slot} to {}", look.zone.long(to)),
        ("waits", Some(to)) => format!("leaves at {slot} and waits until {}", look.zone.long(to)),
        ("waits", None) => format!("leaves at {slot} and waits without an end in sight"),
        ("stays", _) if !slot.is_empty() => format!("stays at {slot}"),
        ("stays", _) => "stays".to_owned(),
        ("goes-on", _) => "is under way and goes on".to_owned(),
        ("needs-consent", _) => format!("keeps {slot} if its owner consents"),
        _ => format!("cannot go; it was to go {slot}"),
    }
}
