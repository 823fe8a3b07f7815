//! Checking a bundle with nothing but itself and, better, a public key of the log that is known from elsewhere.
//!
//! In the order of what rests on what: the archive, the signature over the list of contents, the files in it, the entries and their
//! proofs, whose entries they are, the documents, and then what the entries say about the release itself. The first wrong part is named.

use crate::belongs;
use crate::bundle::{
    BODY, CHECKPOINT, CONFIGURATION, EARLIER, ENTRIES, FORMAT, MANIFEST, Manifest, PROOFS,
    ProofLine, SECOND, SIGNATURE, statement,
};
use crate::documents::archive::{referred, unexplained};
use crate::documents::{self, About, Version};
use crate::facts::{body, is, text};
use crate::unpack;
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::digest::{Digest, canonical};
use tidegate_core::id::{ReleaseId, StreamId};
use tidegate_core::time::Timestamp;
use tidegate_ledger::Entry;
use tidegate_ledger::erased::{Accounts, erasure};
use tidegate_ledger::export::read_entry_line;
use tidegate_ledger::seal::{self, Sealed};
use tidegate_ledger::tree;

mod claims;
mod shared;

pub use claims::Claims;

/// The first wrong part of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{part} {because}")]
pub struct Wrong {
    /// A file of the bundle, or an entry in it.
    pub part: String,
    /// What does not fit.
    pub because: String,
}

impl Wrong {
    pub(crate) fn new(part: &str, because: impl Into<String>) -> Self {
        let (part, because) = (part.to_owned(), because.into());
        Self { part, because }
    }

    fn entry(seq: u64, because: impl Into<String>) -> Self {
        Self::new(&format!("entry {seq} in {ENTRIES}"), because)
    }
}

/// What a good bundle shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Release.
    pub release: ReleaseId,
    /// When it was asked for.
    pub at: Timestamp,
    /// The signed state of the log that all entries are in.
    pub sealed: Sealed,
    /// The note that says so.
    pub checkpoint: String,
    /// Keys that signed the list of contents.
    pub signed_by: Vec<String>,
    /// Number of entries.
    pub entries: usize,
    /// Those whose text was erased.
    pub erased: usize,
    /// Streams that are there whole, with the number of their entries.
    pub streams: BTreeMap<StreamId, u64>,
    /// Sittings and departures that are there whole, what is about other releases without its text.
    pub shared: BTreeMap<StreamId, u64>,
    /// Parts that the bundle itself says are missing.
    pub missing: usize,
    /// Bodies from beside the log that it holds.
    pub bodies: usize,
    /// What the entries say about the release.
    pub claims: Claims,
}

/// Check a bundle. `keys` are known from elsewhere; without them those in the bundle are taken.
///
/// # Errors
/// The first wrong part.
pub fn check(file: &[u8], keys: &[String]) -> Result<Checked, Wrong> {
    let files = unpack::files(file)?;
    let (manifest, signed_by) = contents(&files, keys)?;
    same_files(&manifest, &files)?;
    let keys = if keys.is_empty() {
        &manifest.keys
    } else {
        keys
    };
    let note = member(&files, CHECKPOINT)?;
    let sealed =
        seal::open(note, keys).map_err(|e| Wrong::new(CHECKPOINT, format!("is not good: {e}")))?;
    let entries = entries(&files, &sealed)?;
    whole(&manifest, &entries)?;
    shared::whole(&files, &manifest, &sealed, &entries)?;
    let configurations = configurations(&files, &entries)?;
    let carried = bodies(&files, &manifest, &entries)?;
    let about = About {
        version: version(&manifest).unwrap_or(Version::Three),
        carried: &carried,
        release: &manifest.release,
        at: manifest.at,
        checkpoint: note,
        missing: &manifest.missing,
    };
    let again = documents::all(&about, &entries, &configurations)
        .map_err(|e| Wrong::new(ENTRIES, format!("gives no documents: {e}")))?;
    for (name, bytes) in &again {
        if files.get(name) != Some(bytes) {
            return Err(Wrong::new(name, "does not say what the entries say"));
        }
    }
    Ok(Checked {
        claims: Claims::of(&entries)?,
        release: manifest.release,
        at: manifest.at,
        checkpoint: note.to_owned(),
        sealed,
        signed_by,
        erased: entries.iter().filter(|e| e.erased.is_some()).count(),
        entries: entries.len(),
        shared: manifest.shared,
        streams: manifest.streams,
        missing: manifest.missing.len(),
        bodies: carried.len(),
    })
}

