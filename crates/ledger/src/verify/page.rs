//! What a check needs of a part of the ledger, read from one snapshot. Nothing is judged here.

use super::tiles::{Stored, complete};
use crate::chain::{Broken, PAGE};
use crate::error::StoreError;
use crate::follow::{self, Computed};
use crate::row::{CheckpointRow, Entry, Head};
use crate::store::{Result, Rows};
use crate::tree::{Frontier, TILE, fold, root_at};
use tidegate_core::digest::Digest;

/// Checkpoints read at a time; there is about one for a thousand entries.
const CHECKPOINTS: usize = 8;

/// Leaves of a tile.
const WHOLE: usize = 256;

/// Where a page begins.
#[derive(Debug, Clone, Copy)]
pub struct After {
    /// Newest entry that was read before.
    pub seq: u64,
    /// Size of the newest checkpoint that was read before.
    pub sealed: u64,
    /// From the first entry on, so that there is a tree to check.
    pub whole: bool,
}

/// A part of the ledger.
pub struct Page {
    pub(super) entries: Vec<Entry>,
    /// Leaves as stored; one that cannot be read is one that does not match.
    pub(super) leaves: Vec<Option<Digest>>,
    pub(super) tiles: Stored,
    /// Checkpoints of at most the last entry.
    pub(super) checkpoints: Vec<CheckpointRow>,
    /// Those of fewer entries than were read before, with the root of the tree then: signed after that page was read.
    pub(super) late: Vec<(CheckpointRow, Digest)>,
    pub(super) keys: Vec<String>,
    /// The entry after these cannot be read.
    pub(super) bad: Option<Broken>,
    /// There are no more entries in this snapshot.
    pub(super) end: Option<End>,
    /// What was computed of the entries.
    pub(super) computed: Vec<Computed>,
    /// Roots over whole tiles of them.
    roots: Vec<Digest>,
    known: u64,
    newest: u64,
}

/// What the snapshot says of its end.
pub(super) struct End {
    pub(super) claimed: Head,
    /// The tree on record, when the ledger is checked from the beginning; inside, `None` when it cannot be read.
    pub(super) tree: Option<Option<Frontier>>,
    /// Size of a checkpoint over more entries than there are.
    pub(super) beyond: Option<u64>,
}

impl Page {
    /// The part after `after`.
    ///
    /// # Errors
    /// The store cannot be read. What is wrong with an entry is not an error here.
    pub fn read(rows: &dyn Rows, after: &After) -> Result<Self> {
        let from = after.seq + 1;
        let claimed = rows.head()?;
        let (read, bad) = match part(rows, from, PAGE, after.whole) {
            Err(StoreError::BadEntry { .. }) => one_by_one(rows, from, after.whole)?,
            other => (other?, None),
        };
        let (entries, leaves): (Vec<_>, Vec<_>) = read.into_iter().unzip();
        let last = entries.last().map_or(after.seq, |entry| entry.seq);
        let ended = entries.len() < PAGE && bad.is_none();
        let mut page = Self {
            leaves,
            tiles: Stored::new(),
            checkpoints: Vec::new(),
            late: Vec::new(),
            keys: Vec::new(),
            end: None,
            computed: Vec::new(),
            roots: Vec::new(),
            known: claimed.seq,
            newest: 0,
            entries,
            bad,
        };
        if after.whole {
            page.read_tiles(rows, from, last);
            page.read_checkpoints(rows, after, last)?;
            page.newest = rows.newest_checkpoint()?.map_or(0, |row| row.size);
        }
        if ended {
            let beyond = rows.checkpoints(last.max(claimed.seq), 1)?;
            let tree = match (after.whole, rows.tree()) {
                (false, _) => None,
                (true, Ok(tree)) => Some(Some(tree)),
                (true, Err(StoreError::BadRow { .. })) => Some(None),
                (true, Err(other)) => return Err(other),
            };
            page.end = Some(End {
                claimed,
                tree,
                beyond: beyond.first().map(|row| row.size),
            });
        }
        Ok(page)
    }

