//! The spelling of one line.

use super::VERSION;
use crate::row::{Entry, Head};
use serde::{Deserialize, Serialize};
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
struct EntryLine {
    seq: u64,
    at: Timestamp,
    stream: StreamId,
    rev: u64,
    kind: String,
    actor: String,
    cause: String,
    body: Option<String>,
    body_hash: Digest,
    hash: Digest,
}

pub(super) fn header(head: &Head) -> serde_json::Result<String> {
    let (format, hash) = (FORMAT.to_owned(), head.hash.clone());
    serde_json::to_string(&HeaderLine {
        format,
        version: VERSION,
        seq: head.seq,
        at: head.at,
        hash,
    })
}

pub(super) fn entry(entry: &Entry) -> serde_json::Result<String> {
    let e = entry.clone();
    serde_json::to_string(&EntryLine {
        seq: e.seq,
        at: e.at,
        stream: e.stream,
        rev: e.rev,
        kind: e.kind,
        actor: e.actor,
        cause: e.cause,
        body: e.body,
        body_hash: e.body_hash,
        hash: e.hash,
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
    if line.version != VERSION {
        return Err(format!(
            "is of format version {}, this version reads {VERSION}: use a newer version",
            line.version
        ));
    }
    let head = Head {
        seq: line.seq,
        at: line.at,
        hash: line.hash,
    };
    same_spelling(text, header(&head))?;
    Ok(head)
}

/// Read an entry line back.
pub(super) fn read_entry(text: &str) -> Result<Entry, String> {
    let line: EntryLine =
        serde_json::from_str(text).map_err(|e| format!("is not an entry: {e}"))?;
    let e = Entry {
        seq: line.seq,
        at: line.at,
        stream: line.stream,
        rev: line.rev,
        kind: line.kind,
        actor: line.actor,
        cause: line.cause,
        body: line.body,
        body_hash: line.body_hash,
        hash: line.hash,
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
