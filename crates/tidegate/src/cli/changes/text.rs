//! A change in words: the same lines wherever one is shown.

use crate::cli::class_path::drawn;
use crate::output::when::short as length;
use crate::output::{Look, Mark};
use std::fmt::Write as _;
use tidegate_client::wire::{Change, ChangeDocument, ClassGate, Demand};
use tidegate_core::time::Millis;

/// `sha256:77ab1c2d`.
pub fn short(digest: &str) -> String {
    digest.chars().take(15).collect()
}

/// `58 medium`, or nothing.
pub fn risk(change: &Change) -> String {
    let band = change.band.as_deref().unwrap_or_default();
    change
        .risk
        .map(|risk| format!("{risk} {band}").trim_end().to_owned())
        .unwrap_or_default()
}

/// What it waits for, each one line: `risk-compliance (0 of 1: asked grace, hugo)`.
pub fn missing(change: &Change) -> Vec<String> {
    let all = match change.phase.as_str() {
        "open" => &change.required,
        "reviewing" => &change.owed,
        _ => return Vec::new(),
    };
    all.iter().filter(|d| !d.met).map(demand).collect()
}

fn demand(d: &Demand) -> String {
    let name = match &d.sign {
        Some(sign) => format!("{sign} by {}", d.team),
        None => d.team.clone(),
    };
    let who = match (d.met, d.have.as_slice(), d.could.as_slice()) {
        (true, have, _) => have.join(", "),
        (false, _, []) => "nobody is left who may".to_owned(),
        (false, [], could) => format!("asked {}", could.join(", ")),
        (false, have, could) => format!("{}; asked {}", have.join(", "), could.join(", ")),
    };
    format!("{name} ({} of {}: {who})", d.have.len(), d.count)
}

/// The first line: what, which plan, who asked, who wrote, how risky.
pub fn header(c: &Change) -> String {
    let mut out = format!("{} -> {}   {}", c.release, c.environment, c.id);
    if let Some(plan) = &c.plan {
        let _ = write!(out, "   plan {}", short(&plan.digest));
    }
    let _ = write!(out, "   asked by {}", c.requesters.join(", "));
    match (c.authors.as_slice(), &c.unclear) {
        ([], Some(_)) => out.push_str(", writers unknown"),
        ([], None) => {}
        (authors, _) => {
            let _ = write!(out, ", written by {}", authors.join(", "));
        }
    }
    if let Some(class) = &c.class {
        let _ = write!(out, "   class {class}");
    }
    if c.risk.is_some() {
        let _ = write!(out, "   risk {}", risk(c));
    }
    out
}

/// The lines below: what changes, how it comes back, who is asked.
pub fn lines(c: &Change, look: &Look) -> String {
    let mut out = String::new();
    if let Some(plan) = &c.plan {
        let from = plan.from.as_deref().unwrap_or("nothing");
        let _ = writeln!(out, "  changes   {}", plan.differs.join("; "));
        for line in &plan.scope {
            let _ = writeln!(out, "  scope     {line}");
        }
        let within = length(Millis(plan.undo_within_ms));
        let _ = match plan.undo.len() {
            0 => writeln!(out, "  rollback  nothing to take back"),
            1 => writeln!(out, "  rollback  to {from}, 1 step, within {within}"),
            n => writeln!(out, "  rollback  to {from}, {n} steps, within {within}"),
        };
    }
    for (word, all) in [("needs", &c.required), ("owes", &c.owed)] {
        for d in all {
            let mark = if d.met { Mark::Ok } else { Mark::Wait };
            let until = d
                .until
                .map(|at| format!(", good until {}", look.zone.long(at)))
                .unwrap_or_default();
            let _ = writeln!(
                out,
                "  {word:<9} {} {}{until}   {}",
                mark.paint(look),
                demand(d),
                place(&d.rule)
            );
        }
    }
    if let Some(rule) = &c.signed_by_rule {
        let _ = writeln!(
            out,
            "  signed    a yes counts only signed, with `--sign-with <key file>`   {rule}"
        );
    }
    if let Some(unclear) = &c.unclear {
        let _ = writeln!(
            out,
            "  unclear   who wrote it: {unclear}; nobody's approval counts"
        );
    }
    out
}

fn place(rule: &tidegate_client::wire::Rule) -> String {
    match rule.line {
        0 => rule.path.clone(),
        line => format!("{} ({}:{line})", rule.path, rule.file),
    }
}

