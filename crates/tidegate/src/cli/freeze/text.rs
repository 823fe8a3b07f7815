//! Freezes as people read them: state, time in each environment with its zone, policy, who may change it.

use crate::cli::session::Session;
use crate::exit::Failure;
use crate::output::table::Column;
use crate::output::when::Zone;
use crate::output::{Listing, Look, Mark, Table};
use std::fmt::Write as _;
use tidegate_client::wire::{Freeze, FreezeEffect, FreezePreview, FreezeSpan};

/// All of them.
pub fn list(items: &[Freeze], session: &Session) -> Result<(), Failure> {
    let mut table = Table::new(&[
        Column::Always("FREEZE"),
        Column::Always("STATE"),
        Column::Always("FROM"),
        Column::Always("UNTIL"),
        Column::Always("CONCERNS"),
        Column::Always("WHY"),
        Column::Wide("IN-FLIGHT"),
        Column::Wide("BY"),
        Column::Wide("EXCEPTIONS"),
    ]);
    let look = &session.out.look;
    for f in items {
        let from = f.spans.iter().map(|s| s.from).min();
        let until = f.spans.iter().filter_map(|s| s.until).max();
        let open = f.spans.iter().any(|s| s.until.is_none());
        table.row([
            f.id.clone(),
            f.state.clone(),
            from.map_or_else(String::new, |at| look.zone.stamp(at)),
            match until.filter(|_| !open) {
                Some(at) => look.zone.stamp(at),
                None if open => "open".to_owned(),
                None => String::new(),
            },
            f.concerns.clone(),
            f.why.clone(),
            f.policy.in_flight.clone().unwrap_or_default(),
            f.by.clone().unwrap_or_default(),
            f.exceptions.join(","),
        ]);
    }
    session.out.list(&Listing {
        items,
        name: |f| f.id.clone(),
        table,
        none: "no freeze holds or lies ahead",
    })
}

/// One freeze in the format asked for.
pub fn show(freeze: &Freeze, session: &Session) -> Result<(), Failure> {
    session
        .out
        .show(freeze, &freeze.id, |look| text(freeze, look))
}

fn text(f: &Freeze, look: &Look) -> String {
    let mark = match f.state.as_str() {
        "holds" | "unreadable" => Mark::No,
        "ahead" => Mark::Wait,
        _ => Mark::Ok,
    };
    let mut out = format!("{}  {} {}  {}\n", f.id, mark.paint(look), f.state, f.why);
    let _ = writeln!(out, "  concerns    {}", f.concerns);
    for (n, span) in f.spans.iter().enumerate() {
        let label = if n == 0 { "time" } else { "" };
        let _ = writeln!(out, "  {label:<10}  {}  {}", span.environment, times(span));
    }
    let word = |word: &Option<String>| word.clone().unwrap_or_default();
    let _ = writeln!(
        out,
        "  inside      rollouts under way {} · rollbacks {} · first installs {}",
        word(&f.policy.in_flight),
        word(&f.policy.rollbacks),
        word(&f.policy.first_installs),
    );
    let mut granted: Vec<String> = f.exceptions_by.iter().cloned().collect();
    if !f.policy.let_through.is_empty() {
        let classes = f.policy.let_through.join(", ");
        granted.push(format!("class {classes} at once, with a review owed"));
    }
    if granted.is_empty() {
        granted.push("nobody grants any".to_owned());
    }
    let _ = writeln!(out, "  exceptions  {}", granted.join(" · "));
    if !f.exceptions.is_empty() {
        let _ = writeln!(out, "              {}", f.exceptions.join(", "));
    }
    if let (Some(by), Some(since)) = (&f.by, f.since) {
        let _ = writeln!(out, "  declared    by {by}, {}", look.zone.long(since));
    }
    if let Some(at) = f.review_at {
        let _ = writeln!(
            out,
            "  review      still needed? asked {}",
            look.zone.long(at)
        );
    }
    if let Some(note) = &f.note {
        let _ = writeln!(out, "  note        {note}");
    }
    if let Some(rule) = &f.rule {
        let _ = writeln!(out, "  written     {}:{}", rule.file, rule.line);
    }
    out
}

/// In the zone of the rule.
fn times(span: &FreezeSpan) -> String {
    let zone = Zone::named(&span.zone).unwrap_or_else(|_| Zone::utc());
    match span.until {
        Some(until) => format!("{} - {}", zone.long(span.from), zone.long(until)),
        None => format!("{}, without an end", zone.long(span.from)),
    }
}

/// What a freeze would do.
pub fn preview(p: &FreezePreview, look: &Look) -> String {
    let mut out = format!("would concern {}", p.concerns);
    match p.until {
        Some(until) => {
            let _ = writeln!(out, ", until {}", look.zone.long(until));
        }
        None => out.push_str(", until somebody lifts it\n"),
    }
    for environment in &p.environments {
        let _ = writeln!(out, "{} ({})", environment.environment, environment.zone);
        let here = p
            .affected
            .iter()
            .filter(|a| a.environment == environment.environment);
        let mut any = false;
        for a in here {
            any = true;
            let _ = writeln!(out, "  {:<9} {}", a.effect, effect(a));
        }
        if !any {
            let _ = writeln!(out, "  nothing waits or runs in the next {} days", p.days);
        }
    }
    out
}

fn effect(a: &FreezeEffect) -> String {
    let zone = Zone::named(&a.zone).unwrap_or_else(|_| Zone::utc());
    let mut text = match &a.release {
        Some(release) => format!("{release}  {}", a.what),
        None => a.what.clone(),
    };
    let _ = write!(text, " ({})", a.phase);
    if let Some(at) = a.without {
        let _ = write!(text, ", would start {}", zone.long(at));
    }
    text
}
