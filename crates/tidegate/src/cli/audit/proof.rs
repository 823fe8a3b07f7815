//! Checking a proof of one entry with nothing but the proof and, better, a public key known from elsewhere.

use tidegate_client::wire::{EntryProof, ExactEntry};
use tidegate_core::digest::Digest;
use tidegate_core::id::StreamId;
use tidegate_ledger::Entry;
use tidegate_ledger::seal::{self, Sealed};
use tidegate_ledger::tree;

/// How the text of a proof begins.
pub const FORMAT: &str = "tidegate-proof/1";

/// What the proof shows, or why it shows nothing. `keys` are known from elsewhere; without them those in the proof are taken.
///
/// # Errors
/// What is wrong, as a fragment.
pub fn check(proof: &EntryProof, keys: &[String]) -> Result<(Entry, Sealed), String> {
    if proof.format != FORMAT {
        return Err(format!(
            "it has the format `{}`, not {FORMAT}",
            proof.format
        ));
    }
    let entry = entry_of(&proof.entry)?;
    let body = entry
        .body
        .as_deref()
        .map(|body| Digest::of(body.as_bytes()));
    if body.is_some_and(|digest| digest != entry.body_hash) {
        return Err("its body is not the one that was written".to_owned());
    }
    let keys = if keys.is_empty() { &proof.keys } else { keys };
    let sealed = seal::open(&proof.checkpoint, keys)
        .map_err(|e| format!("its checkpoint is not good: {e}"))?;
    let path = digests(&proof.inclusion)?;
    let leaf = tree::leaf(&entry);
    match tree::shows_entry(&path, sealed.size, &sealed.root, entry.seq, &leaf) {
        true => Ok((entry, sealed)),
        false => Err(format!(
            "it does not lead to the root of the checkpoint over {} entries",
            sealed.size
        )),
    }
}

/// Digests in their usual spelling.
///
/// # Errors
/// One is not a digest.
pub fn digests(texts: &[String]) -> Result<Vec<Digest>, String> {
    let parse = |text: &String| text.parse::<Digest>().map_err(|e| e.to_string());
    texts.iter().map(parse).collect()
}

fn entry_of(exact: &ExactEntry) -> Result<Entry, String> {
    let digest = |text: &str| text.parse::<Digest>().map_err(|e| e.to_string());
    let stream = StreamId::parse(&exact.stream)
        .ok_or_else(|| format!("`{}` is not a stream", exact.stream.escape_default()))?;
    Ok(Entry {
        seq: exact.seq,
        at: exact.at,
        stream,
        rev: exact.rev,
        kind: exact.kind.clone(),
        actor: exact.actor.clone(),
        cause: exact.cause.clone(),
        body: exact.body.clone(),
        body_hash: digest(&exact.body_hash)?,
        hash: digest(&exact.hash)?,
        erased: exact.erased,
    })
}
