//! What boards and named people decided about the release: agenda, votes, questions, conditions, orders about the way back, reviews.

use crate::facts::{body, is};
use serde_json::{Value, json};
use tidegate_core::id::StreamKind;
use tidegate_ledger::Entry;

/// Reviews stand in the streams of what they review.
const REVIEWS: [&str; 4] = [
    "change.reviewed",
    "change.review_overdue",
    "exception.reviewed",
    "exception.review_overdue",
];

pub(super) fn decisions(entries: &[Entry]) -> Vec<Value> {
    let kinds = [
        StreamKind::Meeting,
        StreamKind::Decision,
        StreamKind::Departure,
    ];
    let ours = |entry: &&Entry| {
        entry
            .stream
            .kind()
            .is_some_and(|kind| kinds.contains(&kind))
            || REVIEWS.iter().any(|kind| is(entry, kind))
    };
    let one = |entry: &Entry| {
        json!({
            "seq": entry.seq,
            "at": entry.at,
            "record": entry.stream,
            "kind": entry.kind,
            "actor": entry.actor,
            "event": body(entry),
        })
    };
    entries.iter().filter(ours).map(one).collect()
}