fn member<'a>(files: &'a BTreeMap<String, Vec<u8>>, name: &str) -> Result<&'a str, Wrong> {
    let bytes = files
        .get(name)
        .ok_or_else(|| Wrong::new(name, "is missing"))?;
    str::from_utf8(bytes).map_err(|_| Wrong::new(name, "is not text"))
}

/// The list of contents, and who signed it.
fn contents(
    files: &BTreeMap<String, Vec<u8>>,
    keys: &[String],
) -> Result<(Manifest, Vec<String>), Wrong> {
    let text = member(files, MANIFEST)?;
    let manifest: Manifest = serde_json::from_str(text)
        .map_err(|e| Wrong::new(MANIFEST, format!("is not a list of contents: {e}")))?;
    if version(&manifest).is_none() {
        let format = manifest.format.escape_default();
        return Err(Wrong::new(
            MANIFEST,
            format!("has the format `{format}`, this version reads {FORMAT}"),
        ));
    }
    if canonical(&manifest)
        .ok()
        .map(|again| again + "\n")
        .as_deref()
        != Some(text)
    {
        return Err(Wrong::new(
            MANIFEST,
            "is not spelled the way it was written",
        ));
    }
    let keys = if keys.is_empty() {
        &manifest.keys
    } else {
        keys
    };
    let (said, by) = seal::open_note(member(files, SIGNATURE)?, keys)
        .map_err(|e| Wrong::new(SIGNATURE, format!("is not good: {e}")))?;
    if said != statement(&manifest.format, &manifest.release, text.as_bytes()) {
        return Err(Wrong::new(MANIFEST, "is not the one that was signed"));
    }
    Ok((manifest, by))
}

fn version(manifest: &Manifest) -> Option<Version> {
    match manifest.format.as_str() {
        EARLIER => Some(Version::One),
        SECOND => Some(Version::Two),
        FORMAT => Some(Version::Three),
        _ => None,
    }
}

/// The bodies from beside the log: each the one that an entry names, and of those that are not here each said to be gone or missing.
fn bodies(
    files: &BTreeMap<String, Vec<u8>>,
    manifest: &Manifest,
    entries: &[Entry],
) -> Result<BTreeSet<Digest>, Wrong> {
    let named: BTreeSet<Digest> = referred(entries).into_iter().map(|b| b.digest).collect();
    let mut carried = BTreeSet::new();
    for (name, bytes) in files {
        let Some(hex) = name
            .strip_prefix(BODY)
            .and_then(|n| n.strip_suffix(".json"))
        else {
            continue;
        };
        let digest = Digest::of(bytes);
        if digest.hex() != hex {
            return Err(Wrong::new(name, "is not what its name says"));
        }
        if !named.contains(&digest) {
            return Err(Wrong::new(name, "is not one that an entry refers to"));
        }
        carried.insert(digest);
    }
    if version(manifest) == Some(Version::One) {
        return Ok(carried);
    }
    for body in unexplained(entries, &carried) {
        let digest = body.digest.to_string();
        if !manifest.missing.iter().any(|m| m.what.contains(&digest)) {
            let because = format!(
                "refers to {} that is neither here nor listed as missing",
                body.class
            );
            return Err(Wrong::entry(body.seq, because));
        }
    }
    Ok(carried)
}

fn same_files(manifest: &Manifest, files: &BTreeMap<String, Vec<u8>>) -> Result<(), Wrong> {
    for listed in &manifest.files {
        let bytes = files
            .get(&listed.name)
            .ok_or_else(|| Wrong::new(&listed.name, "is missing"))?;
        if Digest::of(bytes) != listed.sha256 || bytes.len() as u64 != listed.bytes {
            return Err(Wrong::new(&listed.name, "is not the one that was written"));
        }
    }
    let known = |name: &str| {
        name == MANIFEST || name == SIGNATURE || manifest.files.iter().any(|f| f.name == name)
    };
    match files.keys().find(|name| !known(name)) {
        None => Ok(()),
        Some(name) => Err(Wrong::new(name, "is not in the list of contents")),
    }
}

