//! Plans, artifacts and verdicts: what single events say, with the number of the entry that says it.

use crate::facts::{at, body, is, text};
use serde_json::{Value, json};
use tidegate_core::id::StreamKind;
use tidegate_ledger::Entry;

/// The plan of each deployment, with its digest over effects.
pub(super) fn plans(entries: &[Entry]) -> Vec<Value> {
    let proposed = entries.iter().filter(|e| is(e, "deployment.proposed"));
    let plan = |entry: &Entry| {
        let event = body(entry);
        let plan = at(&event, &["plan"]);
        json!({
            "seq": entry.seq,
            "at": entry.at,
            "deployment": entry.stream.key(),
            "environment": text(plan, &["body", "environment"]),
            "service": text(plan, &["body", "service"]),
            "purpose": text(&event, &["purpose"]),
            "by": text(&event, &["by"]),
            "reason": text(&event, &["reason"]),
            "digest": text(plan, &["digest"]),
            "plan": plan,
        })
    };
    proposed.map(plan).collect()
}

/// What the release is made of, and what became of those bits.
pub(super) fn artifacts(entries: &[Entry]) -> Vec<Value> {
    let own = entries
        .iter()
        .filter(|e| e.stream.kind() == Some(StreamKind::Artifact) || is(e, "release.locked"));
    let event = |entry: &Entry| {
        json!({
            "seq": entry.seq,
            "at": entry.at,
            "kind": entry.kind,
            "actor": entry.actor,
            "event": body(entry),
        })
    };
    own.map(event).collect()
}

/// What the figures said, and what was taken back because of it.
pub(super) fn verdicts(entries: &[Entry]) -> Vec<Value> {
    let judged = entries
        .iter()
        .filter(|e| is(e, "deployment.judged") || is(e, "deployment.rollback_started"));
    let verdict = |entry: &Entry| {
        json!({
            "seq": entry.seq,
            "at": entry.at,
            "deployment": entry.stream.key(),
            "kind": entry.kind,
            "event": body(entry),
        })
    };
    judged.map(verdict).collect()
}
