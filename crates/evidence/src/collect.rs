//! What a ledger knows of a release, with the proof of each entry.

use crate::belongs::deployments;
use crate::bundle::{Material, Missing, Proved};
use crate::facts::{at, body, is, text};
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::digest::Digest;
use tidegate_core::id::{ReleaseId, StreamId, StreamKind};
use tidegate_core::model::{change, exception, listing};
use tidegate_core::stream::config::Config;
use tidegate_core::time::Timestamp;
use tidegate_ledger::erased::erasure;
use tidegate_ledger::tree::prove_entry;
use tidegate_ledger::{CheckpointRow, Entry, Rows, StoreError};

mod beside;

/// Rows read at a time.
const STRIDE: usize = 500;
/// Most entries of a bundle.
pub const LIMIT: usize = 20_000;

/// Why a bundle cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The ledger cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such release.
    #[error("there is no release `{0}`")]
    NoRelease(ReleaseId),
    /// Its history is longer than a bundle can be.
    #[error("more than {LIMIT} ledger entries belong to {0}")]
    TooMany(ReleaseId),
    /// A period that holds too much.
    #[error("more than {limit} ledger entries are in the period", limit = crate::population::LIMIT)]
    LongPeriod,
}

/// Where the bytes of a stored configuration come from.
pub type Blobs<'a> = &'a dyn Fn(&dyn Rows, &Digest) -> Result<Option<Vec<u8>>, StoreError>;

/// Words were erased after the state of the log that everything is proved against.
pub(crate) fn meanwhile(seq: u64) -> StoreError {
    StoreError::Aborted {
        because: format!("words were erased by entry {seq} while this was made: ask for it again"),
    }
}

/// Everything that the first `sealed.size` entries of the ledger know of a release.
///
/// # Errors
/// The ledger cannot be read, or there is nothing to collect.
pub fn collect(
    rows: &dyn Rows,
    blobs: Blobs<'_>,
    release: &ReleaseId,
    sealed: &CheckpointRow,
    now: Timestamp,
) -> Result<Material, Trouble> {
    let mut found = Found {
        rows,
        release,
        size: sealed.size,
        entries: BTreeMap::new(),
        withheld: BTreeMap::new(),
    };
    let key = release.to_string();
    found.stream(&StreamId::new(StreamKind::Release, &key))?;
    if found.entries.is_empty() {
        return Err(Trouble::NoRelease(release.clone()));
    }
    found.stream(&StreamId::new(StreamKind::Artifact, &key))?;
    found.deployments(&key)?;
    found.changes(&key)?;
    found.exceptions(&key)?;
    found.decisions(&key)?;
    found.shared(&key)?;
    found.removals()?;
    found.keys()?;
    let applied = found.applied()?;
    found.erasures()?;
    let mut missing = Vec::new();
    let mut configurations = BTreeMap::new();
    for (revision, blob) in applied {
        match blobs(rows, &blob)? {
            Some(bytes) => drop(configurations.insert(revision, bytes)),
            None => missing.push(Missing {
                what: format!("revision {revision} of the configuration"),
                because: "its bytes are no longer kept".to_owned(),
            }),
        }
    }
    let facts: Vec<Entry> = found.entries.values().cloned().collect();
    let withheld = proved(rows, found.withheld.into_values(), sealed.size)?;
    let bodies = beside::bodies(rows, blobs, &facts, &mut missing)?;
    let entries = proved(rows, found.entries.into_values(), sealed.size)?;
    let erased = entries.iter().filter(|p| p.entry.erased.is_some());
    missing.extend(erased.map(|p| Missing {
        what: format!("words of entry {}", p.entry.seq),
        because: erased_by(&entries, p.entry.erased.unwrap_or_default()),
    }));
    Ok(Material {
        release: release.clone(),
        at: now,
        entries,
        withheld,
        configurations,
        bodies,
        checkpoint: sealed.note.clone(),
        keys: rows.checkpoint_keys()?,
        missing,
    })
}