/// The entries, each as it was written and in the signed log.
fn entries(files: &BTreeMap<String, Vec<u8>>, sealed: &Sealed) -> Result<Vec<Entry>, Wrong> {
    let entries = proved(files, sealed, (ENTRIES, PROOFS))?;
    let mut accounts = Accounts::default();
    for entry in &entries {
        let seq = entry.seq;
        let erasure = erasure(entry).map_err(|why| Wrong::entry(seq, why))?;
        accounts
            .see(entry, erasure.as_deref())
            .map_err(|why| Wrong::entry(seq, why))?;
    }
    accounts
        .settled()
        .map_err(|broken| Wrong::entry(broken.seq, broken.because))?;
    Ok(entries)
}

/// Entries of a file in the order of the log, each with the text that was written, if any, and in the signed log.
fn proved(
    files: &BTreeMap<String, Vec<u8>>,
    sealed: &Sealed,
    (entries, proofs): (&str, &str),
) -> Result<Vec<Entry>, Wrong> {
    let mut lines = member(files, proofs)?.lines();
    let mut found: Vec<Entry> = Vec::new();
    for (n, line) in member(files, entries)?.lines().enumerate() {
        let entry = read_entry_line(line)
            .map_err(|why| Wrong::new(entries, format!("line {}: {why}", n + 1)))?;
        let seq = entry.seq;
        let wrong = |because: &str| Wrong::new(&format!("entry {seq} in {entries}"), because);
        if found.last().is_some_and(|before| before.seq >= seq) {
            return Err(wrong("is not in its place"));
        }
        let digest = entry.body.as_deref().map(|b| Digest::of(b.as_bytes()));
        if entry.erased.is_none() && digest.is_some_and(|digest| digest != entry.body_hash) {
            return Err(wrong("has not the text that was written"));
        }
        let line = lines.next().unwrap_or_default();
        let proof: ProofLine = serde_json::from_str(line)
            .map_err(|e| Wrong::new(proofs, format!("line {}: {e}", n + 1)))?;
        if proof.seq != seq {
            return Err(Wrong::new(proofs, format!("has no proof of entry {seq}")));
        }
        let leaf = tree::leaf(&entry);
        if !tree::shows_entry(&proof.inclusion, sealed.size, &sealed.root, seq, &leaf) {
            return Err(wrong("is not in the signed log"));
        }
        found.push(entry);
    }
    match lines.next() {
        None => Ok(found),
        Some(_) => Err(Wrong::new(proofs, "has a proof of no entry")),
    }
}

/// Nothing of others, and of each stream everything from its beginning to the number that was signed.
fn whole(manifest: &Manifest, entries: &[Entry]) -> Result<(), Wrong> {
    if let Some(stream) = belongs::stranger(&manifest.release, entries) {
        let first = entries.iter().find(|e| e.stream == stream);
        let because = format!("is of {stream}, which is not of {}", manifest.release);
        return Err(Wrong::entry(first.map_or(0, |e| e.seq), because));
    }
    let mut revs: BTreeMap<&StreamId, u64> = BTreeMap::new();
    for entry in entries.iter().filter(|e| !belongs::is_beside(e)) {
        let rev = revs.entry(&entry.stream).or_default();
        *rev += 1;
        if entry.rev != *rev {
            let because = format!(
                "is revision {} of {}, and revision {rev} is missing",
                entry.rev, entry.stream
            );
            return Err(Wrong::entry(entry.seq, because));
        }
    }
    let counted = documents::streams(entries);
    if counted != manifest.streams {
        let differs = manifest
            .streams
            .iter()
            .find(|(stream, n)| counted.get(stream) != Some(n));
        let because = match differs {
            Some((stream, n)) => format!("has not the {n} entries of {stream} that were signed"),
            None => "has streams that were not signed".to_owned(),
        };
        return Err(Wrong::new(ENTRIES, because));
    }
    Ok(())
}

/// The configurations, each the one that its entry names.
fn configurations(
    files: &BTreeMap<String, Vec<u8>>,
    entries: &[Entry],
) -> Result<BTreeMap<u64, Vec<u8>>, Wrong> {
    let mut found = BTreeMap::new();
    for (name, bytes) in files {
        let number = name.strip_prefix(CONFIGURATION);
        let number = number.and_then(|rest| rest.strip_suffix(".json")?.parse::<u64>().ok());
        let Some(revision) = number else { continue };
        let digest = Digest::of(bytes).to_string();
        let named = entries.iter().filter(|e| is(e, "config.applied")).any(|e| {
            let event = body(e);
            event["revision"].as_u64() == Some(revision) && text(&event, &["blob"]) == digest
        });
        if !named {
            return Err(Wrong::new(name, "is not the one that an entry names"));
        }
        found.insert(revision, bytes.clone());
    }
    Ok(found)
}
