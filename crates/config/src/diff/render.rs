//! Changes for people: grouped by document, in the order of effect on others.

use super::{Change, ChangeKind};
use tidegate_core::digest::{Digest, canonical};
use tidegate_core::spec::Spec;

/// The plan as text, ending with its counts and digest.
///
/// # Errors
/// The serialiser's message; does not happen for a spec made by this crate.
pub fn render_plan(
    changes: &[Change],
    old: &Spec,
    new: &Spec,
) -> Result<String, serde_json::Error> {
    let mut out = String::new();
    let mut counts = [0_usize; 3];
    let mut at = 0;
    while let Some(first) = changes.get(at) {
        let document = first.document();
        let len = changes[at..]
            .iter()
            .take_while(|c| c.document() == document)
            .count();
        let group = &changes[at..at + len];
        at += len;
        let whole = group.len() == 1
            && first.path == document
            && first.before.is_none()
            && first.after.is_none();
        let kind = if whole {
            first.kind
        } else {
            ChangeKind::Change
        };
        counts[kind as usize] += 1;
        out.push_str(&format!(
            "  {} {}{}\n",
            sign(kind),
            title(document),
            written(first, whole)
        ));
        for change in group {
            if !whole {
                out.push_str(&format!("      {}\n", line(change, document)));
            }
            if let Some(reason) = &change.weakens {
                out.push_str(&format!("      ! weakens a control: {reason}\n"));
            }
        }
    }
    let weaker = changes.iter().filter(|c| c.weakens.is_some()).count();
    let plan = plan_digest(old, new)?;
    let weakens = match weaker {
        0 => String::new(),
        1 => "  1 weakens a control.".to_owned(),
        n => format!("  {n} weaken a control."),
    };
    let [add, change, remove] = counts;
    out.push_str(&format!(
        "Plan: {add} to add, {change} to change, {remove} to remove.{weakens}      plan sha256:{}...{}\n",
        plan.short(4),
        &plan.hex()[62..]
    ));
    Ok(out)
}

/// Digest of what a plan does: from this configuration to that one.
///
/// # Errors
/// The serialiser's message; does not happen for a spec made by this crate.
pub fn plan_digest(old: &Spec, new: &Spec) -> Result<Digest, serde_json::Error> {
    let from_to = serde_json::json!({ "from": old.digest()?, "to": new.digest()? });
    Ok(Digest::of(canonical(&from_to)?.as_bytes()))
}

fn sign(kind: ChangeKind) -> char {
    match kind {
        ChangeKind::Add => '+',
        ChangeKind::Change => '~',
        ChangeKind::Remove => '-',
    }
}

/// `strategies.canary` as `strategy canary`.
fn title(document: &str) -> String {
    let (collection, name) = document.split_once('.').unwrap_or((document, ""));
    let kind = match collection {
        "teams" => "team",
        "units" => "unit",
        "environments" => "environment",
        "pipelines" => "pipeline",
        "strategies" => "strategy",
        "analyses" => "analysis",
        "services" => "service",
        "windows" => "window",
        "freezes" => "freeze",
        "trains" => "train",
        "boards" => "board",
        "holidays" => return "holidays".to_owned(),
        _ => return format!("tidegate {document}"),
    };
    format!("{kind} {name}")
}

fn written(first: &Change, whole: bool) -> String {
    match &first.place {
        Some(place) if whole => format!("        {place}"),
        _ => String::new(),
    }
}

fn line(change: &Change, document: &str) -> String {
    let path = change
        .path
        .strip_prefix(document)
        .unwrap_or(&change.path)
        .trim_start_matches('.');
    let path = if path.is_empty() { "value" } else { path };
    match (&change.before, &change.after) {
        (Some(before), Some(after)) => format!("{path}: {before} -> {after}"),
        (None, Some(after)) => format!("{path}: (none) -> {after}"),
        (Some(before), None) => format!("{path}: {before} -> (none)"),
        (None, None) => path.to_owned(),
    }
}
