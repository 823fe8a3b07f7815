//! Sittings of boards and departures of trains: everything about the release is there, and of the rest it is shown that it is the rest.
//!
//! What is about other releases stands there without its text: its place, kind and proof are enough to see that no entry is left out.

use super::{Wrong, proved};
use crate::belongs;
use crate::bundle::{ENTRIES, Manifest, WITHHELD, WITHHELD_PROOFS};
use std::collections::BTreeMap;
use tidegate_core::id::StreamId;
use tidegate_ledger::Entry;
use tidegate_ledger::seal::Sealed;

/// Of each of these streams everything from its beginning to the number that was signed.
pub(super) fn whole(
    files: &BTreeMap<String, Vec<u8>>,
    manifest: &Manifest,
    sealed: &Sealed,
    entries: &[Entry],
) -> Result<(), Wrong> {
    if super::version(manifest) != Some(super::Version::Three) {
        // Earlier formats said nothing about them.
        return match manifest.shared.is_empty() {
            true => Ok(()),
            false => Err(Wrong::new(super::MANIFEST, "has more than its format has")),
        };
    }
    let withheld = match files.contains_key(WITHHELD) || files.contains_key(WITHHELD_PROOFS) {
        true => proved(files, sealed, (WITHHELD, WITHHELD_PROOFS))?,
        false => Vec::new(),
    };
    for entry in &withheld {
        let told = entries.iter().any(|e| e.stream == entry.stream);
        if entry.body.is_some() || !belongs::is_shared(&entry.stream) || !told {
            let because = format!("is not one whose text {} leaves out", manifest.release);
            return Err(wrong(entry, because));
        }
    }
    unbroken(manifest, entries, &withheld)?;
    let counted = belongs::shared(entries, &withheld);
    let differs = manifest
        .shared
        .iter()
        .find(|(s, n)| counted.get(s) != Some(n));
    match differs {
        Some((stream, n)) => {
            let because = format!("has not the {n} entries of {stream} that were signed");
            Err(Wrong::new(ENTRIES, because))
        }
        None if counted != manifest.shared => {
            let because = "has sittings or departures that were not signed";
            Err(Wrong::new(ENTRIES, because))
        }
        None => Ok(()),
    }
}

fn wrong(entry: &Entry, because: String) -> Wrong {
    let file = match entry.body {
        None => WITHHELD,
        Some(_) => ENTRIES,
    };
    Wrong::new(&format!("entry {} in {file}", entry.seq), because)
}

/// No revision of a stream is missing, and nothing that is about everybody is without its text.
fn unbroken(manifest: &Manifest, entries: &[Entry], withheld: &[Entry]) -> Result<(), Wrong> {
    let mut streams: BTreeMap<&StreamId, Vec<&Entry>> = BTreeMap::new();
    for entry in entries.iter().chain(withheld) {
        if belongs::is_shared(&entry.stream) {
            streams.entry(&entry.stream).or_default().push(entry);
        }
    }
    for (stream, own) in &mut streams {
        own.sort_by_key(|entry| entry.rev);
        for (rev, entry) in (1..).zip(own.iter()) {
            if entry.rev != rev {
                let because = format!(
                    "is revision {} of {stream}, and revision {rev} is missing",
                    entry.rev
                );
                return Err(wrong(entry, because));
            }
        }
        if let Some(entry) = belongs::concealed(&manifest.release, own) {
            let because = format!(
                "is about {} too, and its text is left out",
                manifest.release
            );
            return Err(wrong(entry, because));
        }
    }
    Ok(())
}