/// The whole of it.
pub fn text(c: &Change, look: &Look) -> String {
    let mut out = header(c);
    let _ = write!(out, "\n  state     {}", c.phase);
    if let Some(at) = c.since {
        let _ = write!(out, " since {}", look.zone.long(at));
    }
    if let Some(note) = &c.note {
        let _ = write!(out, ": {note}");
    }
    out.push('\n');
    let _ = writeln!(out, "  opened    {}", look.zone.long(c.opened_at));
    if !c.because.is_empty() {
        let _ = writeln!(out, "  class     {}", c.because.join("; "));
    }
    if let Some(raised) = &c.raised {
        let _ = writeln!(out, "  raised    {raised}");
    }
    emergency(c, look, &mut out);
    if let Some(due) = c.review_due {
        let _ = writeln!(out, "  review    due {}", look.zone.long(due));
    }
    out.push_str(&lines(c, look));
    path(c, ("path", "skips"), look, &mut out);
    for barred in &c.never_by {
        let _ = writeln!(out, "  never by  {}   {}", barred.part, place(&barred.rule));
    }
    for v in &c.votes {
        let place = match &v.instead_of {
            Some(holder) => format!("{} for {holder}", v.person),
            None => v.person.clone(),
        };
        let sign = v
            .sign
            .as_ref()
            .map(|s| format!(", {s}"))
            .unwrap_or_default();
        let reason = match v.reason.as_str() {
            "" => String::new(),
            reason => format!(": {reason}"),
        };
        let _ = writeln!(
            out,
            "  yes       {place} ({}{sign}), {}, good until {}{reason}",
            v.team,
            look.zone.long(v.at),
            look.zone.long(v.until)
        );
    }
    if let Some(void) = &c.void {
        let differs = match void.differs.as_slice() {
            [] => "what it does".to_owned(),
            differs => differs.join("; "),
        };
        let _ = writeln!(
            out,
            "  void      {} since {}: another plan, which differs in {differs}",
            void.people.join(", "),
            look.zone.long(void.at)
        );
    }
    for d in &c.documents {
        document(d, look, &mut out);
    }
    if let Some(owner) = &c.rollback_owner {
        let _ = writeln!(
            out,
            "  way back  {} ({}) decides, confirmed {}",
            owner.person,
            owner.team,
            look.zone.long(owner.at)
        );
    }
    out
}

/// The gates of its class, drawn, and those it is not asked.
fn path(c: &Change, (asks, skips): (&str, &str), look: &Look, out: &mut String) {
    let Some(path) = &c.path else { return };
    let (asked, spared) = drawn(path, look);
    for (n, line) in asked.iter().enumerate() {
        let word = if n == 0 { asks } else { "" };
        let _ = writeln!(out, "  {word:<9} {line}");
    }
    for line in &spared {
        let _ = writeln!(out, "  {skips:<9} {line}");
    }
}

fn document(d: &ChangeDocument, look: &Look, out: &mut String) {
    let rule = d.rule.as_ref().map(place).unwrap_or_default();
    let _ = match (&d.text, &d.by, d.at) {
        (Some(text), Some(by), Some(at)) => writeln!(
            out,
            "  document  {} {}, version {}, by {by} {}{}: {text}",
            if d.outdated { Mark::No } else { Mark::Ok }.paint(look),
            d.document,
            d.version.unwrap_or(1),
            look.zone.long(at),
            if d.outdated { ", of another plan" } else { "" }
        ),
        _ => writeln!(
            out,
            "  document  {} {} is missing   {rule}",
            Mark::No.paint(look),
            d.document
        ),
    };
}

fn emergency(c: &Change, look: &Look, out: &mut String) {
    let Some(e) = &c.emergency else { return };
    let _ = writeln!(
        out,
        "  emergency {} by {}: {}; permission ends {}",
        e.incident,
        e.by,
        e.reason,
        look.zone.long(e.until)
    );
    if let Some(cause) = &e.root_cause {
        let _ = writeln!(out, "  cause     {cause}");
    }
}

/// The answer to a declared emergency: who is asked still, what is owed, until when.
pub fn declared(c: &Change, look: &Look) -> String {
    let Some(e) = &c.emergency else {
        return text(c, look);
    };
    let mut out = format!(
        "{}: {} in {} is an emergency for {}. Expires {}.\n",
        c.id,
        c.release,
        c.environment,
        e.incident,
        look.zone.long(e.until)
    );
    if c.plan.is_none() {
        let _ = writeln!(
            out,
            "  next      tidegate deploy {} {}",
            c.release, c.environment
        );
    }
    path(c, ("holds", "skips"), look, &mut out);
    match &c.path {
        Some(path) => {
            let open = |gate: &&ClassGate| gate.state.is_some_and(|state| !state.passes());
            for gate in path.gates.iter().filter(open) {
                let _ = writeln!(
                    out,
                    "  needs     {}",
                    gate.title.as_deref().unwrap_or(&gate.id)
                );
            }
        }
        None => {
            for d in &c.required {
                let _ = writeln!(out, "  needs     {}", demand(d));
            }
        }
    }
    for d in &c.owed {
        let _ = writeln!(out, "  owed      {} {}, afterwards", d.team, d.count);
    }
    let _ = writeln!(
        out,
        "  owed      the review, by somebody else than {}, due {}; until then no other change of the service goes (review-debt)",
        e.by,
        look.zone.long(e.review_due)
    );
    out
}
