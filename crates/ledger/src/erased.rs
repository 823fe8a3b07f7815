//! Bodies out of which words were taken, and the entries that account for it: what tells an erasure from a change.
//!
//! An erased body does not have the digest that the log covers. It is good exactly when a later entry, which the log covers too, says
//! of this entry which digest it had and which it has now.

use crate::chain::Broken;
use crate::row::Entry;
use std::collections::BTreeMap;
use tidegate_core::digest::Digest;
use tidegate_core::step::decode;
use tidegate_core::stream::erasure::{Done, Event};

/// Kind of the entry that accounts for an erasure.
const KIND: &str = "erasure.done/1";

/// What an entry says about words that were taken out of another one.
///
/// # Errors
/// It says so in a way that cannot be read.
pub fn erasure(entry: &Entry) -> Result<Option<Box<Done>>, String> {
    if entry.kind != KIND {
        return Ok(None);
    }
    let Some(body) = &entry.body else {
        return Ok(None);
    };
    match decode::<Event>(&entry.kind, body) {
        Ok(Event::Done(done)) => Ok(Some(done)),
        Ok(_) => Ok(None),
        Err(e) => Err(format!(
            "it says which words were erased, and cannot be read: {e}"
        )),
    }
}

/// Erased bodies that are not accounted for yet, while entries are read in order.
#[derive(Debug, Clone, Default)]
pub struct Accounts {
    open: BTreeMap<u64, Changed>,
    erased: u64,
}

/// A body that is not the one that was written.
#[derive(Debug, Clone)]
struct Changed {
    by: u64,
    was: Digest,
    is: Digest,
}

impl Accounts {
    /// The next entry, and what it says about another one.
    ///
    /// # Errors
    /// It cannot have been erased in the way it says.
    pub fn see(&mut self, entry: &Entry, erasure: Option<&Done>) -> Result<(), String> {
        if let Some(by) = entry.erased {
            let Some(body) = entry.body.as_ref().filter(|_| by > entry.seq) else {
                return Err(format!(
                    "it says that entry {by} took words out of it, which cannot be"
                ));
            };
            let changed = Changed {
                by,
                was: entry.body_hash.clone(),
                is: Digest::of(body.as_bytes()),
            };
            self.open.insert(entry.seq, changed);
            self.erased += 1;
        }
        if let Some(done) = erasure {
            let target = &done.target;
            let accounts = |changed: &Changed| {
                changed.by == entry.seq
                    && changed.was == target.digest
                    && changed.is == target.redacted
            };
            if self.open.get(&target.seq).is_some_and(accounts) {
                self.open.remove(&target.seq);
            }
        }
        Ok(())
    }

    /// That nothing is left open.
    ///
    /// # Errors
    /// The first body for which no erasure accounts.
    pub fn settled(&self) -> Result<(), Broken> {
        match self.open.first_key_value() {
            None => Ok(()),
            Some((seq, changed)) => Err(Broken {
                seq: *seq,
                because: format!(
                    "its body is not the one that was written, and entry {} is no erasure that says so",
                    changed.by
                ),
            }),
        }
    }

    /// Entries that had words taken out.
    #[must_use]
    pub fn erased(&self) -> u64 {
        self.erased
    }
}