    /// Whether nothing comes after it.
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.end.is_some() || self.bad.is_some()
    }

    /// Newest entry of the ledger when it was read.
    #[must_use]
    pub fn known(&self) -> u64 {
        self.known
    }

    /// Size of the newest checkpoint when it was read.
    pub(super) fn newest(&self) -> u64 {
        self.newest
    }

    /// As many entries as it can have, up to this one, and each could be read.
    pub(super) fn is_full(&self, last: u64) -> bool {
        let ends = self.entries.last().is_some_and(|entry| entry.seq == last);
        ends && self.entries.len() == PAGE && self.bad.is_none()
    }

    /// Compute what takes time, on whichever thread this is.
    pub(super) fn compute(&mut self) {
        self.computed = Computed::of_each(&self.entries);
        let first = self.entries.first().map_or(0, |entry| entry.seq);
        if first % TILE == 1 {
            let tiles = self.computed.chunks_exact(WHOLE);
            let leaves = |tile: &[Computed]| tile.iter().map(|one| one.leaf().clone()).collect();
            self.roots = tiles.filter_map(|tile| fold(leaves(tile))).collect();
        }
        // Of the first one, what follows from the entry before it is still to be computed.
        self.entries.iter_mut().skip(1).for_each(follow::lighten);
    }

    /// Root over the tile of leaves that ends with the entry at this place of the page, if it was computed.
    pub(super) fn root(&self, place: usize) -> Option<Digest> {
        let ends = (place + 1).is_multiple_of(WHOLE);
        let tile = ends.then(|| (place + 1) / WHOLE - 1)?;
        self.roots.get(tile).cloned()
    }

    /// Where the page after this one begins; this one began after `after`.
    #[must_use]
    pub fn next(&self, after: &After) -> After {
        let late = self.late.iter().map(|(row, _)| row);
        let sealed = late.chain(&self.checkpoints).map(|row| row.size).max();
        After {
            seq: self.entries.last().map_or(after.seq, |entry| entry.seq),
            sealed: sealed.unwrap_or(after.sealed),
            whole: after.whole,
        }
    }

    fn read_tiles(&mut self, rows: &dyn Rows, from: u64, last: u64) {
        for leaves in from..=last {
            for (level, index) in complete(leaves) {
                let tile = rows.tile(level, index).ok().flatten();
                self.tiles.insert((level, index), tile);
            }
        }
    }

    fn read_checkpoints(&mut self, rows: &dyn Rows, after: &After, last: u64) -> Result<()> {
        let mut newest = after.sealed;
        loop {
            let found = rows.checkpoints(newest, CHECKPOINTS)?;
            let full = found.len() == CHECKPOINTS;
            for row in found {
                newest = row.size;
                if row.size > last {
                    break;
                } else if row.size < after.seq {
                    let root = root_at(rows, row.size)?;
                    self.late.push((row, root));
                } else {
                    self.checkpoints.push(row);
                }
            }
            if !full || newest > last {
                break;
            }
        }
        if !self.late.is_empty() || !self.checkpoints.is_empty() {
            self.keys = rows.checkpoint_keys()?;
        }
        Ok(())
    }
}

/// Entries with their leaves, which only the check of a whole ledger looks at.
type Read = Vec<(Entry, Option<Digest>)>;

fn part(rows: &dyn Rows, from: u64, limit: usize, whole: bool) -> Result<Read> {
    if whole {
        return rows.entries_with_leaves(from, limit);
    }
    let entries = rows.entries(from, limit)?.into_iter();
    Ok(entries.map(|entry| (entry, None)).collect())
}

/// Entries of a page up to one that cannot be read, and that one.
fn one_by_one(rows: &dyn Rows, from: u64, whole: bool) -> Result<(Read, Option<Broken>)> {
    let mut good = Vec::new();
    for seq in (from..).take(PAGE) {
        match part(rows, seq, 1, whole) {
            Ok(mut one) if one.first().is_some_and(|(entry, _)| entry.seq == seq) => {
                good.append(&mut one)
            }
            // A missing entry, or the end: what stands in its place tells.
            Ok(mut other) => {
                good.append(&mut other);
                break;
            }
            Err(StoreError::BadEntry { seq, because }) => {
                return Ok((good, Some(Broken { seq, because })));
            }
            Err(other) => return Err(other),
        }
    }
    Ok((good, None))
}
