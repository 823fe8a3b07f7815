//! Which entries are those of a release, told from the entries alone: whoever checks a bundle asks the same question of it.

use crate::facts::{at, body, is, text};
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::id::{ReleaseId, StreamId, StreamKind};
use tidegate_ledger::Entry;

/// Streams of which single entries stand in a bundle: a sitting of a board and a departure are about other releases as well.
const SHARED: [StreamKind; 2] = [StreamKind::Meeting, StreamKind::Departure];
/// Entries of a sitting that are about all of its items alike.
const SITTING: [&str; 3] = ["meeting.called", "meeting.opened", "meeting.closed"];
/// Entries of a departure that are about everybody aboard.
const DEPARTURE: [&str; 3] = [
    "departure.decided",
    "departure.postponed",
    "departure.cancelled",
];

/// Kinds that stand in a bundle on their own, without the rest of their stream: the configuration that gates were asked under, the keys that
/// votes were signed with, and what says that words were erased.
pub const BESIDE: [&str; 3] = ["config.applied", "erasure.done", "person.key_registered"];

/// Whether the entry stands in a bundle without the rest of its stream.
#[must_use]
pub fn is_beside(entry: &Entry) -> bool {
    is_shared(&entry.stream) || BESIDE.iter().any(|kind| is(entry, kind))
}

/// Whether a stream is about other releases as well.
#[must_use]
pub fn is_shared(stream: &StreamId) -> bool {
    stream.kind().is_some_and(|kind| SHARED.contains(&kind))
}

/// The shared streams of these entries, with the number of all of their entries.
#[must_use]
pub fn shared(entries: &[Entry], withheld: &[Entry]) -> BTreeMap<StreamId, u64> {
    let mut found = BTreeMap::new();
    let both = entries.iter().chain(withheld);
    for entry in both.filter(|e| is_shared(&e.stream)) {
        *found.entry(entry.stream.clone()).or_default() += 1;
    }
    found
}

/// Of a shared stream in its order, the first entry whose text is left out although it is about everybody, the release among them.
#[must_use]
pub fn concealed<'a>(release: &ReleaseId, entries: &[&'a Entry]) -> Option<&'a Entry> {
    let key = release.to_string();
    let mut aboard = false;
    for entry in entries {
        let for_all = SITTING.iter().any(|kind| is(entry, kind))
            || (aboard && DEPARTURE.iter().any(|kind| is(entry, kind)));
        if entry.body.is_none() && entry.erased.is_none() && for_all {
            return Some(entry);
        }
        if text(&body(entry), &["release"]) == key {
            aboard = stays_aboard(entry, aboard);
        }
    }
    None
}

/// Whether the release is aboard after an entry of a departure that is about it.
fn stays_aboard(entry: &Entry, aboard: bool) -> bool {
    match () {
        () if is(entry, "departure.boarded") => true,
        () if is(entry, "departure.left") || is(entry, "departure.missed") => false,
        () if is(entry, "departure.replaced") => false,
        () => aboard,
    }
}

/// Entries of a shared stream that are about the release; none when it is not about it at all.
#[must_use]
pub fn of_shared(release: &ReleaseId, changes: &BTreeSet<String>, entries: &[Entry]) -> Vec<Entry> {
    let key = release.to_string();
    let (mut aboard, mut any) = (false, false);
    let mut found = Vec::new();
    for entry in entries {
        let event = body(entry);
        let change = match text(&event, &["change"]) {
            "" => text(&event, &["topic", "change"]),
            change => change,
        };
        let ours = text(&event, &["release"]) == key || changes.contains(change);
        if entry.stream.kind() == Some(StreamKind::Departure) && ours {
            aboard = stays_aboard(entry, aboard);
        }
        any |= ours;
        let alike = SITTING.iter().any(|kind| is(entry, kind))
            || (aboard && DEPARTURE.iter().any(|kind| is(entry, kind)));
        if ours || alike {
            found.push(entry.clone());
        }
    }
    match any {
        true => found,
        false => Vec::new(),
    }
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
    if let Some(stream) = not_shared(release, entries) {
        return Some(stream);
    }
    for entry in entries.iter().filter(|e| !is_beside(e)) {
        let own = match entry.stream.kind() {
            Some(StreamKind::Release | StreamKind::Artifact) => entry.stream.key() == key,
            Some(StreamKind::Deployment) => named.contains(&entry.stream) || moves(entry, &key),
            Some(StreamKind::Change | StreamKind::Exception) => concerns(entry, &key),
            Some(StreamKind::Decision) => text(&body(entry), &["facts", "release"]) == key,
            Some(StreamKind::Archive) => {
                let deployment = StreamId::new(StreamKind::Deployment, entry.stream.key());
                entries.iter().any(|e| e.stream == deployment)
            }
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

/// The first shared stream with an entry that is not about the release.
fn not_shared(release: &ReleaseId, entries: &[Entry]) -> Option<StreamId> {
    let changes = changes(entries);
    let mut streams: BTreeMap<&StreamId, Vec<Entry>> = BTreeMap::new();
    for entry in entries.iter().filter(|e| is_shared(&e.stream)) {
        streams
            .entry(&entry.stream)
            .or_default()
            .push(entry.clone());
    }
    let mut streams = streams.into_iter();
    let found = streams.find(|(_, own)| of_shared(release, &changes, own).len() != own.len());
    found.map(|(stream, _)| stream.clone())
}

/// Changes among the entries.
#[must_use]
pub fn changes(entries: &[Entry]) -> BTreeSet<String> {
    let changes = entries
        .iter()
        .filter(|e| e.stream.kind() == Some(StreamKind::Change));
    changes.map(|e| e.stream.key().to_owned()).collect()
}
