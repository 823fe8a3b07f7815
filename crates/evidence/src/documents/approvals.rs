//! Who said yes and no, to which plan, and whether that plan is the one that was carried out.

use crate::facts::{at, body, is, text};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tidegate_core::id::StreamKind;
use tidegate_ledger::Entry;

/// Events of changes, exceptions and rollouts in which somebody decides, and what they decided on.
const DECISIONS: [&str; 16] = [
    "change.approved",
    "change.rejected",
    "change.authorised",
    "change.reopened",
    "change.declared",
    "change.lowered",
    "change.assessed",
    "change.started",
    "change.reviewed",
    "change.review_overdue",
    "exception.asked",
    "exception.granted",
    "exception.refused",
    "exception.reviewed",
    "deployment.signed_off",
    "deployment.sign_off_refused",
];

pub(super) fn approvals(entries: &[Entry]) -> Vec<Value> {
    let carried_out = plans(entries);
    let deployments = deployments(entries);
    let decided = entries
        .iter()
        .filter(|e| DECISIONS.iter().any(|kind| is(e, kind)));
    let one = |entry: &Entry| {
        let event = body(entry);
        let subject = [&["vote", "subject"][..], &["signed", "plan"], &["subject"]];
        let mut subject = subject.iter().map(|path| text(&event, path));
        let subject = subject
            .find(|digest| !digest.is_empty())
            .unwrap_or_default();
        let itself = entry.stream.key().to_owned();
        let carried = match entry.stream.kind() {
            Some(StreamKind::Deployment) => Some(&itself),
            _ => deployments.get(&itself),
        };
        let plan = carried.and_then(|deployment| carried_out.get(deployment));
        json!({
            "seq": entry.seq,
            "at": entry.at,
            "record": entry.stream.key(),
            "kind": entry.kind,
            "actor": entry.actor,
            "deployment": carried,
            "plan": plan,
            "bound": (!subject.is_empty()).then(|| plan.is_some_and(|plan| plan == subject)),
            "event": event,
        })
    };
    decided.map(one).collect()
}

/// Digest of the plan of each deployment.
pub(crate) fn plans(entries: &[Entry]) -> BTreeMap<String, String> {
    let proposed = entries.iter().filter(|e| is(e, "deployment.proposed"));
    let plan = |entry: &Entry| {
        let event = body(entry);
        let digest = text(&event, &["plan", "digest"]).to_owned();
        (entry.stream.key().to_owned(), digest)
    };
    proposed.map(plan).collect()
}

/// The deployment that the newest plan of each change belongs to.
pub(crate) fn deployments(entries: &[Entry]) -> BTreeMap<String, String> {
    let planned = entries
        .iter()
        .filter(|e| e.stream.kind() == Some(StreamKind::Change) && is(e, "change.planned"));
    let one = |entry: &Entry| {
        let event = body(entry);
        let deployment = at(&event, &["planned", "deployment"]).as_str()?.to_owned();
        Some((entry.stream.key().to_owned(), deployment))
    };
    planned.filter_map(one).collect()
}
