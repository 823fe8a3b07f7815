//! Which entries are those of a release, told from the entries alone: whoever checks a bundle asks the same question of it.

use crate::facts::{at, body, is, text};
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::id::{ReleaseId, StreamId, StreamKind};
use tidegate_ledger::Entry;

/// Kinds that stand in a bundle on their own, without the rest of their stream: the configuration that gates were asked under, the keys that
/// votes were signed with, and what says that words were erased.
pub const BESIDE: [&str; 3] = ["config.applied", "erasure.done", "person.key_registered"];

/// Whether the entry stands in a bundle without the rest of its stream.
#[must_use]
pub fn is_beside(entry: &Entry) -> bool {
    BESIDE.iter().any(|kind| is(entry, kind))
}

/// Deployments that the entries of a release name.
#[must_use]
pub fn deployments(entries: &[Entry]) -> BTreeSet<StreamId> {
    let of_release = entries
        .iter()
        .filter(|e| e.stream.kind() == Some(StreamKind::Release));
    of_release
        .filter_map(|e| body(e)["deployment"].as_str().map(str::to_owned))
        .map(|id| StreamId::new(StreamKind::Deployment, &id))
        .collect()
}

/// The first stream that is not the release's own, if any.
#[must_use]
pub fn stranger(release: &ReleaseId, entries: &[Entry]) -> Option<StreamId> {
    let mut streams: BTreeMap<&StreamId, bool> = BTreeMap::new();
    let named = deployments(entries);
    let key = release.to_string();
    for entry in entries.iter().filter(|e| !is_beside(e)) {
        let own = match entry.stream.kind() {
            Some(StreamKind::Release | StreamKind::Artifact) => entry.stream.key() == key,
            Some(StreamKind::Deployment) => named.contains(&entry.stream) || moves(entry, &key),
            Some(StreamKind::Change | StreamKind::Exception) => concerns(entry, &key),
            _ => false,
        };
        *streams.entry(&entry.stream).or_default() |= own;
    }
    let mut streams = streams.into_iter();
    streams
        .find(|(_, own)| !own)
        .map(|(stream, _)| stream.clone())
}

/// A deployment of the release, or the way back from it.
fn moves(entry: &Entry, release: &str) -> bool {
    let event = body(entry);
    let plan = at(&event, &["plan", "body"]);
    let back = text(&event, &["purpose"]) == "rollback";
    text(plan, &["to", "release"]) == release
        || (back && text(plan, &["from", "release"]) == release)
}

/// The first event of a change or an exception names its release; a plan does when that one was erased.
fn concerns(entry: &Entry, release: &str) -> bool {
    let event = body(entry);
    text(&event, &["release"]) == release
        || text(&event, &["planned", "body", "to", "release"]) == release
}
