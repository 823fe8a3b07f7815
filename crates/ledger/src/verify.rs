//! Checking everything a store has: the entries, the tree beside them, and the checkpoints over it. It reads and changes nothing.

use crate::chain::{Broken, PAGE, Verifier, VerifyError, same_head};
use crate::error::StoreError;
use crate::row::{CheckpointRow, Entry, Head};
use crate::seal;
use crate::store::Rows;
use crate::tree;
use tidegate_core::digest::Digest;

/// Check everything a store has after `start` against the head it claims; of a whole ledger also its tree, and each of its
/// checkpoints against the tree as it was then and the keys on record.
///
/// # Errors
/// The first bad entry, or that the store could not be read.
pub fn verify_rows(rows: &dyn Rows, start: Head) -> Result<Head, VerifyError> {
    let claimed = rows.head()?;
    let mut verifier = Verifier::new(start);
    let mut sealed = Sealed::default();
    loop {
        let from = verifier.head().seq + 1;
        let page = match rows.entries(from, PAGE) {
            Err(StoreError::BadEntry { .. }) => read_one_by_one(rows, &mut verifier)?,
            other => other?,
        };
        let leaves = rows.leaves(from, page.len());
        for (n, entry) in page.iter().enumerate() {
            verifier.push(entry)?;
            if verifier.tree().is_some() {
                same_leaf(entry, leaves.as_ref().ok().and_then(|leaves| leaves.get(n)))?;
                same_tiles(rows, entry.seq)?;
                sealed.at(rows, &verifier)?;
            }
        }
        if page.len() < PAGE {
            break;
        }
    }
    same_edge(rows, &verifier)?;
    let head = same_head(verifier.into_head(), &claimed)?;
    sealed.none_beyond(rows, head.seq)?;
    Ok(head)
}

/// Entries of the page that holds an unreadable one, up to it; then that one is the broken one.
fn read_one_by_one(rows: &dyn Rows, verifier: &mut Verifier) -> Result<Vec<Entry>, VerifyError> {
    for _ in 0..PAGE {
        match rows.entries(verifier.head().seq + 1, 1) {
            Ok(one) => one.iter().try_for_each(|entry| verifier.push(entry))?,
            Err(StoreError::BadEntry { seq, because }) => {
                return Err(Broken { seq, because }.into());
            }
            Err(other) => return Err(other.into()),
        }
    }
    Ok(rows.entries(verifier.head().seq + 1, PAGE)?)
}

fn same_leaf(entry: &Entry, stored: Option<&Digest>) -> Result<(), Broken> {
    if stored == Some(&tree::leaf(entry)) {
        return Ok(());
    }
    Err(Broken {
        seq: entry.seq,
        because: "its leaf in the tree is not the one that follows from it".to_owned(),
    })
}

/// The tiles that end with this entry, against the leaves and tiles below them, which were checked before.
fn same_tiles(rows: &dyn Rows, seq: u64) -> Result<(), VerifyError> {
    if !seq.is_multiple_of(tree::TILE) {
        return Ok(());
    }
    for (level, index, hashes) in tree::completed(rows, seq)? {
        if rows.tile(level, index).ok().flatten().as_ref() != Some(&hashes) {
            let because = format!(
                "tile {level}/{index} of the tree, which ends with it, is not what follows from the entries"
            );
            return Err(Broken { seq, because }.into());
        }
    }
    Ok(())
}

fn same_edge(rows: &dyn Rows, verifier: &Verifier) -> Result<(), VerifyError> {
    let Some(tree) = verifier.tree() else {
        return Ok(());
    };
    match rows.tree() {
        Ok(stored) if stored == *tree => Ok(()),
        // Entries that are missing or too many have a better text of their own.
        Ok(stored) if stored.size() != tree.size() => Ok(()),
        Ok(_) | Err(StoreError::BadRow { .. }) => Err(Broken {
            seq: tree.size(),
            because: "the tree on record has another edge than follows from the entries".to_owned(),
        }
        .into()),
        Err(other) => Err(other.into()),
    }
}

/// Checkpoints that are still to come, a page at a time.
#[derive(Default)]
struct Sealed {
    keys: Option<Vec<String>>,
    next: Vec<CheckpointRow>,
    read: u64,
    end: bool,
}

impl Sealed {
    /// The checkpoint of this many entries, if there is one.
    fn at(&mut self, rows: &dyn Rows, verifier: &Verifier) -> Result<(), VerifyError> {
        let Some(tree) = verifier.tree() else {
            return Ok(());
        };
        if self.next.is_empty() && !self.end {
            self.next = rows.checkpoints(self.read, PAGE)?;
            self.next.reverse();
            self.end = self.next.is_empty();
        }
        let Some(row) = self.next.pop_if(|row| row.size <= tree.size()) else {
            return Ok(());
        };
        self.read = row.size;
        let keys = match &mut self.keys {
            Some(keys) => keys,
            none => none.insert(rows.checkpoint_keys()?),
        };
        let seq = tree.size();
        let broken = |because: String| Broken { seq, because };
        let sealed = seal::open(&row.note, keys).map_err(|e| {
            broken(format!(
                "the checkpoint of {} entries is not good: {e}",
                row.size
            ))
        })?;
        if (sealed.size, &sealed.root) != (tree.size(), &tree.root()) || row.size != sealed.size {
            let because = format!(
                "the checkpoint of {} entries was signed over another history",
                row.size
            );
            return Err(broken(because).into());
        }
        Ok(())
    }

    fn none_beyond(&self, rows: &dyn Rows, size: u64) -> Result<(), VerifyError> {
        match rows.checkpoints(size, 1)?.first() {
            None => Ok(()),
            Some(row) => Err(Broken {
                seq: size + 1,
                because: format!(
                    "is missing; a checkpoint was signed over {} entries",
                    row.size
                ),
            }
            .into()),
        }
    }
}
