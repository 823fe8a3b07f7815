//! Entries of the ledger.

use tidegate_client::wire;
use tidegate_ledger::Entry;

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
    }
}
