//! The hash chain over the ledger. Pure, shared by all stores and by verifiers that have nothing but an export.
//!
//! A record is the concatenation of its fields, each as an 8-byte big-endian length and its bytes; numbers are 8 bytes
//! big-endian (times in microseconds). `body_hash = SHA-256(body)`, `hash = SHA-256(previous hash ‖ record)`. Only stored
//! bytes are hashed: nothing is parsed or written anew.

use crate::error::StoreError;
use crate::row::{Entry, Head};
use tidegate_core::batch::NewEntry;
use tidegate_core::digest::Digest;
use tidegate_core::time::{Timestamp, ledger_time};

/// The first entry that does not follow from those before it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("entry {seq}: {because}")]
pub struct Broken {
    /// Its sequence number; of a missing entry the number it should have.
    pub seq: u64,
    /// What does not fit.
    pub because: String,
}

pub use crate::follow::Verifier;
pub use crate::verify::verify_rows;

/// Why a ledger could not be verified.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The history is not what was written.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// The history could not be read; nothing is known about it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the hash of an entry covers.
#[must_use]
pub fn record(entry: &Entry) -> Vec<u8> {
    record_after(&[], entry)
}

/// The same behind other bytes.
pub(crate) fn record_after(before: &[u8], entry: &Entry) -> Vec<u8> {
    let at = entry.at.as_microsecond().to_be_bytes();
    let (seq, rev) = (entry.seq.to_be_bytes(), entry.rev.to_be_bytes());
    let fields: [&[u8]; 8] = [
        &seq,
        &at,
        entry.stream.as_str().as_bytes(),
        &rev,
        entry.kind.as_bytes(),
        entry.actor.as_bytes(),
        entry.cause.as_bytes(),
        entry.body_hash.as_bytes(),
    ];
    let size: usize = fields.iter().map(|field| field.len() + 8).sum();
    let mut out = Vec::with_capacity(before.len() + size);
    out.extend_from_slice(before);
    for field in fields {
        out.extend_from_slice(&(field.len() as u64).to_be_bytes());
        out.extend_from_slice(field);
    }
    out
}

/// Chain hash of an entry after `previous`.
#[must_use]
pub fn hash(previous: &Digest, entry: &Entry) -> Digest {
    Digest::of(&record_after(previous.as_bytes(), entry))
}

/// What is wrong with the body of an entry of which nobody says that words were taken out.
pub(crate) fn lacking(entry: &Entry) -> Option<&'static str> {
    match (&entry.body, entry.erased) {
        (_, Some(_)) => None,
        (None, None) => Some("its body is missing, and no erasure says why"),
        (Some(body), None) => (Digest::of(body.as_bytes()) != entry.body_hash)
            .then_some("its body is not the one that was written"),
    }
}

/// The entry that `new` becomes after `head`, at `at` cut to microseconds.
///
/// # Errors
/// `at` is earlier than the head.
pub fn seal(head: &Head, new: &NewEntry, at: Timestamp) -> Result<Entry, StoreError> {
    let at = ledger_time(at);
    if at < head.at {
        return Err(StoreError::TimeWentBack {
            have: head.at,
            got: at,
        });
    }
    let mut entry = Entry {
        seq: head.seq + 1,
        at,
        stream: new.stream.clone(),
        rev: new.rev,
        kind: new.kind.clone(),
        actor: new.actor.clone(),
        cause: new.cause.clone(),
        body: Some(new.body.clone()),
        body_hash: Digest::of(new.body.as_bytes()),
        erased: None,
        hash: head.hash.clone(),
    };
    entry.hash = hash(&head.hash, &entry);
    Ok(entry)
}

/// Check entries that follow `start` and return the head they lead to.
///
/// # Errors
/// The first entry that does not follow.
pub fn verify(entries: impl IntoIterator<Item = Entry>, start: Head) -> Result<Head, Broken> {
    let mut verifier = Verifier::new(start);
    for entry in entries {
        verifier.push(&entry)?;
    }
    verifier.accounted()?;
    Ok(verifier.into_head())
}

/// That the entries end where the head says.
pub(crate) fn same_head(reached: Head, claimed: &Head) -> Result<Head, Broken> {
    if reached == *claimed {
        return Ok(reached);
    }
    let because = match reached.seq.cmp(&claimed.seq) {
        std::cmp::Ordering::Less => format!("is missing; the head is entry {}", claimed.seq),
        std::cmp::Ordering::Greater => {
            format!("is beyond the head, which is entry {}", claimed.seq)
        }
        std::cmp::Ordering::Equal => "the head on record has another time or hash".to_owned(),
    };
    let seq = match reached.seq.cmp(&claimed.seq) {
        std::cmp::Ordering::Less => reached.seq + 1,
        std::cmp::Ordering::Greater => claimed.seq + 1,
        std::cmp::Ordering::Equal => reached.seq,
    };
    Err(Broken { seq, because })
}

/// Entries read at a time: two tiles of the tree.
pub(crate) const PAGE: usize = 512;
