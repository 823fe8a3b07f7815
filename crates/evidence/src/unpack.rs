//! Opening a bundle that somebody sent. Nothing is written anywhere; everything has a limit, and a name that no bundle has is
//! refused before a byte of it is read.

use crate::bundle::{
    BODY, CHECKPOINT, CONFIGURATION, ENTRIES, MANIFEST, PAGE, PROOFS, SIGNATURE, WITHHELD,
    WITHHELD_PROOFS,
};
use crate::documents;
use crate::verify::Wrong;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};

/// Largest bundle that is read.
pub(crate) const FILE: usize = 64 << 20;
/// Most files in one.
const FILES: usize = 2_000;
/// Largest of them, unpacked.
const MEMBER: u64 = 64 << 20;
/// All of them, unpacked.
const ALL: u64 = 256 << 20;

/// The files of a bundle by name.
pub(crate) fn files(bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, Wrong> {
    let whole = |because: String| Wrong::new("the file", because);
    if bytes.len() > FILE {
        return Err(whole(format!("is over {} MiB", FILE >> 20)));
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes))
        .map_err(|e| whole(format!("is not a zip archive: {e}")))?;
    if archive.len() > FILES {
        return Err(whole(format!("holds more than {FILES} files")));
    }
    // The index of the archive keeps one of several files with the same name; the number in its end counts them all.
    let counted = entries_at_end(bytes);
    if counted.is_some_and(|n| n != archive.len()) {
        return Err(whole("holds a file twice".to_owned()));
    }
    let mut files = BTreeMap::new();
    let mut left = ALL;
    for index in 0..archive.len() {
        let mut member = archive
            .by_index(index)
            .map_err(|e| whole(format!("file {} cannot be read: {e}", index + 1)))?;
        let name = String::from_utf8_lossy(member.name_raw()).into_owned();
        let wrong = |because: &str| Wrong::new(&name.escape_default().to_string(), because);
        if !is_known(&name) || !member.is_file() {
            return Err(wrong("is nothing that a bundle holds"));
        }
        let limit = MEMBER.min(left);
        let mut content = Vec::new();
        let read = member.by_ref().take(limit + 1).read_to_end(&mut content);
        read.map_err(|e| wrong(&format!("cannot be read: {e}")))?;
        if content.len() as u64 > limit {
            return Err(wrong("is too large"));
        }
        left -= content.len() as u64;
        if files.insert(name.clone(), content).is_some() {
            return Err(wrong("is there twice"));
        }
    }
    Ok(files)
}

/// Number of files that the end of the archive counts; `None` where it has a form that no bundle has.
fn entries_at_end(bytes: &[u8]) -> Option<usize> {
    let end = bytes.windows(4).rposition(|four| four == b"PK\x05\x06")?;
    let count = bytes.get(end + 10..end + 12)?;
    Some(usize::from(u16::from_le_bytes([count[0], count[1]])))
}

fn is_known(name: &str) -> bool {
    let fixed = [
        MANIFEST,
        SIGNATURE,
        ENTRIES,
        PROOFS,
        WITHHELD,
        WITHHELD_PROOFS,
        CHECKPOINT,
        PAGE,
    ];
    let revision = name
        .strip_prefix(CONFIGURATION)
        .and_then(|rest| rest.strip_suffix(".json"));
    let number =
        revision.is_some_and(|n| n.parse::<u64>().is_ok_and(|parsed| parsed.to_string() == n));
    let body = name
        .strip_prefix(BODY)
        .and_then(|rest| rest.strip_suffix(".json"));
    let digest = body.is_some_and(is_hex);
    number || digest || fixed.contains(&name) || documents::NAMES.contains(&name)
}

fn is_hex(text: &str) -> bool {
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    text.len() == 64 && text.bytes().all(hex)
}
