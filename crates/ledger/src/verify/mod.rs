//! Checking everything a store has: the entries, the tree beside them, and the checkpoints over it. It reads and changes nothing.
//!
//! Reading and checking are apart: a [`Page`] is read from a snapshot that ends with it, and [`Check`] computes. So a
//! ledger of any length is checked in constant memory (and one number per stream), while it grows, without a snapshot
//! that is held for long, and on several threads.

mod ahead;
mod page;
mod tiles;

pub use page::{After, Page};

use crate::chain::{Broken, Verifier, VerifyError, same_head};
use crate::row::{CheckpointRow, Head};
use crate::seal;
use crate::store::{Result, Rows};
use page::End;
use std::sync::mpsc::sync_channel;
use tidegate_core::digest::Digest;
use tiles::Tiles;

/// Pages that are read ahead of those that are checked.
const AHEAD: usize = 2;

/// Check everything a store has after `start` against the head it claims; of a whole ledger also its tree, and each of its
/// checkpoints against the tree as it was then and the keys on record.
///
/// # Errors
/// The first bad entry, or that the store could not be read.
pub fn verify_rows(rows: &dyn Rows, start: Head) -> std::result::Result<Head, VerifyError> {
    let mut check = Check::new(start);
    loop {
        let page = Page::read(rows, &check.after())?;
        if let Some(head) = check.page(&page)? {
            return Ok(head);
        }
    }
}

/// The same with a snapshot for each page: whole pages are read by `read` and computed on two threads, and compared in order on this one.
/// Entries that are written meanwhile are checked too. `tell` hears how many entries were checked, and of how many, after each page; it ends
/// the check by giving false.
///
/// # Errors
/// As [`verify_rows`]; [`Stopped`](crate::StoreError::Aborted) by `tell`.
pub fn verify_along(
    read: &(dyn Fn(&After) -> Result<Page> + Sync),
    start: Head,
    tell: &mut dyn FnMut(u64, u64) -> bool,
) -> std::result::Result<Head, VerifyError> {
    let mut check = Check::new(start);
    let first = read(&check.after())?;
    if let Some(head) = check.told(&first, tell)? {
        return Ok(head);
    }
    ahead::whole_pages(read, &mut check, first.known(), tell)?;
    // Those that were signed meanwhile over entries that had been read are looked at now.
    check.sealed = check.sealed.min(first.newest());
    in_order(read, check, tell)
}

/// One page after the other, read on a thread of its own.
fn in_order(
    read: &(dyn Fn(&After) -> Result<Page> + Sync),
    mut check: Check,
    tell: &mut dyn FnMut(u64, u64) -> bool,
) -> std::result::Result<Head, VerifyError> {
    let mut after = check.after();
    std::thread::scope(|scope| {
        let (sender, pages) = sync_channel::<Result<Page>>(AHEAD);
        scope.spawn(move || {
            loop {
                let page = read(&after);
                let last = page.as_ref().map_or(true, Page::is_last);
                if let Ok(page) = &page {
                    after = page.next(&after);
                }
                // Nobody listens once something bad was found.
                if sender.send(page).is_err() || last {
                    return;
                }
            }
        });
        for page in pages {
            if let Some(head) = check.told(&page?, tell)? {
                return Ok(head);
            }
        }
        let because = "the check ended before the entries did".to_owned();
        Err(crate::StoreError::Aborted { because }.into())
    })
}

/// A ledger being checked, page by page.
pub struct Check {
    verifier: Verifier,
    tiles: Tiles,
    /// Size of the newest checkpoint that was checked.
    sealed: u64,
    whole: bool,
}

impl Check {
    /// Begin after `start`, which the caller trusts; with [`Head::empty`] the whole ledger is checked.
    #[must_use]
    pub fn new(start: Head) -> Self {
        Self {
            whole: start.seq == 0,
            verifier: Verifier::new(start),
            tiles: Tiles::default(),
            sealed: 0,
        }
    }

