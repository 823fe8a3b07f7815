//! The answers of all gates at the start of each deployment, or the newest ones of a deployment that never started, each with the line
//! of the configuration it came from.

use crate::facts::{at, body, is, text};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tidegate_ledger::Entry;

pub(super) fn gates(entries: &[Entry], configurations: &BTreeMap<u64, Vec<u8>>) -> Vec<Value> {
    let mut newest: BTreeMap<&str, &Entry> = BTreeMap::new();
    for entry in entries {
        let started = newest
            .get(entry.stream.key())
            .is_some_and(|e| is(e, "deployment.gates_passed"));
        if is(entry, "deployment.gates_passed") || (is(entry, "deployment.waiting") && !started) {
            newest.insert(entry.stream.key(), entry);
        }
    }
    let mut asked: Vec<&Entry> = newest.into_values().collect();
    asked.sort_by_key(|entry| entry.seq);
    let one = |entry: &&Entry| {
        let (revision, places) = in_force(entries, configurations, entry.seq);
        let event = body(entry);
        let reports = at(&event, &["reports"]).as_array().cloned();
        let reports: Vec<Value> = reports
            .unwrap_or_default()
            .into_iter()
            .map(|report| {
                let place = at(&report, &["rule"])
                    .as_str()
                    .and_then(|rule| place(&places, rule));
                json!({ "report": report, "place": place })
            })
            .collect();
        json!({
            "seq": entry.seq,
            "at": entry.at,
            "deployment": entry.stream.key(),
            "started": is(entry, "deployment.gates_passed"),
            "configuration": revision,
            "gates": reports,
        })
    };
    asked.iter().map(one).collect()
}

/// The newest configuration of the bundle before an entry, and where its values were written.
fn in_force(
    entries: &[Entry],
    configurations: &BTreeMap<u64, Vec<u8>>,
    seq: u64,
) -> (Option<u64>, Value) {
    let before = entries
        .iter()
        .rfind(|e| e.seq < seq && is(e, "config.applied"));
    let revision = before.and_then(|e| body(e)["revision"].as_u64());
    let bytes = revision.and_then(|revision| configurations.get(&revision));
    (revision, bytes.map_or(Value::Null, |bytes| places(bytes)))
}

/// Places of the values of a configuration.
fn places(bytes: &[u8]) -> Value {
    serde_json::from_slice::<Value>(bytes).map_or(Value::Null, |mut all| all["origins"].take())
}

/// `file:line` of a rule, or of its nearest ancestor that was written down.
fn place(places: &Value, rule: &str) -> Option<String> {
    let mut path = rule;
    loop {
        let found = &places[path];
        if found.is_object() {
            let (file, line) = (text(found, &["file"]), &found["line"]);
            return Some(format!("{file}:{line}"));
        }
        path = path.rsplit_once('.')?.0;
    }
}
