//! Every entry in one line.

use crate::facts::{body, words};
use serde_json::{Value, json};
use tidegate_ledger::Entry;

pub(super) fn timeline(entries: &[Entry]) -> Vec<Value> {
    let line = |entry: &Entry| {
        let told = match &entry.body {
            Some(_) => words(&body(entry)),
            None => "(erased)".to_owned(),
        };
        json!({
            "seq": entry.seq,
            "at": entry.at,
            "actor": entry.actor,
            "stream": entry.stream,
            "kind": entry.kind,
            "told": told,
        })
    };
    entries.iter().map(line).collect()
}
