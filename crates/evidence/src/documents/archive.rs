//! What lies beside the log: each body that an entry refers to, with its hash, and whether it is here, or why not.

use crate::facts::{body, is, text};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::digest::Digest;
use tidegate_ledger::Entry;

/// A body that an entry refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referred {
    /// The entry.
    pub seq: u64,
    /// What it is: `output` or `verdict-evidence`.
    pub class: &'static str,
    /// SHA-256 of its bytes.
    pub digest: Digest,
}

/// Where events refer to bodies.
const FIELDS: [(&str, &str, &str); 3] = [
    ("deployment.step_finished", "output", "output"),
    ("deployment.step_failed", "output", "output"),
    ("deployment.judged", "evidence", "verdict-evidence"),
];

/// The bodies that entries refer to, in their order.
#[must_use]
pub fn referred(entries: &[Entry]) -> Vec<Referred> {
    let one = |entry: &Entry| {
        let (_, field, class) = FIELDS.iter().find(|(kind, ..)| is(entry, kind))?;
        let digest = text(&body(entry), &[field, "digest"]).parse().ok()?;
        Some(Referred {
            seq: entry.seq,
            class,
            digest,
        })
    };
    entries.iter().filter_map(one).collect()
}

/// What an entry says about a body that is gone.
struct Gone {
    seq: u64,
    rule: String,
    until: String,
}

fn gone(entries: &[Entry]) -> BTreeMap<String, Gone> {
    let mut gone = BTreeMap::new();
    for entry in entries.iter().filter(|e| is(e, "archive.removed")) {
        for removed in body(entry)["bodies"].as_array().into_iter().flatten() {
            let said = Gone {
                seq: entry.seq,
                rule: text(removed, &["rule"]).to_owned(),
                until: text(removed, &["until"]).to_owned(),
            };
            gone.insert(text(removed, &["digest"]).to_owned(), said);
        }
    }
    gone
}

/// Each body with its hash and what became of it; none of the reasons is anybody's word but that of an entry.
pub(super) fn archive(entries: &[Entry], carried: &BTreeSet<Digest>) -> Vec<Value> {
    let gone = gone(entries);
    let one = |body: Referred| {
        let digest = body.digest.to_string();
        let said = gone.get(&digest);
        let state = match (carried.contains(&body.digest), said) {
            (true, _) => "carried",
            (false, Some(_)) => "removed",
            (false, None) => "missing",
        };
        let because = said.map(|gone| {
            format!(
                "past its retention since {} by the rule {} (entry {})",
                gone.until, gone.rule, gone.seq
            )
        });
        json!({
            "seq": body.seq,
            "class": body.class,
            "sha256": digest,
            "state": state,
            "because": because,
        })
    };
    let mut all: Vec<Value> = referred(entries).into_iter().map(one).collect();
    all.extend(entries.iter().filter_map(never_sent));
    all.sort_by_key(|item| item["seq"].as_u64());
    all
}

/// An entry that would refer to a body if there had been one.
fn never_sent(entry: &Entry) -> Option<Value> {
    let expected = ["deployment.step_failed", "deployment.judged"];
    let (kind, field, class) = FIELDS.iter().find(|(kind, ..)| is(entry, kind))?;
    let none = body(entry)[*field].is_null();
    (none && expected.contains(kind)).then(|| {
        json!({
            "seq": entry.seq,
            "class": class,
            "sha256": null,
            "state": "never sent",
            "because": "nothing was sent with it, or it could not be kept",
        })
    })
}

/// Bodies that are neither here nor said to be gone by an entry.
#[must_use]
pub fn unexplained(entries: &[Entry], carried: &BTreeSet<Digest>) -> Vec<Referred> {
    let gone = gone(entries);
    let mut referred = referred(entries);
    referred.retain(|body| {
        !carried.contains(&body.digest) && !gone.contains_key(&body.digest.to_string())
    });
    referred
}
