//! Agendas and minutes as text.

use super::criteria;
use crate::output::Look;
use std::fmt::Write as _;
use tidegate_client::wire::{BoardCondition, BoardItem, BoardMeeting, BoardVote};

/// Digits of a digest that people are shown.
const DIGITS: usize = "sha256:".len() + 8;

/// The beginning of a digest.
pub(super) fn short(digest: &str) -> &str {
    digest.get(..DIGITS).unwrap_or(digest)
}

/// What a sitting decides about.
pub(super) fn agenda(m: &BoardMeeting, look: &Look) -> String {
    let mut out = head(m, look);
    let _ = match m.phase.as_str() {
        "to-come" | "called" => writeln!(
            out,
            "  agenda    open until {}",
            look.zone.long(m.agenda_closes)
        ),
        "closed" => writeln!(out, "  agenda    over"),
        _ => writeln!(
            out,
            "  agenda    closed {}; what comes now is decided at the next sitting",
            look.zone.long(m.agenda_closes)
        ),
    };
    agreed(&mut out, m, look);
    if m.items.is_empty() {
        let _ = writeln!(out, "  nothing is on it");
    }
    items(&mut out, m, look);
    failed(&mut out, m, look);
    out
}

/// What a sitting decided.
pub(super) fn minutes(m: &BoardMeeting, look: &Look) -> String {
    let mut out = head(m, look);
    if let Some(at) = m.opened_at {
        let _ = writeln!(out, "  opened    {}", look.zone.long(at));
    }
    if let Some(at) = m.closed_at {
        let _ = writeln!(out, "  closed    {}", look.zone.long(at));
    }
    let number = |states: &[&str]| {
        let of = m.items.iter();
        of.filter(|i| states.contains(&i.state.as_str())).count()
    };
    let (decided, moved, dropped) = (
        number(&["go", "no-go"]),
        number(&["moved"]),
        number(&["dropped"]),
    );
    let _ = writeln!(
        out,
        "  items     {decided} decided, {moved} moved on, {dropped} no longer needed"
    );
    agreed(&mut out, m, look);
    items(&mut out, m, look);
    failed(&mut out, m, look);
    out
}

/// What this board let go and that failed.
fn failed(out: &mut String, m: &BoardMeeting, look: &Look) {
    if !m.failed.is_empty() {
        let _ = writeln!(out, "\nwhat we approved that failed, in 90 days");
    }
    for one in &m.failed {
        let otherwise = match one.dissent.is_empty() {
            true => String::new(),
            false => format!("; otherwise voted {}", one.dissent.join(", ")),
        };
        let _ = writeln!(
            out,
            "  {}  {} -> {}   {} {}   risk {} then, let go by {}{otherwise}",
            one.change,
            one.release,
            one.environment,
            one.result,
            look.zone.long(one.at),
            one.risk,
            one.meeting
        );
    }
}

/// What must hold, since when that stays as it is, and what the configuration says otherwise.
fn agreed(out: &mut String, m: &BoardMeeting, look: &Look) {
    if let Some(all) = &m.criteria {
        let _ = writeln!(
            out,
            "  agreed    {} {}",
            all.list.len(),
            criteria::stands(all, look)
        );
        criteria::differs(out, all);
    }
}

/// `weekly-cab, Wed 25 Nov 2026 14:00 CET: called`
fn head(m: &BoardMeeting, look: &Look) -> String {
    let opened = match (&m.opened_by, m.phase.as_str()) {
        (Some(by), "open") => format!(" by {by} before its time"),
        _ => String::new(),
    };
    let phase = match m.phase.as_str() {
        "to-come" => "nothing on its agenda yet",
        phase => phase,
    };
    format!(
        "{}, {}: {phase}{opened}\n",
        m.board,
        look.zone.long(m.begins)
    )
}

fn items(out: &mut String, m: &BoardMeeting, look: &Look) {
    for one in &m.items {
        out.push('\n');
        out.push_str(&item(one, look));
    }
    if !m.late.is_empty() {
        out.push('\n');
    }
    for late in &m.late {
        let _ = writeln!(
            out,
            "late: {} came after the agenda had closed; {} decides it",
            late.change, late.meeting
        );
    }
}

