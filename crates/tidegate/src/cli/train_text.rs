//! Trains and departures as text, in the zone of the reader.

use crate::output::Look;
use tidegate_client::wire::{Departure, DepartureHands, Passenger, Timestamp, Train};

/// A train with its rhythm and everything ahead.
pub fn train(train: &Train, look: &Look) -> String {
    let mut text = format!(
        "{}  {}  leaves {} ({})  carries {}\n",
        train.name,
        train.phase,
        train.departs,
        train.zone,
        train.carries.join(", ")
    );
    if train.departs != train.declared {
        text += &format!("  rhythm    slower than declared ({})\n", train.declared);
    }
    if let Some(proposal) = &train.proposal {
        text += &format!(
            "  proposed  leaves {} from {} on: {}\n            refuse it: tidegate train keep {} --reason …\n",
            proposal.departs,
            look.zone.long(proposal.effective),
            proposal.figures,
            train.name
        );
    }
    if let Some(results) = &train.results {
        text += &format!("  results   {results}\n");
    }
    if let Some(paced) = &train.paced {
        text += &format!("  last      {paced}\n");
    }
    let shown = train.past.iter().rev();
    for departure in shown.chain(&train.under_way).chain(&train.ahead) {
        text.push('\n');
        text += &one(departure, look);
    }
    text
}

/// One departure: its line, then who is aboard.
pub fn one(departure: &Departure, look: &Look) -> String {
    let mut text = first_line(departure, look);
    text.push('\n');
    let width = |of: fn(&Passenger) -> &str| {
        let all = departure.passengers.iter().map(|p| of(p).chars().count());
        all.max().unwrap_or(0)
    };
    let (names, states) = (width(|p| &p.release).max(16), width(|p| &p.state).max(8));
    for passenger in &departure.passengers {
        let line = format!(
            "  {:names$}  {:states$}  {}",
            passenger.release, passenger.state, passenger.detail
        );
        text += line.trim_end();
        text.push('\n');
    }
    for hands in &departure.hands {
        text += &format!("  hands {}\n", lent(hands));
    }
    for feature in &departure.features {
        let state = match feature.missing.as_slice() {
            [] => "complete".to_owned(),
            missing => format!("not complete: {}", missing.join(", ")),
        };
        text += &format!("  feature {}  {state}\n", feature.name);
    }
    for gone in &departure.gone {
        let word = if gone.moved { "moved on" } else { "left" };
        text += &format!(
            "  {:names$}  {word:states$}  {}\n",
            gone.release, gone.because
        );
    }
    let before = departure.overruled.iter().map(|said| ("before: ", said));
    for (when, said) in before.chain(departure.decision.iter().map(|said| ("", said))) {
        let word = if said.go { "go" } else { "no-go" };
        let next = said
            .next
            .map(|at| format!("; looked at again {}", look.zone.long(at)))
            .unwrap_or_default();
        text += &format!("  {when}{word} by {}: {}{next}\n", said.by, said.reason);
    }
    for postponed in &departure.postponed {
        text += &format!(
            "  postponed from {} by {}: {}\n",
            look.zone.long(postponed.from),
            postponed.by,
            postponed.because
        );
    }
    if let Some(kept) = &departure.kept {
        text += &format!("  keeps its date: {kept}\n");
    }
    for near in &departure.near {
        let until = near
            .until
            .map_or_else(|| "without an end".to_owned(), |at| look.zone.long(at));
        let from = look.zone.long(near.from);
        let title = match near.kind.as_str() {
            "freeze" => String::new(),
            _ => format!(" ({})", near.title),
        };
        text += &format!(
            "  near  {} {}{title}: {from} - {until}\n",
            near.kind, near.name
        );
    }
    text
}

/// `testing needs 2, 1 free: 3 members, 2 busy with wholesale#1`.
fn lent(hands: &DepartureHands) -> String {
    let Some(free) = hands.free else {
        return format!("{}: {} busy until it arrives", hands.team, hands.needs);
    };
    let text = format!("{} needs {}, {free} free", hands.team, hands.needs);
    match &hands.because {
        Some(because) => format!("{text}: {because}"),
        None => text,
    }
}

fn first_line(departure: &Departure, look: &Look) -> String {
    let mut line = format!(
        "{} #{}  {}",
        departure.train,
        departure.number,
        look.zone.long(departure.departs)
    );
    if let Some(waits) = &departure.waits {
        let until = match waits.until {
            Some(until) => format!("until {}", clock(departure.departs, until, look)),
            None => "without an end in sight".to_owned(),
        };
        line += &format!(" (waits {until}, {})", waits.by);
    }
    line += &format!("   {}", departure.phase);
    if let Some(because) = &departure.because {
        line += &format!(": {because}");
    }
    let over = ["departed", "arrived", "cancelled"].contains(&departure.phase.as_str());
    if over {
        return line;
    }
    if departure.scope_closes < departure.departs {
        line += &format!("   scope closes {}", day(departure.scope_closes, look));
    }
    if departure.code_closes < departure.departs {
        line += &format!("   code closes {}", day(departure.code_closes, look));
    }
    if let Some(decides) = departure.decides {
        line += &format!("   go/no-go {}", day(decides, look));
        if let Some(team) = &departure.decided_by {
            line += &format!(" by {team}");
        }
    }
    line
}

/// The clock alone on the day it is about.
fn clock(day: Timestamp, at: Timestamp, look: &Look) -> String {
    let same = look.zone.clock_from(day, at);
    match same.len() {
        // `12:00:00`: seconds say nothing here.
        8 => same.get(..5).unwrap_or(&same).to_owned(),
        _ => same,
    }
}

/// A day, with the time when it is not its beginning.
fn day(at: Timestamp, look: &Look) -> String {
    let long = look.zone.long(at);
    if !look.zone.clock(at).starts_with("00:00") {
        return long;
    }
    // `Thu 26 Nov 2026 00:00 Berlin`
    let words: Vec<&str> = long.split(' ').take(3).collect();
    words.join(" ")
}
