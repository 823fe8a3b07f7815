//! The documents of a bundle, worked out from its entries and nothing else: the same entries give the same bytes, in this version and
//! in later ones, or bundles that were made before could not be checked any more.

pub(crate) mod approvals;
pub mod archive;
mod communications;
mod decisions;
mod gates;
mod parts;
mod timeline;

use crate::belongs;
use crate::bundle::{Missing, PAGE};
use crate::page;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::digest::{Digest, canonical};
use tidegate_core::id::{ReleaseId, StreamId};
use tidegate_core::time::Timestamp;
use tidegate_ledger::Entry;

/// Files of documents, but for the page.
pub const NAMES: [&str; 9] = [
    "approvals.json",
    "archive.json",
    "artifacts.json",
    "communications.json",
    "decisions.json",
    "gates.json",
    "plans.json",
    "timeline.json",
    "verdicts.json",
];

/// Those that came with the second version.
const LATER: [&str; 3] = ["archive.json", "communications.json", "decisions.json"];

/// Which documents a bundle has, and what its page shows. A version never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// Plans, artifact, gates, approvals, verdicts, timeline.
    One,
    /// And communications, decisions, what lies beside the log.
    Two,
    /// And the rest of sittings and departures, without its text.
    Three,
}

/// What is known of a bundle beside its entries.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// Version of the format.
    pub version: Version,
    /// Bodies from beside the log that the bundle holds.
    pub carried: &'a BTreeSet<Digest>,
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
    pub archive: Vec<Value>,
    pub artifacts: Vec<Value>,
    pub communications: Vec<Value>,
    pub decisions: Vec<Value>,
    pub gates: Vec<Value>,
    pub plans: Vec<Value>,
    pub timeline: Vec<Value>,
    pub verdicts: Vec<Value>,
}

impl Worked {
    pub fn of(
        about: &About<'_>,
        entries: &[Entry],
        configurations: &BTreeMap<u64, Vec<u8>>,
    ) -> Self {
        Self {
            approvals: approvals::approvals(entries),
            archive: archive::archive(entries, about.carried),
            communications: communications::communications(about.release, entries),
            decisions: decisions::decisions(entries),
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
    let worked = Worked::of(about, entries, configurations);
    let lists = [
        &worked.approvals,
        &worked.archive,
        &worked.artifacts,
        &worked.communications,
        &worked.decisions,
        &worked.gates,
        &worked.plans,
        &worked.timeline,
        &worked.verdicts,
    ];
    let mut files = BTreeMap::new();
    for (name, items) in NAMES.iter().zip(lists) {
        if about.version == Version::One && LATER.contains(name) {
            continue;
        }
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