/// One change before a board.
pub(super) fn item(item: &BoardItem, look: &Look) -> String {
    let mut out = format!(
        "{}  {} -> {}   risk {} {}   {}   plan {}\n",
        item.change,
        item.release,
        item.environment,
        item.risk,
        item.band,
        item.class,
        short(&item.plan)
    );
    let state = match (&item.moved_to, item.state.as_str()) {
        (Some(to), _) => format!("moved to {}: {}", to.meeting, to.because),
        (None, "go") if item.conditions.is_empty() => format!("GO ({})", item.note),
        (None, "go") => format!("GO, if {} ({})", met(item), item.note),
        (None, "no-go") => format!("NO-GO ({})", item.note),
        (None, "dropped") => format!("not needed any more: {}", item.note),
        _ => item.note.clone(),
    };
    let _ = writeln!(out, "  stands    {state}");
    if let Some(next) = item.next {
        let _ = writeln!(out, "  next      {}", look.zone.long(next));
    }
    let _ = writeln!(out, "  here for  {}", item.because);
    for line in &item.scope {
        let _ = writeln!(out, "  scope     {line}");
    }
    if let Some(from) = &item.moved_from {
        let _ = writeln!(out, "  moved     from {}: {}", from.meeting, from.because);
    }
    for one in &item.criteria {
        let _ = writeln!(out, "  criterion {}", criteria::reading(one, look));
    }
    for vote in &item.votes {
        let _ = writeln!(out, "  vote      {}", voted(vote, look));
    }
    if let Some(context) = &item.context {
        let _ = writeln!(
            out,
            "  context   {} is asked by {}: {} ({}, due {})",
            context.expert,
            context.by,
            context.question,
            context.state,
            look.zone.long(context.due)
        );
        if let (Some(by), Some(answer)) = (&context.answered_by, &context.answer) {
            let _ = writeln!(out, "  answer    {by}: {answer}");
        }
    }
    for one in &item.conditions {
        let _ = writeln!(out, "  if        {}", condition(one, look));
    }
    if item.state == "undecided" {
        if let Some(open) = item.criteria.iter().find(|c| c.state != "met") {
            let _ = writeln!(
                out,
                "  missing   {} by {}: {}",
                open.id, open.owner, open.evidence
            );
        }
        if !item.could.is_empty() {
            let _ = writeln!(out, "  asked     {}", item.could.join(", "));
        }
        let _ = writeln!(out, "  next      tidegate board vote {} --go", item.change);
    } else if let Some(open) = item.conditions.iter().find(|c| c.met_by.is_none()) {
        let _ = writeln!(
            out,
            "  next      tidegate board condition {} {} --met --evidence ...",
            item.change, open.number
        );
    }
    out
}

fn met(item: &BoardItem) -> String {
    let done = item.conditions.iter().filter(|c| c.met_by.is_some());
    format!("{} of {} met", done.count(), item.conditions.len())
}

/// `grace for risk-compliance: go-if, load test repeated; seen twice`
fn voted(vote: &BoardVote, look: &Look) -> String {
    let lent = vote
        .instead_of
        .as_ref()
        .map_or_else(String::new, |holder| format!(" in the place of {holder}"));
    let mut said = format!("{} for {}{lent}: {}", vote.person, vote.team, vote.choice);
    if let Some(condition) = &vote.condition {
        let _ = write!(said, ", {condition}");
    }
    if !vote.reason.is_empty() {
        let _ = write!(said, "; {}", vote.reason);
    }
    if let Some(next) = vote.next {
        let _ = write!(said, "; next {}", look.zone.long(next));
    }
    if !vote.counts {
        said.push_str(" (not counted)");
    }
    said
}

fn condition(c: &BoardCondition, look: &Look) -> String {
    let what = format!(
        "{} {} ({}, by {})",
        c.number,
        c.text,
        c.owner,
        look.zone.long(c.until)
    );
    match (&c.met_by, &c.evidence) {
        (Some(by), Some(evidence)) => format!("{what}: met, seen by {by}: {evidence}"),
        _ => format!("{what}: open"),
    }
}