fn proved(
    rows: &dyn Rows,
    entries: impl Iterator<Item = Entry>,
    size: u64,
) -> Result<Vec<Proved>, StoreError> {
    let proved = entries.map(|entry| {
        Ok(Proved {
            inclusion: prove_entry(rows, entry.seq, size)?,
            entry,
        })
    });
    proved.collect()
}

/// Who took words out, when and where it says so.
fn erased_by(entries: &[Proved], seq: u64) -> String {
    let done = entries.iter().find(|p| p.entry.seq == seq);
    let done = done.and_then(|p| Some((p.entry.at, erasure(&p.entry).ok()??)));
    match done {
        Some((at, done)) => format!(
            "they were erased by {} and {} at {at} (entry {seq}); the hash of the text is still in the log",
            done.asked_by, done.by
        ),
        None => {
            format!("they were erased by entry {seq}; the hash of the text is still in the log")
        }
    }
}

struct Found<'a> {
    rows: &'a dyn Rows,
    release: &'a ReleaseId,
    size: u64,
    entries: BTreeMap<u64, Entry>,
    /// Entries of shared streams that are about other releases.
    withheld: BTreeMap<u64, Entry>,
}

impl Found<'_> {
    /// All entries of a stream.
    fn stream(&mut self, stream: &StreamId) -> Result<(), Trouble> {
        let mut from = 1;
        loop {
            let page = self.rows.entries_of(stream, from, STRIDE)?;
            let read = page.len();
            from += read as u64;
            page.into_iter().try_for_each(|entry| self.take(entry))?;
            if read < STRIDE {
                return Ok(());
            }
        }
    }

    fn take(&mut self, entry: Entry) -> Result<(), Trouble> {
        if entry.seq <= self.size {
            self.entries.insert(entry.seq, entry);
        }
        match self.entries.len() > LIMIT {
            true => Err(Trouble::TooMany(self.release.clone())),
            false => Ok(()),
        }
    }

    /// Only that there is such an entry: its text is about others.
    fn withhold(&mut self, mut entry: Entry) -> Result<(), Trouble> {
        (entry.body, entry.erased) = (None, None);
        if entry.seq <= self.size {
            self.withheld.insert(entry.seq, entry);
        }
        match self.withheld.len() > LIMIT {
            true => Err(Trouble::TooMany(self.release.clone())),
            false => Ok(()),
        }
    }

    fn all(&self) -> Vec<Entry> {
        self.entries.values().cloned().collect()
    }

    /// Rows of a read model that `wanted` picks, as the keys of streams.
    fn listed(
        &self,
        model: &str,
        prefix: &str,
        wanted: impl Fn(&serde_json::Value) -> bool,
    ) -> Result<Vec<String>, Trouble> {
        let mut found = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page = self
                .rows
                .scan(model, prefix, after.as_deref(), STRIDE, false)?;
            for (key, row) in &page {
                if serde_json::from_str(row).is_ok_and(|row| wanted(&row)) {
                    found.push(key.clone());
                }
            }
            if page.len() < STRIDE {
                return Ok(found);
            }
            after = page.into_iter().last().map(|(key, _)| key);
        }
    }

    /// Those that its own stream names, and the ways back from it.
    fn deployments(&mut self, key: &str) -> Result<(), Trouble> {
        let mut streams = deployments(&self.all());
        let moves = |row: &serde_json::Value| {
            text(row, &["release"]) == key
                || (text(row, &["from"]) == key && text(row, &["purpose"]) == "rollback")
        };
        let listed = self.listed(listing::DEPLOYMENTS, "", moves)?;
        streams.extend(
            listed
                .iter()
                .map(|id| StreamId::new(StreamKind::Deployment, id)),
        );
        streams.iter().try_for_each(|stream| self.stream(stream))
    }

    fn changes(&mut self, key: &str) -> Result<(), Trouble> {
        let listed = self.listed(change::ALL, "", |row| text(row, &["release"]) == key)?;
        let streams = listed
            .iter()
            .map(|id| StreamId::new(StreamKind::Change, id));
        streams
            .collect::<Vec<_>>()
            .iter()
            .try_for_each(|stream| self.stream(stream))
    }

    fn exceptions(&mut self, key: &str) -> Result<(), Trouble> {
        let of = |row: &serde_json::Value| text(row, &["facts", "release"]) == key;
        for id in self.listed(exception::ALL, "", of)? {
            self.stream(&StreamId::new(StreamKind::Exception, &id))?;
        }
        Ok(())
    }

    /// What says that words of these entries were erased.
    fn erasures(&mut self) -> Result<(), Trouble> {
        let by: BTreeSet<u64> = self.entries.values().filter_map(|e| e.erased).collect();
        for seq in by {
            let found = self.rows.entries(seq, 1)?;
            let entry = found.into_iter().find(|e| e.seq == seq && seq <= self.size);
            let Some(entry) = entry else {
                return Err(Trouble::Store(meanwhile(seq)));
            };
            self.take(entry)?;
        }
        Ok(())
    }

    /// The keys that votes were signed with.
    fn keys(&mut self) -> Result<(), Trouble> {
        let signed: BTreeSet<(String, String)> = self
            .entries
            .values()
            .filter(|e| is(e, "change.approved"))
            .filter_map(|e| {
                let vote = body(e)["vote"].take();
                let key = text(&vote, &["signature", "key"]).to_owned();
                (!key.is_empty()).then(|| (text(&vote, &["person"]).to_owned(), key))
            })
            .collect();
        for (person, key) in signed {
            let stream = StreamId::new(StreamKind::Person, &person);
            let entries = self.rows.entries_of(&stream, 1, LIMIT)?;
            let registered = entries
                .into_iter()
                .filter(|e| is(e, "person.key_registered") && body(e)["key"] == key.as_str());
            registered
                .collect::<Vec<_>>()
                .into_iter()
                .try_for_each(|entry| self.take(entry))?;
        }
        Ok(())
    }

    /// The configurations that plans were made under or gates asked under: revision and blob.
    fn applied(&mut self) -> Result<BTreeMap<u64, Digest>, Trouble> {
        let config = StreamId::new(StreamKind::Config, Config::KEY);
        let mut applied: Vec<Entry> = Vec::new();
        loop {
            let from = applied.len() as u64 + 1;
            let page = self.rows.entries_of(&config, from, STRIDE)?;
            let read = page.len();
            applied.extend(page);
            if read < STRIDE {
                break;
            }
        }
        let digests: Vec<String> = applied
            .iter()
            .map(|a| text(&body(a), &["digest"]).to_owned())
            .collect();
        let mut wanted = BTreeMap::new();
        for entry in self.entries.values() {
            let event = body(entry);
            let by_plan = text(&event, &["plan", "envelope", "spec"]);
            let before = || {
                applied
                    .iter()
                    .zip(&digests)
                    .filter(|(a, _)| a.seq < entry.seq)
            };
            let planned = before().rfind(|(_, digest)| *digest == by_plan);
            let asked = is(entry, "deployment.gates_passed") || is(entry, "deployment.waiting");
            let then = asked.then(|| before().next_back()).flatten();
            for (used, _) in planned.into_iter().chain(then) {
                wanted.insert(used.seq, used.clone());
            }
        }
        let mut blobs = BTreeMap::new();
        for entry in wanted.into_values() {
            let event = body(&entry);
            let blob = text(&event, &["blob"]).parse().ok();
            if let (Some(revision), Some(blob)) = (at(&event, &["revision"]).as_u64(), blob) {
                blobs.insert(revision, blob);
            }
            self.take(entry)?;
        }
        Ok(blobs)
    }
}