    /// The newest entry that was checked.
    #[must_use]
    pub fn head(&self) -> &Head {
        self.verifier.head()
    }

    /// Where the next page begins.
    #[must_use]
    pub fn after(&self) -> After {
        After {
            seq: self.head().seq,
            sealed: self.sealed,
            whole: self.whole,
        }
    }

    /// Check the next page, and tell how far it is.
    fn told(
        &mut self,
        page: &Page,
        tell: &mut dyn FnMut(u64, u64) -> bool,
    ) -> std::result::Result<Option<Head>, VerifyError> {
        let found = self.page(page)?;
        let checked = self.head().seq;
        if tell(checked, page.known().max(checked)) {
            return Ok(found);
        }
        let because = "whoever asked for the check went away".to_owned();
        Err(crate::StoreError::Aborted { because }.into())
    }

    /// Check the next page. Gives the head when it was the last one.
    ///
    /// # Errors
    /// The first bad entry.
    pub fn page(&mut self, page: &Page) -> std::result::Result<Option<Head>, Broken> {
        for (row, root) in &page.late {
            self.checkpoint(row, &page.keys, root)?;
        }
        let mut checkpoints = page.checkpoints.iter().peekable();
        // One over exactly what was checked before, signed since.
        while let Some(row) = checkpoints.next_if(|row| row.size <= self.verifier.head().seq) {
            if let Some(root) = self.verifier.tree().map(|tree| tree.root()) {
                self.checkpoint(row, &page.keys, &root)?;
            }
        }
        for (n, entry) in page.entries.iter().enumerate() {
            let leaf = self.verifier.next(entry, page.computed.get(n))?;
            if !self.whole {
                continue;
            }
            if page.leaves.get(n).and_then(Option::as_ref) != Some(&leaf) {
                let because = "its leaf in the tree is not the one that follows from it".to_owned();
                let seq = entry.seq;
                return Err(Broken { seq, because });
            }
            if let Some(tile) = self.verifier.grow(page.root(n)) {
                self.tiles.push(tile, &page.tiles)?;
            }
            while let Some(row) = checkpoints.next_if(|row| row.size <= entry.seq) {
                if let Some(root) = self.verifier.tree().map(|tree| tree.root()) {
                    self.checkpoint(row, &page.keys, &root)?;
                }
            }
        }
        if let Some(broken) = &page.bad {
            return Err(broken.clone());
        }
        page.end.as_ref().map(|end| self.end(end)).transpose()
    }

    fn checkpoint(
        &mut self,
        row: &CheckpointRow,
        keys: &[String],
        root: &Digest,
    ) -> std::result::Result<(), Broken> {
        let seq = self.head().seq;
        let broken = |because: String| Broken { seq, because };
        self.sealed = row.size;
        let sealed = seal::open(&row.note, keys).map_err(|e| {
            broken(format!(
                "the checkpoint of {} entries is not good: {e}",
                row.size
            ))
        })?;
        if sealed.root != *root || row.size != sealed.size {
            return Err(broken(format!(
                "the checkpoint of {} entries was signed over another history",
                row.size
            )));
        }
        Ok(())
    }

    fn end(&self, end: &End) -> std::result::Result<Head, Broken> {
        // Entries that are missing or too many have a better text of their own.
        if let (Some(tree), Some(stored)) = (self.verifier.tree(), &end.tree)
            && stored
                .as_ref()
                .is_none_or(|stored| stored.size() == tree.size() && *stored != tree)
        {
            let because =
                "the tree on record has another edge than follows from the entries".to_owned();
            let seq = tree.size();
            return Err(Broken { seq, because });
        }
        let head = same_head(self.head().clone(), &end.claimed)?;
        self.verifier.accounted()?;
        match &end.beyond {
            None => Ok(head),
            Some(size) => Err(Broken {
                seq: head.seq + 1,
                because: format!("is missing; a checkpoint was signed over {size} entries"),
            }),
        }
    }
}
