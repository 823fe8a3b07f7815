//! The hash chain over the ledger. Pure, shared by all stores and by verifiers that have nothing but an export.
//!
//! A record is the concatenation of its fields, each as an 8-byte big-endian length and its bytes; numbers are 8 bytes
//! big-endian (times in microseconds). `body_hash = SHA-256(body)`, `hash = SHA-256(previous hash ‖ record)`. Only stored
//! bytes are hashed: nothing is parsed or written anew.

use crate::erased::{Accounts, erasure};
use crate::error::StoreError;
use crate::row::{Entry, Head};
use crate::tree::{self, Frontier};
use std::collections::BTreeMap;
use tidegate_core::batch::NewEntry;
use tidegate_core::digest::Digest;
use tidegate_core::id::StreamId;
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
fn record_after(before: &[u8], entry: &Entry) -> Vec<u8> {
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
fn lacking(entry: &Entry) -> Option<&'static str> {
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

/// Checks entries one after the other. Holds one number per stream and the edge of the tree.
#[derive(Debug, Clone)]
pub struct Verifier {
    head: Head,
    whole: bool,
    tree: Frontier,
    revs: BTreeMap<StreamId, u64>,
    accounts: Accounts,
}

impl Verifier {
    /// Begin after `start`, which the caller trusts. Begin with [`Head::empty`] to check a whole ledger; otherwise the first
    /// revision seen of each stream is taken as it is.
    #[must_use]
    pub fn new(start: Head) -> Self {
        Self {
            whole: start.seq == 0,
            head: start,
            tree: Frontier::default(),
            revs: BTreeMap::new(),
            accounts: Accounts::default(),
        }
    }

    /// The newest entry that was checked.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The same, when all are checked.
    #[must_use]
    pub fn into_head(self) -> Head {
        self.head
    }

    /// The tree over what was checked; `None` when that is not the whole ledger.
    #[must_use]
    pub fn tree(&self) -> Option<&Frontier> {
        self.whole.then_some(&self.tree)
    }

    /// That every body that is not the one that was written had words taken out of it by an erasure that stands in the ledger.
    ///
    /// # Errors
    /// The first one for which there is none.
    pub fn accounted(&self) -> Result<(), Broken> {
        self.accounts.settled()
    }

    /// Number of entries that had words taken out.
    #[must_use]
    pub fn erased(&self) -> u64 {
        self.accounts.erased()
    }

    /// Number of streams seen.
    #[must_use]
    pub fn streams(&self) -> usize {
        self.revs.len()
    }

    /// Check the next entry.
    ///
    /// # Errors
    /// It does not follow; the verifier stays where it was.
    pub fn push(&mut self, entry: &Entry) -> Result<(), Broken> {
        self.next(entry).map(drop)
    }

    /// The same; gives its leaf in the tree when the whole ledger is checked.
    pub(crate) fn next(&mut self, entry: &Entry) -> Result<Option<Digest>, Broken> {
        let expected = self.head.seq + 1;
        let broken = |because: String| Broken {
            seq: expected,
            because,
        };
        if entry.seq != expected {
            return Err(broken(format!(
                "is missing; entry {} stands in its place",
                entry.seq
            )));
        }
        if entry.at < self.head.at {
            return Err(broken(format!(
                "its time {} is before {} of the entry before it",
                entry.at, self.head.at
            )));
        }
        let before = self.revs.get_mut(&entry.stream);
        let have = before.as_deref().copied();
        let rev = match have {
            Some(have) => Some(have + 1),
            None => self.whole.then_some(1),
        };
        if rev.is_some_and(|rev| rev != entry.rev) || entry.rev == 0 {
            let have = have.unwrap_or(0);
            return Err(broken(format!(
                "it is revision {} of {}, which is at revision {have}",
                entry.rev, entry.stream
            )));
        }
        if let Some(because) = lacking(entry) {
            return Err(broken(because.to_owned()));
        }
        let erasure = erasure(entry).map_err(broken)?;
        let previous = self.head.hash.as_bytes();
        let linked = record_after(previous, entry);
        if Digest::of(&linked) != entry.hash {
            return Err(broken(
                "its hash does not follow from its contents and the entry before it".to_owned(),
            ));
        }
        self.accounts
            .see(entry, erasure.as_deref())
            .map_err(broken)?;
        match before {
            Some(before) => *before = entry.rev,
            None => drop(self.revs.insert(entry.stream.clone(), entry.rev)),
        }
        let leaf = self.whole.then(|| tree::leaf_of(&linked[previous.len()..]));
        if let Some(leaf) = &leaf {
            self.tree.push(leaf.clone());
        }
        self.head = Head {
            seq: entry.seq,
            at: entry.at,
            hash: entry.hash.clone(),
        };
        Ok(leaf)
    }
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
    Ok(verifier.head)
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

/// Entries read at a time.
pub(crate) const PAGE: usize = 500;
