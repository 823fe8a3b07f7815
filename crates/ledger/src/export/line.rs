//! The spelling of one line.

use super::{OLDEST, VERSION};
use crate::row::{Entry, Head};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use tidegate_core::digest::Digest;
use tidegate_core::id::StreamId;
use tidegate_core::time::Timestamp;

const FORMAT: &str = "tidegate-ledger";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeaderLine {
    format: String,
    version: u32,
    seq: u64,
    at: Timestamp,
    hash: Digest,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryLine<'a> {
    seq: u64,
    at: Timestamp,
    stream: Cow<'a, StreamId>,
    rev: u64,
    kind: Cow<'a, str>,
    actor: Cow<'a, str>,
    cause: Cow<'a, str>,
    body: Option<Cow<'a, str>>,
    body_hash: Cow<'a, Digest>,
    hash: Cow<'a, Digest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    erased: Option<u64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckpointLine {
    pub checkpoint: String,
    pub keys: Vec<String>,
}

/// How a checkpoint line begins, and no other line.
pub(super) const CHECKPOINT: &str = "{\"checkpoint\":";

pub(super) fn checkpoint(note: &str, keys: &[String]) -> serde_json::Result<String> {
    serde_json::to_string(&CheckpointLine {
        checkpoint: note.to_owned(),
        keys: keys.to_vec(),
    })
}

/// Read a checkpoint line back.
pub(super) fn read_checkpoint(text: &str) -> Result<CheckpointLine, String> {
    let line: CheckpointLine =
        serde_json::from_str(text).map_err(|e| format!("is not a checkpoint: {e}"))?;
    same_spelling(text, checkpoint(&line.checkpoint, &line.keys))?;
    Ok(line)
}

pub(super) fn header(head: &Head) -> serde_json::Result<String> {
    header_of(head, VERSION)
}

fn header_of(head: &Head, version: u32) -> serde_json::Result<String> {
    let (format, hash) = (FORMAT.to_owned(), head.hash.clone());
    serde_json::to_string(&HeaderLine {
        format,
        version,
        seq: head.seq,
        at: head.at,
        hash,
    })
}

/// The line of an entry, without its end.
///
/// # Errors
/// It cannot be written as JSON; no stored entry is like that.
pub fn entry(entry: &Entry) -> serde_json::Result<String> {
    serde_json::to_string(&EntryLine {
        seq: entry.seq,
        at: entry.at,
        stream: Cow::Borrowed(&entry.stream),
        rev: entry.rev,
        kind: entry.kind.as_str().into(),
        actor: entry.actor.as_str().into(),
        cause: entry.cause.as_str().into(),
        body: entry.body.as_deref().map(Cow::Borrowed),
        body_hash: Cow::Borrowed(&entry.body_hash),
        hash: Cow::Borrowed(&entry.hash),
        erased: entry.erased,
    })
}

/// Read a header line back.
pub(super) fn read_header(text: &str) -> Result<Head, String> {
    let line: HeaderLine =
        serde_json::from_str(text).map_err(|e| format!("is not the header of an export: {e}"))?;
    if line.format != FORMAT {
        return Err(format!(
            "is the header of `{}`, not of a ledger export",
            line.format
        ));
    }
    if !(OLDEST..=VERSION).contains(&line.version) {
        return Err(format!(
            "is of format version {}, this version reads up to {VERSION}: use a newer version",
            line.version
        ));
    }
    let head = Head {
        seq: line.seq,
        at: line.at,
        hash: line.hash,
    };
    same_spelling(text, header_of(&head, line.version))?;
    Ok(head)
}

/// Read an entry line back.
///
/// # Errors
/// It is not an entry, or spelled in another way than [`entry`] does.
pub fn read_entry(text: &str) -> Result<Entry, String> {
    let line: EntryLine<'_> =
        serde_json::from_str(text).map_err(|e| format!("is not an entry: {e}"))?;
    let e = Entry {
        seq: line.seq,
        at: line.at,
        stream: line.stream.into_owned(),
        rev: line.rev,
        kind: line.kind.into_owned(),
        actor: line.actor.into_owned(),
        cause: line.cause.into_owned(),
        body: line.body.map(Cow::into_owned),
        body_hash: line.body_hash.into_owned(),
        hash: line.hash.into_owned(),
        erased: line.erased,
    };
    same_spelling(text, entry(&e))?;
    Ok(e)
}

fn same_spelling(text: &str, again: serde_json::Result<String>) -> Result<(), String> {
    match again {
        Ok(again) if again == text => Ok(()),
        _ => Err("is not spelled the way it was exported".to_owned()),
    }
}
