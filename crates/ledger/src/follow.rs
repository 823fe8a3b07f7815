//! Whether entries follow from each other. What takes time, the hashes, needs an entry and the hash before it alone, so it can be computed
//! on any thread and in any order ([`Computed`]); what needs all that came before is compared in order ([`Verifier`]).

use crate::chain::{Broken, lacking, record_after};
use crate::erased::{Accounts, erasure};
use crate::row::{Entry, Head};
use crate::tree::{self, Frontier};
use std::collections::HashMap;
use tidegate_core::digest::Digest;
use tidegate_core::id::StreamId;
use tidegate_core::stream::erasure::Done;

/// What follows from an entry and the hash before it.
#[derive(Debug)]
pub(crate) struct Computed {
    /// What is wrong with its body.
    lacking: Option<&'static str>,
    /// What it says about words taken out of another one.
    erasure: Result<Option<Box<Done>>, String>,
    /// The hash before it.
    previous: Digest,
    /// Its hash is the one that follows from that.
    linked: bool,
    leaf: Digest,
}

impl Computed {
    pub(crate) fn of(previous: &Digest, entry: &Entry) -> Self {
        let before = previous.as_bytes();
        let linked = record_after(before, entry);
        Self {
            lacking: lacking(entry),
            erasure: erasure(entry),
            previous: previous.clone(),
            linked: Digest::of(&linked) == entry.hash,
            leaf: tree::leaf_of(&linked[before.len()..]),
        }
    }

    /// For entries one after the other; of the first one what is before it is not known.
    pub(crate) fn of_each(entries: &[Entry]) -> Vec<Self> {
        let unknown = Head::empty().hash;
        let mut previous = &unknown;
        let mut all = Vec::with_capacity(entries.len());
        for entry in entries {
            all.push(Self::of(previous, entry));
            previous = &entry.hash;
        }
        all
    }

    pub(crate) fn leaf(&self) -> &Digest {
        &self.leaf
    }
}

/// Let go of what nobody needs of an entry once it was computed, on the thread that has it: handing it on to be dropped elsewhere costs more.
pub(crate) fn lighten(entry: &mut Entry) {
    entry.kind = String::new();
    entry.actor = String::new();
    entry.cause = String::new();
    if entry.erased.is_none() {
        entry.body = None;
    }
}

/// A tile of leaves that is complete, and the root over it.
pub(crate) struct Tile {
    pub(crate) leaves: Vec<Digest>,
    pub(crate) root: Digest,
}

/// Checks entries one after the other. Holds one number per stream and the edge of the tree.
#[derive(Debug, Clone)]
pub struct Verifier {
    head: Head,
    whole: bool,
    /// Over whole tiles.
    tree: Frontier,
    /// Leaves after them.
    open: Vec<Digest>,
    revs: HashMap<StreamId, u64>,
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
            open: Vec::new(),
            revs: HashMap::new(),
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
    pub fn tree(&self) -> Option<Frontier> {
        self.whole.then(|| {
            let mut tree = self.tree.clone();
            for leaf in &self.open {
                tree.push(leaf.clone());
            }
            tree
        })
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
        self.next(entry, None)?;
        self.grow(None);
        Ok(())
    }

    /// Check the next entry, of which this was computed before. Gives its leaf, which waits for [`grow`](Self::grow).
    ///
    /// # Errors
    /// It does not follow; the verifier stays where it was.
    pub(crate) fn next(
        &mut self,
        entry: &Entry,
        computed: Option<&Computed>,
    ) -> Result<Digest, Broken> {
        let here;
        let computed = match computed.filter(|known| known.previous == self.head.hash) {
            Some(known) => known,
            None => {
                here = Computed::of(&self.head.hash, entry);
                &here
            }
        };
        self.compare(entry, computed)?;
        Ok(computed.leaf.clone())
    }

    fn compare(&mut self, entry: &Entry, computed: &Computed) -> Result<(), Broken> {
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
        if let Some(because) = computed.lacking {
            return Err(broken(because.to_owned()));
        }
        let erasure = computed.erasure.as_ref().map_err(|e| broken(e.clone()))?;
        if !computed.linked {
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
        if self.whole {
            self.open.push(computed.leaf.clone());
        }
        self.head = Head {
            seq: entry.seq,
            at: entry.at,
            hash: entry.hash.clone(),
        };
        Ok(())
    }

    /// The tile that is complete with the newest entry, now part of the tree. Its root is taken from whoever computed it from the same
    /// leaves.
    pub(crate) fn grow(&mut self, root: Option<Digest>) -> Option<Tile> {
        if (self.open.len() as u64) < tree::TILE {
            return None;
        }
        let leaves = std::mem::take(&mut self.open);
        let root = root.or_else(|| tree::fold(leaves.clone()))?;
        self.tree.push_tile(root.clone());
        Some(Tile { leaves, root })
    }
}
