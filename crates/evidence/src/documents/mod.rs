//! The documents of a bundle, worked out from its entries and nothing else: the same entries give the same bytes, in this version and
//! in later ones, or bundles that were made before could not be checked any more.

pub(crate) mod approvals;
mod gates;
mod parts;
mod timeline;

use crate::belongs;
use crate::bundle::{Missing, PAGE};
use crate::page;
use serde_json::Value;
use std::collections::BTreeMap;
use tidegate_core::digest::canonical;
use tidegate_core::id::{ReleaseId, StreamId};
use tidegate_core::time::Timestamp;
use tidegate_ledger::Entry;

/// Files of documents, but for the page.
pub const NAMES: [&str; 6] = [
    "approvals.json",
    "artifacts.json",
    "gates.json",
    "plans.json",
    "timeline.json",
    "verdicts.json",
];

/// What is known of a bundle beside its entries.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// Release.
    pub release: &'a ReleaseId,
    /// When the bundle was asked for.
    pub at: Timestamp,
    /// Signed note over the log.
    pub checkpoint: &'a str,
    /// Parts that should be there and are not.
    pub missing: &'a [Missing],
}

/// Everything that documents are worked out from, worked out once.
pub(crate) struct Worked {
    pub approvals: Vec<Value>,
    pub artifacts: Vec<Value>,
    pub gates: Vec<Value>,
    pub plans: Vec<Value>,
    pub timeline: Vec<Value>,
    pub verdicts: Vec<Value>,
}

impl Worked {
    pub fn of(entries: &[Entry], configurations: &BTreeMap<u64, Vec<u8>>) -> Self {
        Self {
            approvals: approvals::approvals(entries),
            artifacts: parts::artifacts(entries),
            gates: gates::gates(entries, configurations),
            plans: parts::plans(entries),
            timeline: timeline::timeline(entries),
            verdicts: parts::verdicts(entries),
        }
    }
}

/// The documents by name, the page for people among them.
///
/// # Errors
/// One cannot be written as JSON.
pub fn all(
    about: &About<'_>,
    entries: &[Entry],
    configurations: &BTreeMap<u64, Vec<u8>>,
) -> Result<BTreeMap<String, Vec<u8>>, serde_json::Error> {
    let worked = Worked::of(entries, configurations);
    let lists = [
        &worked.approvals,
        &worked.artifacts,
        &worked.gates,
        &worked.plans,
        &worked.timeline,
        &worked.verdicts,
    ];
    let mut files = BTreeMap::new();
    for (name, items) in NAMES.iter().zip(lists) {
        files.insert((*name).to_owned(), list(items)?.into_bytes());
    }
    let page = page::page(about, &worked, entries.len());
    files.insert(PAGE.to_owned(), page.into_bytes());
    Ok(files)
}

/// Streams that are there whole, with the number of their entries.
#[must_use]
pub fn streams(entries: &[Entry]) -> BTreeMap<StreamId, u64> {
    let mut streams = BTreeMap::new();
    for entry in entries.iter().filter(|e| !belongs::is_beside(e)) {
        *streams.entry(entry.stream.clone()).or_default() += 1;
    }
    streams
}

/// A list with an item a line, each in canonical JSON.
fn list(items: &[Value]) -> Result<String, serde_json::Error> {
    let lines = items.iter().map(canonical).collect::<Result<Vec<_>, _>>()?;
    Ok(format!("[\n{}\n]\n", lines.join(",\n")))
}
