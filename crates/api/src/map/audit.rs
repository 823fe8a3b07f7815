//! Entries of the ledger.

use tidegate_client::wire;
use tidegate_core::digest::Digest;
use tidegate_ledger::{CheckpointRow, Entry};

/// An entry.
pub(crate) fn entry(entry: &Entry) -> wire::Entry {
    wire::Entry {
        seq: entry.seq,
        at: entry.at,
        stream: entry.stream.to_string(),
        rev: entry.rev,
        kind: entry.kind.clone(),
        actor: entry.actor.clone(),
        cause: entry.cause.clone(),
        body: entry
            .body
            .as_deref()
            .map(|body| serde_json::from_str(body).unwrap_or_else(|_| body.into())),
        body_hash: entry.body_hash.to_string(),
        hash: entry.hash.to_string(),
        erased: entry.erased,
    }
}

/// A checkpoint.
pub(crate) fn checkpoint(
    row: &CheckpointRow,
    root: &Digest,
    keys: Vec<String>,
) -> wire::Checkpoint {
    wire::Checkpoint {
        size: row.size,
        root: root.to_string(),
        at: row.at,
        note: row.note.clone(),
        keys,
    }
}

/// A proof of an entry.
pub(crate) fn entry_proof(
    entry: &Entry,
    inclusion: &[Digest],
    row: &CheckpointRow,
    keys: Vec<String>,
) -> wire::EntryProof {
    wire::EntryProof {
        format: "tidegate-proof/1".to_owned(),
        entry: wire::ExactEntry {
            seq: entry.seq,
            at: entry.at,
            stream: entry.stream.to_string(),
            rev: entry.rev,
            kind: entry.kind.clone(),
            actor: entry.actor.clone(),
            cause: entry.cause.clone(),
            // A body without its words is not what the proof is about.
            body: entry.body.clone().filter(|_| entry.erased.is_none()),
            body_hash: entry.body_hash.to_string(),
            hash: entry.hash.to_string(),
            erased: entry.erased,
        },
        inclusion: inclusion.iter().map(ToString::to_string).collect(),
        checkpoint: row.note.clone(),
        keys,
    }
}
